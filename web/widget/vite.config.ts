// Builds the panel: a page, its script and style, and a piece for each language, which are loaded
// when they are wanted. loader.config.ts builds what the site's page loads before.
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { budget } from '../shared/budget.ts';
import { BUILD, JSX } from '../shared/build.ts';
import { chime } from './chime.ts';
import { compressed } from '../shared/compressed.ts';
import { linesAlone } from './lines-alone.ts';
import { piecesAlone } from './pieces-alone.ts';

/** All that is needed at open is one file, whichever of the pieces uses it as well; the frame is the page's. */
const PANEL = /\/widget\/(app\/(?!pieces\/)|shared\/|texts\/en\.)|\/web\/shared\/(?!emoji)|\/node_modules\//;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('./app'),
  base: './',
  oxc: { jsx: JSX },
  html: { cspNonce: '{{nonce}}' },
  experimental: {
    // The page is at `/livechat`, without a slash, and its files below it; under whatever prefix a
    // proxy has put them.
    renderBuiltUrl: (file, { hostType }) =>
      hostType === 'html' ? `livechat/${file}` : { relative: true },
  },
  build: {
    ...BUILD,
    outDir: here('../dist/widget'),
    rolldownOptions: {
      // Beside the panel's page: what the loader brings into the site's page together with it.
      input: { index: here('./app/index.html'), frame: here('./frame/frame.ts') },
      preserveEntrySignatures: 'allow-extension',
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: 'panel', test: PANEL }],
        },
      },
    },
  },
  plugins: [
    piecesAlone(),
    linesAlone(here('./texts')),
    chime(),
    compressed(),
    budget([
      { what: 'panel, script', files: /^assets\/(index|panel)-.*\.js$/, most: 31.2 * 1024 },
      { what: 'panel, style', files: /^assets\/index-.*\.css$/, most: 4.8 * 1024 },
      { what: 'around the panel', files: /^assets\/frame-.*\.js$/, most: 3 * 1024 },
      { what: 'who the visitor is', files: /^assets\/identity-.*\.js$/, most: 1024 },
      { what: 'what is asked', files: /^assets\/asking-.*\.js$/, most: 4.5 * 1024 },
      { what: 'while nobody is there', files: /^assets\/away-.*\.js$/, most: 4 * 1024 },
      { what: 'what is said first', files: /^assets\/greeting-.*\.js$/, most: 1024 },
      { what: 'emoji', files: /^assets\/emoji-.*\.js$/, most: 8 * 1024 },
      { what: 'a language', files: /^assets\/[a-z]{2}(-[A-Za-z]+)?-[^.]*\.js$/, most: 2.5 * 1024, each: true },
    ]),
  ],
});
