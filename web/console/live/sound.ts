// A sound for what comes while one looks elsewhere.
import { effect, signal } from '@preact/signals';

import { SERVER } from '../api/http.ts';
import { openChat } from '../place.ts';
import { connection, listen } from './connection.ts';
import { places, unread, waitingCount } from './lists.ts';

const KEY = 'hark.console.sound';

export const sound = signal(localStorage.getItem(KEY) !== 'off');

export function setSound(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off');
  sound.value = on;
}

let chime: HTMLAudioElement | undefined;

export function hearOfNews(id: string): void {
  listen('stream-notify-user', `${id}/notification`, (notification) => {
    const { payload } = notification as { readonly payload?: { readonly rid?: string } };
    const isSeen = document.visibilityState === 'visible' && payload?.rid === openChat.peek();
    if (!isSeen) {
      ring();
    }
  });
  // Without a socket nobody tells: there is more to read than before where one does not look, or more wait.
  let before = 0;
  effect(() => {
    const looks = document.visibilityState === 'visible' ? (places.value.get(openChat.value ?? '')?.unread ?? 0) : 0;
    const now = unread.value - looks + waitingCount.value;
    if (connection.peek().is === 'asking' && now > before) {
      ring();
    }
    before = now;
  });
}

function ring(): void {
  if (sound.peek()) {
    chime ??= new Audio(`${SERVER}sounds/chime.wav`);
    // Browsers stay silent until somebody has clicked.
    chime.play().catch(() => undefined);
  }
}
