// The one connection over which the console hears what happens. What is listened to stays listened to
// when it is lost and comes back; what happened in between is read then.
import { signal } from '@preact/signals';

import { type Frame, Line, SILENCE_MS } from '../../shared/line.ts';
import { get, SERVER, unreached } from '../api/http.ts';
import { expire, session } from '../api/session.ts';
import { Outgoing } from './outgoing.ts';

export type Hear = (...args: readonly unknown[]) => void;

interface Topic {
  readonly stream: string;
  readonly event: string;
  readonly hear: Hear;
  answered(): void;
}

export type State =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  | { readonly is: 'lost'; readonly since: number }
  /** There is no socket, but the server answers, and is asked so often. */
  | { readonly is: 'asking'; readonly everyMs: number };

export const connection = signal<State>({ is: 'connecting' });
/** How often there was no socket, or not long enough, since there was one last. */
export const failures = signal(0);

const LOG_IN = 'log-in';

const topics = new Map<string, Topic>();
const returns = new Set<() => void>();
let line: Line | undefined;
const outgoing = new Outgoing((frame) => line?.send(frame));
let isIn = false;
/** The token with which this connection was logged in, or is about to be. */
let shownToken: string | undefined;
let numbers = 0;
/** What the server has not answered yet since the connection began. */
let awaited = new Set<string>();
/** What this connection was told to listen to. */
const subscribed = new Set<string>();

export function connect(): void {
  const made = new Line(SERVER, { greeted: logIn, heard, lost });
  line = made;
  unreached.subscribe(() => made.doubt());
}

/** Now, without waiting until the next try. */
export function hurry(): void {
  line?.hurry();
}

/** Whether what happens is heard at this moment, so that what is on the screen is what there is. */
export const isHearing = (): boolean => connection.peek().is === 'live' && Date.now() - (line?.heardAt ?? 0) < SILENCE_MS;

/** Calls as often as everything is listened to again. */
export function onReturn(back: () => void): void {
  returns.add(back);
}

/** Listens from the moment on in which `ready` is fulfilled. */
export function listen(stream: string, event: string, hear: Hear): { readonly ready: Promise<void>; readonly stop: () => void } {
  numbers += 1;
  const id = `s${numbers}`;
  const ready = new Promise<void>((done) => {
    topics.set(id, { stream, event, hear, answered: done });
  });
  if (isIn) {
    subscribe(id);
  }
  const stop = (): void => {
    topics.delete(id);
    awaited.delete(id);
    if (isIn) {
      unsubscribe(id);
      // It may have been the last that was waited for.
      answered([]);
    }
  };
  return { ready, stop };
}

/** Says something that nobody has to hear: without a connection it is not said. */
export function tell(method: string, params: readonly unknown[]): void {
  if (isIn && line?.isOpen === true) {
    numbers += 1;
    outgoing.say({ msg: 'method', id: `m${numbers}`, method, params });
  }
}

/** With the token of the present log-in, which may be another than that of before. */
export function logIn(): void {
  const token = session.peek()?.token;
  if (token !== undefined && token !== shownToken && line?.isOpen === true) {
    shownToken = token;
    line.send({ msg: 'method', id: LOG_IN, method: 'login', params: [{ resume: token }] });
  }
}

function heard(frame: Frame): void {
  switch (frame.msg) {
    case 'result':
      if (frame.id === LOG_IN) {
        loggedIn(frame);
      }
      break;
    case 'ready':
      answered(frame.subs ?? []);
      break;
    case 'nosub':
      // Without an error it is the end that was asked for.
      if (frame.error !== undefined) {
        refused(frame.id ?? '');
      }
      break;
    case 'changed':
      told(frame);
      break;
    case undefined:
    default:
  }
}

function loggedIn(frame: Frame): void {
  const shown = session.peek();
  if (frame.error !== undefined) {
    if (shown !== undefined) {
      expire(shown);
    }
    return;
  }
  isIn = true;
  listenAnew();
}

/** To everything: one may hear more than before. */
export function listenAnew(): void {
  if (!isIn) {
    return;
  }
  // Until everything is listened to again, things may happen that nobody hears: they are read then.
  if (connection.peek().is === 'live') {
    connection.value = { is: 'connecting' };
  }
  awaited = new Set(topics.keys());
  for (const id of topics.keys()) {
    unsubscribe(id);
    subscribe(id);
  }
  answered([]);
}

function subscribe(id: string): void {
  const topic = topics.get(id);
  if (topic !== undefined) {
    const params = [topic.event, { useCollection: false, args: [] }];
    subscribed.add(id);
    outgoing.say({ msg: 'sub', id, name: topic.stream, params }, id);
  }
}

function unsubscribe(id: string): void {
  if (subscribed.delete(id) && !outgoing.takeBack(id)) {
    outgoing.say({ msg: 'unsub', id });
  }
}

function answered(ids: readonly string[]): void {
  for (const id of ids) {
    topics.get(id)?.answered();
    awaited.delete(id);
  }
  if (awaited.size === 0 && connection.peek().is !== 'live') {
    line?.serves();
    failures.value = 0;
    connection.value = { is: 'live' };
    returned();
  }
}

/** Everything may have changed meanwhile. */
export function returned(): void {
  for (const back of returns) {
    back();
  }
}

/** Whether the server answers all the same, and if so after what time it is asked again. */
export function withoutSocket(everyMs: number | undefined): void {
  const { is } = connection.peek();
  if (everyMs !== undefined && (is === 'lost' || is === 'asking')) {
    connection.value = { is: 'asking', everyMs };
  } else if (everyMs === undefined && is === 'asking') {
    connection.value = { is: 'lost', since: Date.now() };
  }
}

/** Also an answer: what one may not hear, reading explains. What one heard until now ends with the log-in. */
function refused(id: string): void {
  if (!isIn) {
    return;
  }
  const wasHeard = topics.has(id) && !awaited.has(id) && connection.peek().is === 'live';
  if (wasHeard) {
    isIn = false;
    connection.value = { is: 'connecting' };
    // Which says that the log-in has ended.
    get('me').catch(() => undefined);
  } else {
    answered([id]);
  }
}

function told({ collection = '', fields }: Frame): void {
  if (fields === undefined) {
    return;
  }
  for (const topic of topics.values()) {
    if (topic.stream === collection && topic.event === fields.eventName) {
      topic.hear(...fields.args);
    }
  }
}

function lost(): void {
  isIn = false;
  shownToken = undefined;
  outgoing.begin();
  subscribed.clear();
  const { is } = connection.peek();
  if (is !== 'lost' && is !== 'asking') {
    connection.value = { is: 'lost', since: Date.now() };
  }
  failures.value += 1;
}
