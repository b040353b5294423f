// Whether the server has another console than the one that runs here: it was updated while the connection was away.
import { effect, signal } from '@preact/signals';

import { isOutdated } from '../api/build.ts';
import { connection } from './connection.ts';

export const hasUpdate = signal(false);

export function lookForUpdates(): void {
  let wasLost = false;
  effect(() => {
    const { is } = connection.value;
    if (is === 'lost') {
      wasLost = true;
    } else if (is === 'live' && wasLost) {
      wasLost = false;
      void look();
    }
  });
}

async function look(): Promise<void> {
  hasUpdate.value = await isOutdated().catch(() => hasUpdate.peek());
}
