// What was sent is sent again a piece at a time, also while one looks at other pages of the console.
import { signal } from '@preact/signals';

import { reason } from '../../live/reasons.ts';
import { complain, say } from '../../live/toasts.ts';
import { count } from '../../texts.ts';

/** How many were sent again so far; nothing while none are. */
export const resent = signal<number | undefined>(undefined);

let stop = new AbortController();

export const stopResending = (): void => stop.abort();

/** Whoever closes the window is asked first: the rest would stay where it is. */
const warn = (event: BeforeUnloadEvent): void => event.preventDefault();

export async function resendAll(send: (heard: (sum: number) => void, stop: AbortSignal) => Promise<void>): Promise<void> {
  stop = new AbortController();
  resent.value = 0;
  addEventListener('beforeunload', warn);
  try {
    const heard = (sum: number): void => {
      resent.value = sum;
    };
    await send(heard, stop.signal);
    say(count('sentAgain', resent.peek() ?? 0));
  } catch (fault) {
    complain(reason(fault));
  }
  removeEventListener('beforeunload', warn);
  resent.value = undefined;
}
