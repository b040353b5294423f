// What is said besides the conversation: to a screen reader, and by a sound.
import { signal } from '@preact/signals';

import { name } from '../formatted.tsx';
import { memory, remember } from '../memory.ts';
import type { Message } from '../wire/documents.ts';
import { SERVER } from '../wire/rest.ts';
import { config, expanded } from './state.ts';

/** What came last, for the one live region that the panel has. */
export const announced = signal('');

export function announce(message: Message): void {
  const author = name(message.alias ?? message.u.name ?? message.u.username);
  announced.value = `${author}: ${message.msg}`;
}

/** Once for a message, however many tabs hear it, and only when nobody looks. */
export function playSound(id: string): void {
  const isLooking =
    expanded.peek() && document.visibilityState === 'visible' && document.hasFocus();
  const { muted, chimed } = memory.peek();
  const sound = config.peek()?.resources?.sound ?? '';
  if (isLooking || muted || chimed === id || sound === '') {
    return;
  }
  remember({ chimed: id });
  // From our own server only, whatever address the site is known by there.
  const path = new URL(sound, SERVER).pathname.replace(/^.*?(sounds\/[^/]+)$/, '$1');
  // A browser plays nothing before the visitor has touched the page.
  new Audio(new URL(path, SERVER).href).play().catch(() => undefined);
}
