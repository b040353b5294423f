// The loader brings what surrounds the panel by its name, which changes with its content.
import { readdirSync } from 'node:fs';

import type { Plugin } from 'vite';

const NAME = 'virtual:frame-file';
const RESOLVED = `\0${NAME}`;

export function frameFile(folder: string): Plugin {
  return {
    name: 'frame-file',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) {
        return undefined;
      }
      const built = readdirSync(folder).filter((file) => /^frame-[^.]*\.js$/.test(file));
      if (built.length !== 1) {
        this.error(`expected one built frame in ${folder}, found ${built.length}`);
      }
      return `export default ${JSON.stringify(built[0])}`;
    },
  };
}
