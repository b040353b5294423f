// What the page shows: an address behind the `#`, what is searched, and the documents once they are here.
import { computed, signal } from '@preact/signals';

import { type Dialects, dialects, type Entry, found, grouped, load, type Source, SOURCES } from './documents.ts';

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

const matches = computed(() => found(entries.value, search.value));

export const groups = computed(() => grouped(matches.value.filter(({ source }) => source === address.value.source)));

/** The other parts in which something is found as well, and how much. */
export const elsewhere = computed(() =>
  (search.value.trim() === '' ? [] : SOURCES)
    .filter((part) => part !== address.value.source)
    .map((part) => [part, matches.value.filter(({ source }) => source === part).length] as const)
    .filter(([, many]) => many > 0),
);

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
