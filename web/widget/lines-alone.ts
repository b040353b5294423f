// A language comes as its lines alone, in the order in which English has them: the names of the lines would be a
// quarter of what goes over the network.
import { basename, dirname } from 'node:path';

import { type Plugin, runnerImport } from 'vite';

import type { Texts } from './texts/en.ts';

export function linesAlone(folder: string): Plugin {
  return {
    name: 'lines-alone',
    apply: 'build',
    enforce: 'pre',
    async load(id) {
      if (dirname(id) !== folder || basename(id) === 'en.ts') {
        return undefined;
      }
      const { module } = await runnerImport<{ default: Texts }>(id);
      return `export default ${JSON.stringify(Object.values(module.default))}`;
    },
  };
}
