// How many deliveries to endpoints of webhooks were given up, for those who may know. The server says when there are
// more or fewer, and is only asked then.
import { effect, signal } from '@preact/signals';

import { listen, onReturn } from './connection.ts';
import { seesDeliveries } from './deliveries.ts';
import { readStats, type Stats } from './stats.ts';

/** An endpoint that is away gives up many at once. */
const SETTLED_MS = 500;

export const givenUp = signal(0);

export function countGivenUp(stats: readonly Stats[]): void {
  givenUp.value = stats.reduce((sum, one) => sum + one.givenUp, 0);
}

let settling: ReturnType<typeof setTimeout> | undefined;

function lookSoon(): void {
  clearTimeout(settling);
  settling = setTimeout(() => {
    readStats()
      .then(countGivenUp)
      // It is read again with the next that changes.
      .catch(() => undefined);
  }, SETTLED_MS);
}

export function followGivenUp(): void {
  let isHeard = false;
  effect(() => {
    if (seesDeliveries() && !isHeard) {
      isHeard = true;
      listen('stream-hark-webhooks', 'given-up', lookSoon);
      onReturn(lookSoon);
      lookSoon();
    }
  });
}
