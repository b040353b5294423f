// What happens once somebody is logged in: everything is listened to and read, and kept that way.
import { effect, signal } from '@preact/signals';

import { session } from '../api/session.ts';
import { askWithoutSocket } from './asking.ts';
import { followCapacity } from './capacity.ts';
import { add, followChats } from './chat.ts';
import { connect, connection, listenAnew, logIn, onReturn } from './connection.ts';
import { followDeliveries } from './deliveries.ts';
import { followGivenUp } from './given-up.ts';
import { hearOfLists, readLists } from './lists.ts';
import { hearOfMentions } from './mentions.ts';
import { followNotes } from './notes.ts';
import { outbox, workOnReturn } from './outbox.ts';
import { hearOfPeople, mayAnswer, me, peopleAreRead, readPeople } from './people.ts';
import { followReading } from './reading.ts';
import { hearOfNews } from './sound.ts';
import { readTags } from './tags.ts';
import { countInTitle } from './title.ts';
import { followTyping } from './typing.ts';
import { followUnfinished } from './unfinished.ts';
import { lookForUpdates } from './updates.ts';
import { uploads } from './uploads.ts';
import { readUrgency } from './urgency.ts';
import { followViewers } from './viewers.ts';

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
    hearOfMentions(user);
    followChats();
    followNotes();
    followReading();
    followViewers();
    followUnfinished();
    followTyping();
    followCapacity();
    followDeliveries();
    followGivenUp();
    workOnReturn((rid, message) => add(rid, [message], 'own'));
    onReturn(readEverything);
    countInTitle();
    lookForUpdates();
    connect();
    askWithoutSocket();
    readEverything();
  });
  let answered = true;
  effect(() => {
    // Chats have become theirs to read, and to hear of.
    if (mayAnswer.value && !answered) {
      wasLost = true;
      listenAnew();
    }
    answered = mayAnswer.value || !peopleAreRead.value;
  });
  effect(() => {
    wasLost ||= connection.value.is === 'lost';
  });
  // What waits to be sent is of this tab, and files are nowhere else.
  addEventListener('beforeunload', (event) => {
    if (outbox.peek().length > 0 || uploads.peek().length > 0) {
      event.preventDefault();
    }
  });
  // Another log-in of the same person has another token.
  effect(() => {
    if (session.value !== undefined) {
      logIn();
    }
  });
}

let wasLost = false;
let reading: Promise<void> | undefined;
/** What is being read may have changed before it was listened to. */
let isOld = false;

function readEverything(): void {
  if (reading !== undefined) {
    isOld = true;
    return;
  }
  reading = readOnce().finally(() => {
    reading = undefined;
    if (isOld) {
      isOld = false;
      readEverything();
    }
  });
}

async function readOnce(): Promise<void> {
  const isFirst = me.peek() === undefined;
  // Nothing waits for another answer before it is asked for: chats are what one came for.
  const people = isFirst ? readPeople() : Promise.resolve();
  try {
    // Somebody without a role for chats may have been given one before the connection was there to tell. Agents do not ask
    // again: the server lets one address ask ten times a minute, and an office has one.
    const mayHaveMissed = !mayAnswer.peek() && connection.peek().is === 'live';
    if (!isFirst && (wasLost || mayHaveMissed)) {
      readPeople().catch(() => undefined);
    }
    wasLost = false;
    people.then(readOthers, () => undefined);
    await readLists(people);
    cannotRead.value = false;
  } catch {
    const isKnown = await people.then(
      () => true,
      () => false,
    );
    if (isKnown && !mayAnswer.peek()) {
      // Chats are not for them, and will not be because they are asked for again.
      return;
    }
    cannotRead.value = me.peek() === undefined;
    setTimeout(readEverything, AGAIN_MS);
  }
}

function readOthers(): void {
  readUrgency().catch(() => undefined);
  readTags().catch(() => undefined);
}
