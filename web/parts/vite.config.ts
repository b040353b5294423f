// Builds the page with all parts of the console, for those who draw and test them: nothing of it is in Hark.
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

import { defineConfig, type Plugin } from 'vite';

import { icons } from '../console/icons.ts';
import { ANSWERS, PICTURE } from './answers.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const say = (response: ServerResponse, type: string, body: string): void => void response.setHeader('Content-Type', type).end(body);

/** In place of a Hark, for the few parts that ask it something. */
const answers: Plugin = {
  name: 'answers',
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const [path = ''] = (request.url ?? '').split('?');
      const answer = ANSWERS[path];
      if (path.startsWith('/avatar/')) {
        say(response, 'image/svg+xml', PICTURE);
      } else if (answer === undefined) {
        next();
      } else {
        say(response, 'application/json', JSON.stringify(answer()));
      }
    });
  },
};

export default defineConfig({
  root: here('.'),
  base: '/parts/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../../target/parts'),
    emptyOutDir: true,
    target: 'es2022',
    // What `light-dark()` needs, which every colour is made with.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [icons(here('../console/look/icons.svg')), answers],
});
