// Some proxies let no socket through. Then everything is read again and again, less and less often, until there is one.
import { effect } from '@preact/signals';

import { get } from '../api/http.ts';
import { session } from '../api/session.ts';
import { connection, failures, hurry, returned, withoutSocket } from './connection.ts';

/** A server that starts again has a socket at the second try or the third. */
const TRIES = 3;
const FIRST_MS = 2000;
const LONGEST_MS = 32_000;

let pause = FIRST_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Counts how often it was begun or ended: a question of before asks no further. */
let rounds = 0;
let isAsking = false;
/** How many tries had failed when the server answered first: it may only have been away, and has a socket again. */
let failedBefore: number | undefined;

export function askWithoutSocket(): void {
  effect(() => {
    const isWanted = failures.value >= TRIES && session.value !== undefined;
    if (isWanted === isAsking) {
      return;
    }
    isAsking = isWanted;
    if (isWanted) {
      begin();
    } else {
      rounds += 1;
      clearTimeout(timer);
    }
  });
}

function begin(): void {
  rounds += 1;
  clearTimeout(timer);
  pause = FIRST_MS;
  failedBefore = undefined;
  void ask(rounds);
}

/** Somebody does something: what comes of it is not far. */
export function askSoon(): void {
  if (isAsking && pause > FIRST_MS) {
    pause = FIRST_MS;
    rounds += 1;
    clearTimeout(timer);
    void ask(rounds);
  }
}

export function askNow(): void {
  hurry();
  askSoon();
}

async function ask(round: number): Promise<void> {
  let answers = true;
  try {
    await get('me');
  } catch {
    answers = false;
  }
  if (round !== rounds) {
    return;
  }
  if (answers && failedBefore === undefined) {
    failedBefore = failures.peek();
    hurry();
  } else if (answers && failures.peek() > (failedBefore ?? 0)) {
    withoutSocket(pause);
    returned();
  } else if (!answers) {
    failedBefore = undefined;
    withoutSocket(undefined);
  }
  timer = setTimeout(() => void ask(round), pause);
  // One that may only have been away is asked again soon.
  pause = connection.peek().is === 'asking' ? Math.min(pause * 2, LONGEST_MS) : FIRST_MS;
}
