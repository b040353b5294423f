// The present second, for what is said to have lasted until now.
import { computed, signal } from '@preact/signals';

export const now = signal(Date.now());

const MINUTE_MS = 60_000;

/** When the present minute began, for what says nothing of seconds: most of what is on the screen. */
export const minute = computed(() => now.value - (now.value % MINUTE_MS));

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
/** What has lasted so long is told in hours and minutes. */
export const HOUR_MS = 3_600_000;
