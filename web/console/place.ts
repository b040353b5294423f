// Where in the console one is: the path below the root of the server, kept in the address.
import { computed, signal } from '@preact/signals';

import { SERVER } from './api/http.ts';

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

export const view = computed<View>(() => {
  const named = place.value.query.get('view');
  return named === 'queue' || named === 'all' ? named : 'mine';
});

/** An address for a link. */
export const address = (path: string): string => `${ROOT}${path.slice(1)}`;

export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  const to = address(path);
  if (to === location.pathname + location.search) {
    return;
  }
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', to);
  place.value = here();
}

addEventListener('popstate', () => {
  place.value = here();
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
