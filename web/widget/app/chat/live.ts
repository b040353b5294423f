// The connection over which a running chat is heard.
import type { Agent, Message, Queue } from '../wire/documents.ts';
import { post } from '../wire/rest.ts';
import { open, type Socket } from '../wire/socket.ts';
import { name as clean } from '../formatted.tsx';
import { callback } from '../host.ts';
import { t } from '../texts.ts';
import { announce, playSound, say } from './notices.ts';
import { discard } from './outbox.ts';
import { drop, isOwn, seeIfLooking, take } from './messages.ts';
import { memory, remember } from '../memory.ts';
import {
  agent,
  connection,
  leavingMessage,
  queue,
  seenAt,
  typing,
  visitor,
} from './state.ts';

/** Where no socket gets through, the chat is read now and then. */
const READ_MS = 15_000;
/** Somebody who does not say that he goes on writing has stopped. */
const TYPING_MS = 15_000;

let socket: Socket | undefined;
/** How often something about the chat itself was told: what was asked for before that is older. */
export const news = { count: 0 };

let listeningTo: string | undefined;
let reading: ReturnType<typeof setInterval> | undefined;
const typists = new Map<string, ReturnType<typeof setTimeout>>();

/** Listens to a chat. `catchUp` reads what happened before. */
export function listen(rid: string, token: string, catchUp: () => Promise<void>): Promise<void> {
  if (listeningTo === rid) {
    return Promise.resolve();
  }
  hangUp();
  listeningTo = rid;
  return new Promise((listening) => {
    const topics = [
      ['stream-room-messages', rid],
      ['stream-notify-room', `${rid}/deleteMessage`],
      ['stream-notify-room', `${rid}/user-activity`],
      ['stream-livechat-room', rid],
    ] as const;
    socket = open(topics, token, {
      told: pushed,
      listening() {
        connection.value = 'live';
        stopReading();
        listening();
        void catchUp();
      },
      lost() {
        // Each try that fails says so again.
        if (reading !== undefined) {
          return;
        }
        connection.value = 'lost';
        typing.value = [];
        reading = setInterval(() => {
          void catchUp();
          void exchange(rid, token);
        }, READ_MS);
      },
    });
  });
}

function stopReading(): void {
  clearInterval(reading);
  reading = undefined;
}

export function hangUp(): void {
  socket?.line.close();
  stopReading();
  socket = undefined;
  listeningTo = undefined;
  connection.value = 'idle';
  typing.value = [];
}

/** Something could not be sent. */
export function doubt(): void {
  if (memory.peek().rid === undefined) {
    connection.value = 'lost';
  } else {
    socket?.line.doubt();
  }
}

/** The visitor writes, or has stopped. */
export function sayTyping(rid: string, token: string, isTyping: boolean): void {
  if (connection.peek() === 'lost') {
    void exchange(rid, token, isTyping);
  } else {
    socket?.call('stream-notify-room', [`${rid}/user-activity`, visitor.peek()?.username, isTyping ? ['user-typing'] : [], { token }]);
  }
}

/** Where no socket gets through: says whether the visitor writes, if it is told, and hears who else does. */
async function exchange(rid: string, token: string, isTyping?: boolean): Promise<void> {
  const own = reading;
  const { usernames } = await post<{ usernames: string[] }>('widget/typing', { token, rid, typing: isTyping }, 'hark/v1').catch(() => ({ usernames: [] as string[] }));
  // The chat may have ended, or a socket have come, meanwhile.
  if (reading === own) {
    for (const name of [...typing.peek(), ...usernames]) {
      writes(name, usernames.includes(name));
    }
  }
}

/** What the visitor has written and not sent. */
export function sayUnfinished(rid: string, token: string, text: string): void {
  socket?.call('stream-hark-conversation', [`${rid}/unfinished`, text, { token }]);
}

function pushed(stream: string, event: string, args: readonly unknown[]): void {
  const [first, second] = args;
  if (stream === 'stream-room-messages') {
    heard(first as Message);
  } else if (stream === 'stream-livechat-room') {
    learn(first as Told);
  } else if (event.endsWith('/deleteMessage')) {
    drop((first as { _id: string })._id);
  } else if (event.endsWith('/user-activity')) {
    writes(String(first), Array.isArray(second) && second.includes('user-typing'));
  }
}

function heard(message: Message): void {
  const isNew = take(message, true);
  // It has arrived, whatever became of the answer.
  discard(message._id);
  if (!isNew || isOwn(message)) {
    return;
  }
  stopped(message.u.username);
  if (message.t === undefined || message.t === '') {
    void announce(message);
    playSound(message._id);
  }
  seeIfLooking();
}

interface Told {
  readonly type: string;
  readonly data?: unknown;
  readonly status?: string;
  readonly seenAt?: string;
}

function learn(told: Told): void {
  if (told.type === 'agentRead') {
    seenAt.value = Math.max(seenAt.peek(), Date.parse(told.seenAt ?? '') || 0);
    return;
  }
  news.count += 1;
  switch (told.type) {
    case 'agentData':
      assigned(told.data as Agent | undefined);
      break;
    case 'agentStatus':
      if (agent.peek() !== undefined && told.status !== undefined) {
        agent.value = { ...agent.peek(), status: told.status };
        callback('agent-status-change', told.status);
      }
      break;
    case 'queueData':
      queue.value = told.data as Queue | undefined;
      callback('queue-position-change', told.data);
      break;
    default:
  }
}

export function assigned(now: Agent | undefined): void {
  const was = agent.peek();
  agent.value = now;
  if (now === undefined) {
    return;
  }
  queue.value = undefined;
  // He is answered: nobody is left alone with a form.
  leavingMessage.value = false;
  const { served: before } = memory.peek();
  const username = now.username ?? '';
  if (before !== username) {
    remember({ served: username });
    callback('assign-agent', now);
    const name = clean(now.name ?? username);
    if (name !== '') {
      const last = clean(was?.name ?? before ?? '');
      say(last === '' ? t('agentJoined', { name }) : t('agentChanged', { name, before: last }));
    }
  }
}

function writes(name: string, isTyping: boolean): void {
  stopped(name);
  if (isTyping && name !== visitor.peek()?.username) {
    typing.value = [...typing.peek(), name];
    typists.set(
      name,
      setTimeout(() => stopped(name), TYPING_MS),
    );
  }
}

function stopped(name: string): void {
  clearTimeout(typists.get(name));
  typists.delete(name);
  if (typing.peek().includes(name)) {
    typing.value = typing.peek().filter((other) => other !== name);
  }
}

