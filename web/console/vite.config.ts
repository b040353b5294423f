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
      input: [here('./index.html'), here('./try.html'), here('./worker/service-worker.ts')],
      output: {
        // The worker has one address for ever.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        // What several files need is few files, of which the trial page loads the first: small ones are compressed badly.
        codeSplitting: {
          groups: [
            { name: 'base', test: /\/node_modules\/|\/web\/shared\/|\/web\/console\/(api\/|texts)/, minShareCount: 2, priority: 2 },
            { name: 'common', test: /\/web\/console\/(?!pages\/webhooks\/|parts\/drawer)/, minShareCount: 2, priority: 1 },
            { name: 'webhooks', test: /\/web\/console\/pages\/webhooks\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
  plugins: [
    icons(here('./look/icons.svg')),
    compressed(),
    budget([
      // Everything that is no language, and no page and no part of its own file.
      { what: 'inbox, first load', files: /^assets\/(?!CrmIntegration-|Chats-|Deliveries-|Editor-|Endpoints-|webhooks-|drawer-|CloseDialog-|Forgotten-|Forward-|KeySheet-|Mentions-|NewPassword-|Offers-|Palette-|Setup-|Profile-|try-|[a-z]{2}-).*\.(js|css)$/, most: 80 * 1024 },
      { what: 'the pages about webhooks', files: /^assets\/(CrmIntegration|Deliveries|Editor|Endpoints|webhooks|drawer)-.*\.(js|css)$/, most: 20 * 1024 },
      { what: 'all chats', files: /^assets\/Chats-.*\.(js|css)$/, most: 8 * 1024 },
      { what: 'dialogs and lists that open later', files: /^assets\/(CloseDialog|Forgotten|Forward|KeySheet|Mentions|NewPassword|Offers|Palette)-.*\.(js|css)$/, most: 12 * 1024 },
      { what: 'the profile', files: /^assets\/Profile-.*\.(js|css)$/, most: 8 * 1024 },
      { what: 'the first run', files: /^assets\/(Setup|try)-.*\.(js|css)$/, most: 8 * 1024 },
      { what: 'a language', files: /^assets\/[a-z]{2}-[^.]*\.js$/, most: 12 * 1024, each: true },
    ]),
  ],
});
