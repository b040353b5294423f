// Builds the page with all parts of the console, for those who draw and test them: nothing of it is in Hark.
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

import { defineConfig, type Plugin } from 'vite';

import { icons } from '../console/icons.ts';
import { BUILD, JSX } from '../shared/build.ts';
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
      if (['/avatar/', '/file-upload/'].some((folder) => path.startsWith(folder))) {
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
  oxc: { jsx: JSX },
  build: {
    ...BUILD,
    outDir: here('../../target/parts'),
  },
  plugins: [icons(here('../console/look/icons.svg')), answers],
});
