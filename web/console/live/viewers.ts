// Who else has the open chat on their screen, and who of them writes there. It lasts only a moment: everybody says it
// again and again, and nothing of it is kept.
import { effect, signal } from '@preact/signals';

import { openChat } from '../place.ts';
import { listen, onReturn, tell } from './connection.ts';
import { mayAnswer, me } from './people.ts';

const AGAIN_MS = 20_000;
/** Somebody who has not said it for so long has gone. */
const GONE_MS = 60_000;
/** So long after the last key somebody still writes. */
const WRITES_MS = 6000;
/** Whoever comes is told who is there, at most so often. */
const ANSWERED_MS = 1000;

export interface Viewer {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly writes: boolean;
}

export const viewers = signal<readonly Viewer[]>([]);

interface Told extends Omit<Viewer, 'writes'> {
  readonly state: 'looking' | 'writing' | 'gone';
}

const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** Whether anybody was told that one looks at the open chat. */
let isTold = false;
let writing: ReturnType<typeof setTimeout> | undefined;
let answered = 0;

const isSeen = (): boolean => document.visibilityState === 'visible';

function say(state: Told['state']): void {
  const rid = openChat.peek();
  if (rid !== undefined && mayAnswer.peek()) {
    isTold = state !== 'gone';
    tell('stream-hark-conversation', [`${rid}/viewers`, state]);
  }
}

const sayAgain = (): void => {
  if (isSeen()) {
    say(writing === undefined ? 'looking' : 'writing');
  }
};

export function followViewers(): void {
  effect(() => {
    const rid = openChat.value;
    forgetAll();
    if (rid === undefined || !mayAnswer.value) {
      return undefined;
    }
    const { ready, stop } = listen('stream-hark-conversation', `${rid}/viewers`, (told) => heard(told as Told));
    void ready.then(() => (openChat.peek() === rid ? sayAgain() : undefined));
    const timer = setInterval(sayAgain, AGAIN_MS);
    return () => {
      clearInterval(timer);
      stop();
      if (isTold) {
        isTold = false;
        tell('stream-hark-conversation', [`${rid}/viewers`, 'gone']);
      }
    };
  });
  onReturn(sayAgain);
  document.addEventListener('visibilitychange', () => (isSeen() ? sayAgain() : say('gone')));
  addEventListener('pagehide', () => say('gone'));
}

function forgetAll(): void {
  clearTimeout(writing);
  writing = undefined;
  for (const timer of timers.values()) {
    clearTimeout(timer);
  }
  timers.clear();
  viewers.value = [];
}

function heard({ id, username, name, state }: Told): void {
  if (id === me.peek()?._id) {
    // Another window of one's own was closed.
    if (state === 'gone') {
      sayAgain();
    }
    return;
  }
  clearTimeout(timers.get(id));
  const others = viewers.peek().filter((viewer) => viewer.id !== id);
  if (state === 'gone') {
    viewers.value = others;
    return;
  }
  const isNew = others.length === viewers.peek().length;
  viewers.value = [...others, { id, username, name, writes: state === 'writing' }].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  timers.set(
    id,
    setTimeout(() => {
      viewers.value = viewers.peek().filter((viewer) => viewer.id !== id);
    }, GONE_MS),
  );
  if (isNew && Date.now() - answered >= ANSWERED_MS) {
    answered = Date.now();
    sayAgain();
  }
}

/** Of what one does in the open chat, for colleagues only. */
export function sayWriting(writes: boolean): void {
  const wrote = writing !== undefined;
  clearTimeout(writing);
  writing = writes ? setTimeout(() => sayWriting(false), WRITES_MS) : undefined;
  if (writes !== wrote) {
    sayAgain();
  }
}
