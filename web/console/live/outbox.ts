// What was sent and is not there yet. It goes out in its order, is tried again until the server has
// answered, and survives a reload of the tab. What had to wait goes out over no answer of a colleague that its writer
// has not seen.
import { computed, effect, signal } from '@preact/signals';

import { calledAs, type Message, millis } from '../api/documents.ts';
import { call, get } from '../api/http.ts';
import { expired, session } from '../api/session.ts';
import { Refused, Unreachable } from '../../shared/answers.ts';
import { askSoon } from './asking.ts';
import { connection, isHearing } from './connection.ts';
import { me } from './people.ts';
import { reason } from './reasons.ts';

/** Of each who logs in here, in this tab. */
const key = computed(() => `hark.console.outbox.${session.value?.user ?? ''}`);
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

export interface Outgoing {
  /** Also the message's, so that the server takes it only once. */
  readonly id: string;
  readonly rid: string;
  readonly text: string;
  readonly at: number;
  /** What was said until then, by the clock of the server, its writer has seen. */
  readonly seen: number;
  /** The colleague who has answered since, and when: whether it still goes out is for the writer to say. */
  readonly quicker?: { readonly name: string; readonly at: number };
  /** Why the server does not take it. */
  readonly fault?: string;
}

export const outbox = signal<readonly Outgoing[]>([]);
/** What was not sent at once: it may be out of date by now. */
const late = new Set<string>();

/** Who hears of a message that the server has taken. */
let taken: (rid: string, message: Message) => void = () => undefined;

effect(() => {
  outbox.value = JSON.parse(sessionStorage.getItem(key.value) ?? '[]') as Outgoing[];
  outbox.peek().forEach(({ id }) => late.add(id));
});
effect(() => {
  sessionStorage.setItem(key.peek(), JSON.stringify(outbox.value));
});

/** Is fulfilled when everything that waits for this chat was tried. */
export async function send(rid: string, text: string, seen: number): Promise<void> {
  outbox.value = [...outbox.peek(), { id: randomId(), rid, text, at: Date.now(), seen }];
  await work(rid);
  askSoon();
}

export const isWaiting = (rid: string): boolean => outbox.peek().some((one) => one.rid === rid);

export function tryAgain(id: string): void {
  const found = outbox.peek().find((one) => one.id === id);
  if (found !== undefined) {
    const { fault: _, quicker, ...again } = found;
    replace(id, { ...again, seen: quicker?.at ?? again.seen });
    void work(found.rid);
  }
}

export function discard(id: string): void {
  late.delete(id);
  outbox.value = outbox.peek().filter((one) => one.id !== id);
}

/** Everything that waits goes out as soon as the server can be reached again, or there is another log-in. */
export function workOnReturn(hear: typeof taken): void {
  taken = hear;
  effect(() => {
    if (connection.value.is !== 'lost' && session.value !== undefined && !expired.value) {
      for (const rid of new Set(outbox.peek().map((one) => one.rid))) {
        void work(rid);
      }
    }
  });
}

const working = new Set<string>();
/** Chats for which it was asked again meanwhile: what is being tried may fail by what is over by now. */
const wanted = new Set<string>();
let pause = FIRST_PAUSE_MS;

/** One after the other, so that they arrive in the order in which they were written. */
async function work(rid: string): Promise<void> {
  if (working.has(rid)) {
    wanted.add(rid);
    return;
  }
  working.add(rid);
  wanted.delete(rid);
  for (let next = first(rid); next !== undefined; next = first(rid)) {
    try {
      const { id, text } = next;
      const quicker = late.has(id) || !isHearing() ? await answered(next) : undefined;
      if (quicker !== undefined) {
        replace(id, { ...next, quicker });
        continue;
      }
      const message = await call<Message>('sendMessage', [{ _id: id, rid, msg: text }]);
      taken(rid, message);
      discard(id);
      pause = FIRST_PAUSE_MS;
    } catch (error) {
      if (error instanceof Refused && error.status !== 401) {
        replace(next.id, { ...next, fault: reason(error) });
      } else {
        late.add(next.id);
        wait(rid, error);
        break;
      }
    }
  }
  working.delete(rid);
  if (wanted.delete(rid) && first(rid) !== undefined) {
    await work(rid);
  }
}

/** The last of what colleagues have said in the chat that the writer has not seen. */
async function answered({ rid, seen }: Outgoing): Promise<Outgoing['quicker']> {
  const { result } = await get<{ readonly result: { readonly updated: readonly Message[] } }>('chat.syncMessages', {
    roomId: rid,
    lastUpdate: new Date(seen).toISOString(),
  });
  const theirs = result.updated.filter(
    ({ t, token, u, ts }) => t === undefined && token === undefined && u._id !== me.peek()?._id && millis(ts) > seen,
  );
  const last = theirs.toSorted((one, other) => millis(other.ts) - millis(one.ts))[0];
  return last === undefined ? undefined : { name: calledAs(last.u), at: millis(last.ts) };
}

function wait(rid: string, error: unknown): void {
  if (error instanceof Unreachable) {
    setTimeout(() => void work(rid), Math.max(pause, error.wait));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

const first = (rid: string): Outgoing | undefined =>
  outbox.peek().find((one) => one.rid === rid && one.fault === undefined && one.quicker === undefined);

function replace(id: string, by: Outgoing): void {
  outbox.value = outbox.peek().map((one) => (one.id === id ? by : one));
}

function randomId(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz23456789';
  const random = crypto.getRandomValues(new Uint8Array(17));
  return [...random].map((byte) => letters[byte % letters.length]).join('');
}
