// Builds the page that shows the API documents: one script, one style.
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { budget } from '../shared/budget.ts';
import { BUILD, JSX } from '../shared/build.ts';
import { compressed } from '../shared/compressed.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: './',
  oxc: { jsx: JSX },
  experimental: {
    // The server writes the way to its root into the page.
    renderBuiltUrl: (file, { hostType }) =>
      hostType === 'html' ? `{{root}}docs/${file}` : { relative: true },
  },
  build: {
    ...BUILD,
    outDir: here('../dist/reference'),
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  plugins: [compressed(), budget([{ what: 'the API reference', files: /^assets\//, most: 20 * 1024 }])],
});
