// A sound for what comes while one looks elsewhere.
import { signal } from '@preact/signals';

import { SERVER } from '../api/http.ts';
import { openChat } from '../place.ts';
import { listen } from './connection.ts';

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
    if (sound.peek() && !isSeen) {
      chime ??= new Audio(`${SERVER}sounds/chime.wav`);
      // Browsers stay silent until somebody has clicked.
      chime.play().catch(() => undefined);
    }
  });
}
