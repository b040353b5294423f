// A sound for what comes while one looks elsewhere.
import { effect, signal } from '@preact/signals';

import { SERVER } from '../api/http.ts';
import type { Place } from '../api/documents.ts';
import { openChat } from '../place.ts';
import { t } from '../texts.ts';
import { connection, listen } from './connection.ts';
import { places, takenHere, unread, waitingCount } from './lists.ts';

const KEY = 'hark.console.sound';

export const sound = signal(localStorage.getItem(KEY) !== 'off');

export function setSound(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off');
  sound.value = on;
}

let chime: HTMLAudioElement | undefined;

interface Told {
  readonly title: string;
  readonly payload: {
    /** Of a message; a chat that waits has none. */
    readonly _id: string | null;
    readonly rid: string;
    readonly message: { readonly msg: string };
  };
}

export function hearOfNews(id: string): void {
  listen('stream-notify-user', `${id}/notification`, (told) => {
    const { title, payload } = told as Told;
    tell(payload.rid, title, payload._id === null ? t('waitsInQueue') : payload.message.msg);
  });
  listen('stream-notify-user', `${id}/subscriptions-changed`, (action, place) => {
    const { t: kind, rid, fname = '' } = place as Place;
    if (action === 'inserted' && kind === 'l' && rid !== takenHere()) {
      tell(rid, fname, t('chatForYou'));
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

async function show(rid: string, title: string, body: string): Promise<void> {
  const { notify } = await import('./notifications.ts');
  notify(rid, title, body);
}

/** Nobody has to be told of what is on the screen. */
function tell(rid: string, title: string, body: string): void {
  const isVisible = document.visibilityState === 'visible';
  if (!isVisible) {
    show(rid, title, body).catch(() => undefined);
  }
  if (!isVisible || rid !== openChat.peek()) {
    ring();
  }
}

function ring(): void {
  if (sound.peek()) {
    chime ??= new Audio(`${SERVER}sounds/chime.wav`);
    // Browsers stay silent until somebody has clicked.
    chime.play().catch(() => undefined);
  }
}
