// What outlives the page: kept in the browser for this server and the site that shows the panel,
// shared by all tabs.
import { signal } from '@preact/signals';

import * as shelf from './shelf.ts';

/** A text that is not on the server yet. Its id is the message's, so that it is kept once
 * however often it is sent. */
export interface Outgoing {
  readonly id: string;
  readonly text: string;
  readonly at: number;
  /** Why the server did not take it; it stays until the visitor decides. */
  readonly refusal?: string;
}

export interface Memory {
  readonly token?: string;
  /** The site has said who this is. */
  readonly vouched?: boolean;
  /** The chat that runs, or has ended and was not put away yet. */
  readonly rid?: string;
  /** Up to when messages have been seen, in the server's time. */
  readonly read: number;
  readonly outbox: readonly Outgoing[];
  readonly muted: boolean;
  readonly consent: boolean;
  readonly recentEmoji: readonly string[];
  /** Triggers that have gone off and do so only once. */
  readonly triggered: readonly string[];
  /** The message for which the sound was played last, in whichever tab. */
  readonly chimed?: string;
  /** The message that was shown beside the launcher last. */
  readonly previewed?: string;
  /** The chat that was rated. */
  readonly rated?: string;
  /** The chat has ended, and the site was told. */
  readonly over?: boolean;
  /** Up to when it had been seen then. */
  readonly seen?: number;
  /** Who serves it, as far as the site was told. */
  readonly served?: string;
}

const KEY = 'hark';
const DRAFT = 'hark-draft';
const EMPTY: Memory = {
  read: 0,
  outbox: [],
  muted: false,
  consent: false,
  recentEmoji: [],
  triggered: [],
};

function stored(): Memory {
  try {
    const text = shelf.get(KEY);
    if (text !== null) {
      const found = { ...EMPTY, ...(JSON.parse(text) as Partial<Memory>) };
      if (typeof found.token !== 'string') {
        delete (found as { token?: unknown }).token;
      }
      return found;
    }
    // Whoever chatted here while Rocket.Chat was at this address stays the same visitor.
    const before = JSON.parse(shelf.get('store') ?? '{}') as { token?: unknown };
    return typeof before.token === 'string' ? { ...EMPTY, token: before.token } : EMPTY;
  } catch {
    return EMPTY;
  }
}

export const memory = signal<Memory>(EMPTY);

/** What he has begun to write: by itself, because it changes with each key. */
export const draft = signal('');

/** Before anything else is asked of it. */
export async function recall(): Promise<void> {
  await shelf.fetchShelf();
  memory.value = stored();
  draft.value = shelf.get(DRAFT) ?? '';
}

export function draftText(text: string): void {
  draft.value = text;
  shelf.set(DRAFT, text);
}

export function remember(changes: { readonly [K in keyof Memory]?: Memory[K] | undefined }): void {
  // Another tab may have written since.
  const next = { ...memory.peek(), ...latest(), ...changes };
  for (const key of Object.keys(next) as (keyof Memory)[]) {
    if (next[key] === undefined) {
      delete (next as Partial<Memory>)[key];
    }
  }
  memory.value = next as Memory;
  shelf.set(KEY, JSON.stringify(next));
}

/** What another tab has written. */
function latest(): Partial<Memory> {
  try {
    return JSON.parse(shelf.get(KEY) ?? '{}') as Partial<Memory>;
  } catch {
    return {};
  }
}

/** Everything about the visitor; what he set for himself on this device stays. */
export function forget(): void {
  const { muted } = memory.peek();
  shelf.remove(KEY);
  shelf.remove(DRAFT);
  shelf.remove('store');
  memory.value = { ...EMPTY, muted };
  draft.value = '';
}

addEventListener('storage', (event) => {
  if (event.key === KEY) {
    memory.value = { ...EMPTY, ...latest() };
  }
});

const HEX = (byte: number) => byte.toString(16).padStart(2, '0');

/** The visitor's token, made when he first needs one. */
export function token(): string {
  const known = memory.peek().token;
  if (known !== undefined && known !== '') {
    return known;
  }
  const made = Array.from(crypto.getRandomValues(new Uint8Array(32)), HEX).join('');
  remember({ token: made });
  return made;
}

/** An id for a message, before the server has seen it. */
export function freshId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), HEX).join('');
}
