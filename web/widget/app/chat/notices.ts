// What is said besides the conversation: to a screen reader, and by a sound.
import { signal } from '@preact/signals';

import { name, spoken } from '../formatted.tsx';
import { memory, remember } from '../memory.ts';
import { whenNamed } from '../shortcodes.ts';
import type { Message } from '../wire/documents.ts';
import { SERVER } from '../wire/rest.ts';
import { config, expanded } from './state.ts';

export interface Spoken {
  readonly id: number;
  readonly text: string;
}

/** So many stay for a reader that has not come to them yet. */
const MOST = 4;

/** What came last, for the one live region that the panel has. */
export const announced = signal<readonly Spoken[]>([]);

export function say(text: string): void {
  const before = announced.peek();
  const id = (before.at(-1)?.id ?? 0) + 1;
  announced.value = [...before, { id, text }].slice(-MOST);
}

/** What was said, without marks. */
export function inShort({ msg, attachments = [] }: Message): string {
  const files = attachments.map(({ title = '', text = '' }) => name(title) || spoken(text));
  return [spoken(msg), ...files].filter((part) => part !== '').join(', ');
}

export async function announce(message: Message): Promise<void> {
  const { alias, u } = message;
  say(`${name(alias ?? u.name ?? u.username)}: ${await whenNamed(() => inShort(message))}`);
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
