// Builds the one script that a site's page loads.
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { budget } from './budget.ts';
import { compressed } from './compressed.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('./loader'),
  build: {
    outDir: here('../dist/widget'),
    emptyOutDir: false,
    target: 'es2020',
    reportCompressedSize: false,
    lib: {
      entry: here('./loader/main.ts'),
      formats: ['iife'],
      name: 'hark',
      fileName: () => 'loader.js',
    },
  },
  plugins: [compressed(), budget([{ what: 'loader', files: /^loader\.js$/, most: 5 * 1024 }])],
});
