// What the visitor of the open chat has written and not sent, where the settings and they themselves let us see it.
import { effect, signal } from '@preact/signals';

import { openChat } from '../place.ts';
import { listen } from './connection.ts';
import { mayAnswer } from './people.ts';

/** Nobody has touched it for so long. */
const OLD_MS = 60_000;

export const unfinished = signal('');

let timer: ReturnType<typeof setTimeout> | undefined;

export function followUnfinished(): void {
  effect(() => {
    const rid = openChat.value;
    forgetUnfinished();
    if (rid === undefined || !mayAnswer.value) {
      return undefined;
    }
    const { stop } = listen('stream-hark-conversation', `${rid}/unfinished`, (told) => {
      unfinished.value = (told as { readonly text: string }).text.trim();
      clearTimeout(timer);
      timer = setTimeout(forgetUnfinished, OLD_MS);
    });
    return stop;
  });
}

/** It was sent. */
export function forgetUnfinished(): void {
  clearTimeout(timer);
  unfinished.value = '';
}
