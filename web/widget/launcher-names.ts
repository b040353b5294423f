// The loader speaks every language at once, since a request for one would be a second request on
// each page. So it knows one text of each; the others the panel tells it.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { type Plugin, runnerImport } from 'vite';

import type { Texts } from './texts/en.ts';

const NAME = 'virtual:launcher-names';
const RESOLVED = `\0${NAME}`;

export function launcherNames(folder: string): Plugin {
  return {
    name: 'launcher-names',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) {
        return undefined;
      }
      const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
      const all = files.toSorted().map(async (file) => {
        const path = join(folder, file);
        this.addWatchFile(path);
        const { module } = await runnerImport<{ default: Texts }>(path);
        return [basename(file, '.ts'), module.default.launcher] as const;
      });
      return `export default ${JSON.stringify(Object.fromEntries(await Promise.all(all)))}`;
    },
  };
}
