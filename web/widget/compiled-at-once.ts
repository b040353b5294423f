// Nearly all of the loader runs as soon as it is there. Chromium, which is told so by a line at its beginning, compiles
// it whole while it comes, beside the page's own thread; else it compiles each function when that is called, on it.
import type { Plugin } from 'vite';

const LINE = '//# allFunctionsCalledOnLoad\n';

export function compiledAtOnce(): Plugin {
  return {
    name: 'compiled-at-once',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') {
          file.code = LINE + file.code;
        }
      }
    },
  };
}
