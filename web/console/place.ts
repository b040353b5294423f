// Where in the console one is: the path below the root of the server, kept in the address.
import { computed, signal } from '@preact/signals';

import { SERVER } from './api/http.ts';
import { type Layer } from './layers.ts';

const ROOT = new URL(SERVER).pathname;

export interface Place {
  /** Begins with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
}

function here(): Place {
  const path = location.pathname.startsWith(ROOT) ? location.pathname.slice(ROOT.length - 1) : '/';
  return { path, query: new URLSearchParams(location.search) };
}

export const place = signal(here());

/** The chat that is open, by the address. */
export const openChat = computed(() => /^\/inbox\/([^/]+)$/.exec(place.value.path)?.[1]);

export type View = 'mine' | 'queue' | 'all';

/** What the address says of the list in the inbox: which one it is, which of its chats are wanted, and in which order. */
const OF_LIST = ['view', 'department', 'tag', 'channel', 'priority', 'agent', 'sort'] as const;

/** What stands behind each address of the inbox, so that the list stays, or is another one. What is empty is not asked for. */
export function listWith(changed: Readonly<Partial<Record<(typeof OF_LIST)[number], string>>>): string {
  const { path, query } = place.value;
  // Other pages have filters of the same names.
  const now = /^\/inbox(\/|$)/.test(path) ? query : new URLSearchParams();
  const next = new URLSearchParams(OF_LIST.map((name) => [name, changed[name] ?? now.get(name) ?? '']).filter(([, value]) => value !== ''));
  return next.size > 0 ? `?${next.toString()}` : '';
}

/** The list as it is. */
export const listQuery = computed(() => listWith({}));

export const view = computed<View>(() => {
  const named = new URLSearchParams(listQuery.value).get('view');
  return named === 'queue' || named === 'all' ? named : 'mine';
});

/** The list that somebody has chosen, without a chat. */
export const chosenList = computed(() => `/inbox${listQuery.value}`);

/** An address for a link. */
export const address = (path: string): string => `${ROOT}${path.slice(1)}`;

/** What on the screen would be lost with its page. */
export const unsaved: Layer<() => boolean>[] = [];

/** How to leave a page that has changes, when somebody is about to. */
export const leaving = signal<(() => void) | undefined>(undefined);

/** Another page waits until whoever has changes on this one lets them go. */
function asksFirst(path: string, leave: () => void): boolean {
  const asks = path !== place.peek().path && unsaved.some(({ has }) => has());
  if (asks) {
    leaving.value = () => {
      unsaved.length = 0;
      leave();
    };
  }
  return asks;
}

export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  const to = address(path);
  if (to === location.pathname + location.search || asksFirst(path.replace(/\?.*$/, ''), () => go(path, how))) {
    return;
  }
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', to);
  place.value = here();
}

addEventListener('popstate', () => {
  const to = here();
  const { path, query } = place.peek();
  const suffix = query.size > 0 ? `?${query.toString()}` : '';
  // The way back to it stands before what is put there now.
  if (asksFirst(to.path, () => history.back())) {
    history.pushState(null, '', address(`${path}${suffix}`));
  } else {
    place.value = to;
  }
});

/** Links inside of the console open without a load; with another button or a key they are the browser's. */
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (link === null || link.target !== '' || link.origin !== location.origin || !isPlain) {
    return;
  }
  if (link.dataset['inside'] !== undefined) {
    event.preventDefault();
    go(`/${link.pathname.slice(ROOT.length)}${link.search}`);
  }
});
