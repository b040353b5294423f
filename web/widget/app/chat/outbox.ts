// What the visitor has written and the server has not taken yet. It goes out in order, again and
// again, under the id that the message will have, so that none is lost and none comes twice.
import { Refused, Unreachable } from '../../../shared/answers.ts';
import { signal } from '@preact/signals';

import { draftText, freshId, memory, type Outgoing, remember, token } from '../memory.ts';
import type { Message } from '../wire/documents.ts';
import { post } from '../wire/rest.ts';
import { doubt } from './live.ts';
import { atHome, connection, firstWords, screen } from './state.ts';
import { take } from './messages.ts';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/** Where messages go: finds or opens the chat. */
export type Door = () => Promise<string>;

let isSending = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Set while the server wants a slower pace. */
export const slowed = signal(false);

/** What to do when the server does not take a message at all. */
export interface Refusals {
  /** Says whether the message is dealt with. */
  refused(refusal: Refused, outgoing: Outgoing): boolean;
}

let door: Door | undefined;
let refusals: Refusals | undefined;

export function openOutbox(way: Door, otherwise: Refusals): void {
  door = way;
  refusals = otherwise;
  addEventListener('online', () => void flush());
  connection.subscribe((state) => {
    if (state === 'live') {
      void flush();
    }
  });
}

export function write(text: string): void {
  if (screen.peek() === 'register') {
    draftText('');
    firstWords.value = text;
    return;
  }
  remember({ outbox: [...memory.peek().outbox, { id: freshId(), text, at: Date.now() }] });
  draftText('');
  atHome.value = false;
  void flush();
}

export const untried = ({ id, text, at }: Outgoing): Outgoing => ({ id, text, at });

/** The visitor wants it to be tried once more. */
export function again(id: string): void {
  remember({
    outbox: memory
      .peek()
      .outbox.map((outgoing) => (outgoing.id === id ? untried(outgoing) : outgoing)),
  });
  void flush();
}

export function discard(id: string): void {
  const { outbox } = memory.peek();
  if (outbox.some((outgoing) => outgoing.id === id)) {
    remember({ outbox: outbox.filter((outgoing) => outgoing.id !== id) });
  }
}

/** Nothing of it can be sent any more, as it is. */
export function refuse(refusal: string): void {
  const { outbox } = memory.peek();
  if (outbox.some((outgoing) => outgoing.refusal === undefined)) {
    remember({ outbox: outbox.map((outgoing) => ({ ...outgoing, refusal })) });
  }
}

/** Sends what waits. */
export async function flush(): Promise<void> {
  clearTimeout(timer);
  if (isSending || door === undefined) {
    return;
  }
  isSending = true;
  try {
    for (let next = waiting(); next !== undefined; next = waiting()) {
      await send(next, await door());
      failures = 0;
      slowed.value = false;
    }
  } catch (error) {
    failed(error);
  } finally {
    isSending = false;
  }
}

const waiting = () => memory.peek().outbox.find(({ refusal }) => refusal === undefined);

async function send({ id, text }: Outgoing, rid: string): Promise<void> {
  const body = { token: token(), rid, msg: text, _id: id };
  const { message } = await post<{ message: Message }>('livechat/message', body);
  take(message);
  discard(id);
}

function failed(error: unknown): void {
  if (error instanceof Unreachable) {
    slowed.value = error.tooFast;
    if (!error.tooFast) {
      doubt();
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    failures += 1;
    timer = setTimeout(() => void flush(), Math.max(pause, error.wait));
    return;
  }
  if (memory.peek().rid === undefined) {
    connection.value = 'idle';
  }
  const outgoing = waiting();
  if (!(error instanceof Refused) || outgoing === undefined) {
    throw error;
  }
  if (refusals?.refused(error, outgoing) !== true) {
    remember({
      outbox: memory
        .peek()
        .outbox.map((other) =>
          other.id === outgoing.id ? { ...outgoing, refusal: error.code } : other,
        ),
    });
  }
  if (waiting() !== undefined) {
    timer = setTimeout(() => void flush(), 0);
  }
}
