// Builds the one script that a site's page loads.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { budget } from '../shared/budget.ts';
import { compressed } from '../shared/compressed.ts';
import { compiledAtOnce } from './compiled-at-once.ts';
import { frameFile } from './frame-file.ts';
import { launcherNames } from './launcher-names.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { readonly version: string };

export default defineConfig({
  root: here('./loader'),
  define: { VERSION: JSON.stringify(version) },
  build: {
    outDir: here('../dist/widget'),
    emptyOutDir: false,
    target: 'es2020',
    // The oldest that have constructable style sheets, which the launcher cannot do without.
    cssTarget: ['chrome99', 'firefox101', 'safari16.4'],
    reportCompressedSize: false,
    lib: {
      entry: here('./loader/main.ts'),
      formats: ['iife'],
      name: 'hark',
      fileName: () => 'loader.js',
    },
  },
  plugins: [
    launcherNames(here('./texts')),
    frameFile(here('../dist/widget/assets')),
    compiledAtOnce(),
    compressed(),
    budget([{ what: 'loader', files: /^loader\.js$/, most: 5 * 1024 }]),
  ],
});
