// The pieces that are loaded when they are wanted need nothing else: no style, no other piece. What Vite puts
// around each of them to bring such things would be a thirtieth of the panel.
import type { Plugin } from 'vite';

const HELPER = '\0vite/preload-helper.js';

export function piecesAlone(): Plugin {
  return {
    name: 'pieces-alone',
    enforce: 'pre',
    load: (id) =>
      id === HELPER ? 'export const __vitePreload = (bring) => bring();' : undefined,
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk' && !file.isEntry && file.viteMetadata?.importedCss.size !== 0) {
          this.error(`${file.fileName} has a style of its own`);
        }
      }
    },
  };
}
