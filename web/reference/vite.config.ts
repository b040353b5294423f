// Builds the page that shows the API documents: one script, one style.
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { budget } from '../shared/budget.ts';
import { compressed } from '../shared/compressed.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  experimental: {
    // The server writes the way to its root into the page.
    renderBuiltUrl: (file, { hostType }) =>
      hostType === 'html' ? `{{root}}docs/${file}` : { relative: true },
  },
  build: {
    outDir: here('../dist/reference'),
    emptyOutDir: true,
    target: 'es2022',
    // What `light-dark()` needs, which every colour is made with.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  plugins: [compressed(), budget([{ what: 'the API reference', files: /^assets\//, most: 20 * 1024 }])],
});
