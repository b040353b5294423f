// Builds the console: one page, its script and style, and pieces that are loaded when they are wanted.
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { budget } from '../shared/budget.ts';
import { compressed } from '../shared/compressed.ts';
import { icons } from './icons.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  experimental: {
    // The server writes the way to its root into the page, which has many addresses.
    renderBuiltUrl: (file, { hostType }) =>
      hostType === 'html' ? `{{root}}console/${file}` : { relative: true },
  },
  build: {
    outDir: here('../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    // What `light-dark()` needs, which every colour of the console is made with.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  plugins: [
    icons(here('./look/icons.svg')),
    compressed(),
    budget([
      // Everything that is no language and no page of its own file.
      { what: 'inbox, first load', files: /^assets\/(?!CrmIntegration-|[a-z]{2}-).*\.(js|css)$/, most: 60 * 1024 },
      { what: 'the CRM Integration', files: /^assets\/CrmIntegration-.*\.(js|css)$/, most: 8 * 1024 },
      { what: 'a language', files: /^assets\/[a-z]{2}-[^.]*\.js$/, most: 6 * 1024, each: true },
    ]),
  ],
});
