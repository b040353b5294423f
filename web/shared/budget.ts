// What may go over the network, in bytes as gzip leaves them. A build that needs more fails.
import { gzipSync } from 'node:zlib';

import type { Plugin, Rolldown } from 'vite';

type Bundle = Readonly<Record<string, Rolldown.OutputChunk | Rolldown.OutputAsset>>;

interface Limits {
  readonly what: string;
  readonly most: number;
  /** Each file for itself, not all together. */
  readonly each?: boolean;
}

interface OfFiles extends Limits {
  readonly files: RegExp;
  /** With what these need and their styles, as far as this entry does not load them anyway. */
  readonly beyond?: string;
}

/** All that a page loads before anything is asked for: its script, what that needs, and their styles. */
interface OfEntry extends Limits {
  readonly entry: string;
}

type Budget = OfFiles | OfEntry;

const KIB = 1024;
const kib = (bytes: number) => `${(bytes / KIB).toFixed(2)} KiB`;

/** These files, what they need, and the styles of all. */
function withNeeds(names: readonly string[], bundle: Bundle): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) {
    const file = bundle[name];
    if (file?.type === 'chunk') {
      for (const needed of [...file.imports, ...(file.viteMetadata?.importedCss ?? [])]) {
        found.add(needed);
      }
    }
  }
  return found;
}

function ofEntry(entry: string, bundle: Bundle): ReadonlySet<string> {
  const is = (file: Bundle[string]): boolean => file.type === 'chunk' && file.isEntry && file.name === entry;
  return withNeeds(
    Object.entries(bundle).flatMap(([name, file]) => (is(file) ? [name] : [])),
    bundle,
  );
}

/** The names of the files that count. */
function counted(one: Budget, bundle: Bundle): readonly string[] {
  if ('entry' in one) {
    return [...ofEntry(one.entry, bundle)];
  }
  const { files, beyond } = one;
  const names = Object.keys(bundle).filter((name) => files.test(name));
  if (beyond === undefined) {
    return names;
  }
  const there = ofEntry(beyond, bundle);
  return [...withNeeds(names, bundle)].filter((name) => !there.has(name));
}

export function budget(budgets: readonly Budget[]): Plugin {
  return {
    name: 'budget',
    writeBundle(_, bundle) {
      const over: string[] = [];
      for (const one of budgets) {
        const { what, most, each = false } = one;
        const files = counted(one, bundle).flatMap((name) => bundle[name] ?? []);
        const sizes = files.map((file) => gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length);
        const sum = sizes.reduce((all, size) => all + size, 0);
        const size = each ? Math.max(0, ...sizes) : sum;
        const line = `${what}${each ? ', the largest' : ''}: ${kib(size)} of ${kib(most)}`;
        this.info(line);
        if (size > most) {
          over.push(line);
        }
      }
      if (over.length > 0) {
        this.error(`over budget: ${over.join('; ')}`);
      }
    },
  };
}
