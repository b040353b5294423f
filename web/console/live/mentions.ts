// Notes in which colleagues have mentioned the one who looks.
import { effect, signal } from '@preact/signals';

import type { Mention } from '../api/documents.ts';
import type { Mentions } from '../api/generated/hark.ts';
import { get, post } from '../api/http.ts';
import { listen, onReturn } from './connection.ts';
import { mayAnswer } from './people.ts';

/** So many are shown, the newest first. */
const MOST = 30;

/** Not known until they were read. */
export const mentions = signal<readonly Mention[] | undefined>(undefined);
/** How many of all were not seen. */
export const newMentions = signal(0);

export async function readMentions(): Promise<void> {
  if (!mayAnswer.peek()) {
    return;
  }
  const { items, unread } = await get<Mentions>('mentions', { limit: MOST }, 'hark/v1');
  mentions.value = items;
  newMentions.value = unread;
}

const look = (): void => void readMentions().catch(() => undefined);

export function hearOfMentions(id: string): void {
  listen('stream-notify-user', `${id}/notification`, (notification) => {
    const { payload } = notification as { readonly payload?: { readonly message?: { readonly t?: string } } };
    if (payload?.message?.t === 'note') {
      look();
    }
  });
  effect(() => {
    if (mayAnswer.value) {
      look();
    }
  });
  onReturn(look);
}

/** All that are known were seen; what has come since then was not. */
export async function seeMentions(): Promise<void> {
  const newest = mentions.peek()?.[0]?.note.addedAt;
  if (newest !== undefined && newMentions.peek() > 0) {
    await post('mentions/read', { upTo: newest }, 'hark/v1');
    await readMentions();
  }
}
