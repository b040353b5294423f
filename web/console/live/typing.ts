// Who writes just now, in each chat that is listened to. Where no socket passes, it is said and asked over HTTP, of the open
// chat.
import { signal } from '@preact/signals';

import { post } from '../api/http.ts';
import { openChat } from '../place.ts';
import { connection, onReturn, tell } from './connection.ts';
import { me } from './people.ts';

/** Somebody who does not say that they go on writing has stopped. */
const TYPING_MS = 15_000;
/** One who goes on writing says so again after this. */
const AGAIN_MS = 5000;
/** Where no socket says that they have stopped, those who write are asked for so soon. */
const ASKED_AGAIN_MS = 4000;

/** The user names, by chat. */
export const typing = signal<ReadonlyMap<string, readonly string[]>>(new Map());

const timers = new Map<string, ReturnType<typeof setTimeout>>();

export function heardOf(rid: string, username: string, activities: readonly string[]): void {
  const key = `${rid} ${username}`;
  clearTimeout(timers.get(key));
  timers.delete(key);
  if (username === me.peek()?.username) {
    return;
  }
  const writes = activities.includes('user-typing');
  set(rid, username, writes);
  if (writes) {
    timers.set(
      key,
      setTimeout(() => set(rid, username, false), TYPING_MS),
    );
  }
}

/** What was being written is there now. */
export function wrote(rid: string, username: string): void {
  heardOf(rid, username, []);
}

function set(rid: string, username: string, writes: boolean): void {
  const before = typing.peek().get(rid) ?? [];
  if (before.includes(username) === writes) {
    return;
  }
  const others = before.filter((name) => name !== username);
  typing.value = new Map(typing.peek()).set(rid, writes ? [...others, username] : others);
}

const said = { rid: '', at: 0 };

export function sayTyping(rid: string, writes: boolean): void {
  const username = me.peek()?.username;
  const now = Date.now();
  const isKnown = writes === (said.rid === rid && now - said.at < AGAIN_MS);
  if (username === undefined || (isKnown && (writes || said.rid !== rid))) {
    return;
  }
  said.rid = writes ? rid : '';
  said.at = now;
  if (connection.peek().is === 'asking') {
    void exchange(rid, writes);
  } else {
    tell('stream-notify-room', [`${rid}/user-activity`, username, writes ? ['user-typing'] : [], {}]);
  }
}

let again: ReturnType<typeof setTimeout> | undefined;

/** Says whether one writes, if it is told, and hears who else does. Nobody has to hear it. */
async function exchange(rid: string, writes?: boolean): Promise<void> {
  // Of another chat nobody is asked again.
  const isOpen = (): boolean => openChat.peek() === rid;
  if (isOpen()) {
    clearTimeout(again);
  }
  try {
    const { usernames } = await post<{ readonly usernames: readonly string[] }>(
      `conversations/${encodeURIComponent(rid)}/typing`,
      writes === undefined ? {} : { typing: writes },
      'hark/v1',
    );
    for (const username of typing.peek().get(rid) ?? []) {
      if (!usernames.includes(username)) {
        heardOf(rid, username, []);
      }
    }
    for (const username of usernames) {
      heardOf(rid, username, ['user-typing']);
    }
    if (usernames.length > 0 && isOpen()) {
      clearTimeout(again);
      again = setTimeout(askWhoWrites, ASKED_AGAIN_MS);
    }
  } catch {
    // It is asked for again with everything else.
  }
}

function askWhoWrites(): void {
  const rid = openChat.peek();
  if (rid !== undefined && connection.peek().is === 'asking') {
    void exchange(rid);
  }
}

export const followTyping = (): void => onReturn(askWhoWrites);
