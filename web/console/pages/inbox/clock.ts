// The present second, for what is said to have lasted until now.
import { signal } from '@preact/signals';

export const now = signal(Date.now());

setInterval(() => {
  if (document.visibilityState === 'visible') {
    now.value = Date.now();
  }
}, 1000);
document.addEventListener('visibilitychange', () => {
  now.value = Date.now();
});

/** How long a visitor may wait before it is shown, and before it is too long. */
export const LONG_MS = 60_000;
export const LATE_MS = 180_000;
