// What the page shows: an address behind the `#`, what is searched, and the documents once they are here.
import { computed, signal } from '@preact/signals';

import { type Dialects, dialects, type Entry, found, load, type Source, SOURCES } from './documents.ts';

interface Address {
  readonly source: Source;
  /** Of an entry; empty for the list alone. */
  readonly id: string;
}

function read(): Address {
  const [source = '', id = ''] = decodeURIComponent(location.hash.slice(1)).split('/');
  return { source: SOURCES.find((known) => known === source) ?? 'hark', id };
}

export const address = signal<Address>(read());
export const search = signal('');
export const entries = signal<readonly Entry[]>([]);
export const trouble = signal(false);
/** By the kinds of events; asked for when the first of them is looked at. */
export const told = signal<ReadonlyMap<string, Dialects> | undefined>(undefined);

export const groups = computed(() => found(entries.value, address.value.source, search.value));

export const chosen = computed(() =>
  entries.value.find((entry) => entry.source === address.value.source && entry.id === address.value.id),
);

export const hrefOf = (entry: Entry) => `#${entry.source}/${encodeURIComponent(entry.id)}`;

async function askForDialects(): Promise<void> {
  if (address.value.source === 'events' && told.value === undefined) {
    told.value = await dialects();
  }
}

function fail(): void {
  trouble.value = true;
}

export function start(): void {
  addEventListener('hashchange', () => {
    address.value = read();
    askForDialects().catch(fail);
  });
  load()
    .then((loaded) => {
      entries.value = loaded;
      return askForDialects();
    })
    .catch(fail);
}
