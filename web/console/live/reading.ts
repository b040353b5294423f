// How far the visitor of the open chat has read.
import { effect, signal } from '@preact/signals';

import { millis, type Moment } from '../api/documents.ts';
import type { Reading as ReadingSaid } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';
import { openChat } from '../place.ts';
import { listen, onReturn } from './connection.ts';
import { mayAnswer } from './people.ts';

/** Everything that was said until then; nothing before their window has told of it. */
export const visitorReadUntil = signal(0);

interface Reading {
  readonly sentAt: Moment;
}

interface Told {
  readonly by: 'visitor' | 'agent';
  readonly reading?: Reading;
}

export function followReading(): void {
  effect(() => {
    const rid = openChat.value;
    visitorReadUntil.value = 0;
    if (rid === undefined || !mayAnswer.value) {
      return undefined;
    }
    void ask(rid);
    const { stop } = listen('stream-hark-conversation', `${rid}/read`, (told) => {
      const { by, reading } = told as Told;
      if (by === 'visitor' && reading !== undefined) {
        take(rid, reading);
      }
    });
    return stop;
  });
  onReturn(() => {
    const rid = openChat.peek();
    if (rid !== undefined && mayAnswer.peek()) {
      void ask(rid);
    }
  });
}

async function ask(rid: string): Promise<void> {
  try {
    const { visitor } = await get<ReadingSaid>(`conversations/${rid}/reading`, {}, 'hark/v1');
    if (visitor !== null) {
      take(rid, visitor);
    }
  } catch {
    // It is told again with what they read next.
  }
}

/** Nobody has read less than before. */
function take(rid: string, { sentAt }: Reading): void {
  if (openChat.peek() === rid) {
    visitorReadUntil.value = Math.max(visitorReadUntil.peek(), millis(sentAt));
  }
}
