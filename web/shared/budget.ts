// What may go over the network, in bytes as gzip leaves them. A build that needs more fails.
import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

interface Budget {
  readonly what: string;
  readonly files: RegExp;
  readonly most: number;
  /** Each file for itself, not all together. */
  readonly each?: boolean;
}

const KIB = 1024;
const kib = (bytes: number) => `${(bytes / KIB).toFixed(2)} KiB`;

export function budget(budgets: readonly Budget[]): Plugin {
  return {
    name: 'budget',
    writeBundle(_, bundle) {
      const over: string[] = [];
      for (const { what, files, most, each = false } of budgets) {
        const sizes = Object.values(bundle)
          .filter((file) => files.test(file.fileName))
          .map((file) => gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length);
        const sum = sizes.reduce((all, size) => all + size, 0);
        const counted = each ? Math.max(0, ...sizes) : sum;
        const line = `${what}${each ? ', the largest' : ''}: ${kib(counted)} of ${kib(most)}`;
        this.info(line);
        if (counted > most) {
          over.push(line);
        }
      }
      if (over.length > 0) {
        this.error(`over budget: ${over.join('; ')}`);
      }
    },
  };
}
