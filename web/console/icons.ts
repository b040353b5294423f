// The icons of icons.svg as data, so that each is drawn without asking for a file and without markup
// in a script, which the policy of the page forbids.
import { readFileSync } from 'node:fs';

import type { Plugin } from 'vite';

const NAME = 'virtual:icons';
const RESOLVED = `\0${NAME}`;

const SYMBOL = /<symbol id="([^"]+)"[^>]*>(.*?)<\/symbol>/gs;
const SHAPE = /<(\w+)([^>]*)\/>/g;
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;

type Shape = readonly [tag: string, attributes: Readonly<Record<string, string>>];

export function icons(file: string): Plugin {
  return {
    name: 'icons',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) {
        return undefined;
      }
      this.addWatchFile(file);
      const drawn = [...readFileSync(file, 'utf8').matchAll(SYMBOL)].map(
        ([, name = '', inside = '']) => [name, shapes(inside)] as const,
      );
      return `export default ${JSON.stringify(Object.fromEntries(drawn))}`;
    },
  };
}

function shapes(inside: string): Shape[] {
  return [...inside.matchAll(SHAPE)].map(([, tag = '', attributes = '']) => [
    tag,
    Object.fromEntries(
      [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, value]),
    ),
  ]);
}
