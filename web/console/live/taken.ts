// What was taken from the queue of late, and who is there, for as long as somebody looks at it.
import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Taken } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';
import { mine, openCount, waiting } from './lists.ts';

const found = signal<Taken | undefined>(undefined);
let followers = 0;
let stop: (() => void) | undefined;

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
    found.value = await get<Taken>('figures/taken', {}, 'hark/v1').catch(() => found.peek());
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

export function useTaken(): Taken | undefined {
  useEffect(() => {
    followers += 1;
    stop ??= follow();
    return () => {
      followers -= 1;
      if (followers === 0) {
        stop?.();
        stop = undefined;
      }
    };
  }, []);
  return found.value;
}
