// What was taken from the queue of late, and who is there, for as long as somebody looks at it.
import { effect, signal } from '@preact/signals';

import type { Taken } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';
import { mine, openCount, waiting } from './lists.ts';

export const taken = signal<Taken | undefined>(undefined);

/** However much happens, it is read no more often. */
const EVERY_MS = 5000;

/** Reads it, and again when something happened that it counts. */
function follow(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let readAt = 0;
  const read = async (): Promise<void> => {
    timer = undefined;
    readAt = Date.now();
    // What cannot be read leaves what is known, until something happens again.
    taken.value = await get<Taken>('figures/taken', {}, 'hark/v1').catch(() => taken.peek());
  };
  const end = effect(() => {
    void [waiting.value, mine.value, openCount.value];
    timer ??= setTimeout(() => void read(), Math.max(0, readAt + EVERY_MS - Date.now()));
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

let followers = 0;
let stop: (() => void) | undefined;

/** For one part of the screen, until it ends; they are read once for all parts. */
export function followTaken(): () => void {
  followers += 1;
  stop ??= follow();
  return () => {
    followers -= 1;
    if (followers === 0) {
      stop?.();
      stop = undefined;
    }
  };
}
