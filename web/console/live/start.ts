// What happens once somebody is logged in: everything is listened to and read, and kept that way.
import { effect, signal } from '@preact/signals';

import { session } from '../api/session.ts';
import { add, followChats } from './chat.ts';
import { connect, logIn, onReturn } from './connection.ts';
import { followDeliveries } from './deliveries.ts';
import { hearOfLists, readLists } from './lists.ts';
import { workOnReturn } from './outbox.ts';
import { hearOfPeople, me, readPeople } from './people.ts';
import { hearOfNews } from './sound.ts';

/** Nothing could be read yet, and why does not matter to whoever waits: it is tried again. */
export const cannotRead = signal(false);

const AGAIN_MS = 3000;

export function start(): void {
  let begunFor: string | undefined;
  effect(() => {
    const user = session.value?.user;
    if (user === undefined || user === begunFor) {
      return;
    }
    begunFor = user;
    hearOfPeople(user);
    hearOfLists(user);
    hearOfNews(user);
    followChats();
    followDeliveries();
    workOnReturn((rid, message) => add(rid, [message]));
    onReturn(() => void readEverything());
    connect();
    void readEverything();
  });
  // Another log-in of the same person has another token.
  effect(() => {
    if (session.value !== undefined) {
      logIn();
    }
  });
}

let reading: Promise<void> | undefined;

export function readEverything(): Promise<void> {
  reading ??= readOnce().finally(() => {
    reading = undefined;
  });
  return reading;
}

async function readOnce(): Promise<void> {
  try {
    if (me.peek() === undefined) {
      await readPeople();
    } else {
      // After a loss the chats come first.
      readPeople().catch(() => undefined);
    }
    await readLists();
    cannotRead.value = false;
  } catch {
    cannotRead.value = me.peek() === undefined;
    setTimeout(() => void readEverything(), AGAIN_MS);
  }
}
