// The title of the tab counts what was not read, whichever page is open.
import { effect } from '@preact/signals';

import { unread } from './lists.ts';

function count(): void {
  const name = document.title.replace(/^\(\d+\) /, '');
  const title = unread.value > 0 ? `(${unread.value}) ${name}` : name;
  if (title !== document.title) {
    document.title = title;
  }
}

export function countInTitle(): void {
  effect(count);
  const title = document.querySelector('title');
  if (title !== null) {
    // Each page has its own.
    new MutationObserver(count).observe(title, { childList: true });
  }
}
