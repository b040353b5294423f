// The chat that is open: its room, its visitor and what was said, kept as the server has it.
import { effect, signal } from '@preact/signals';

import { type Message, millis, type Moment, type Room, type Visitor } from '../api/documents.ts';
import { call, get } from '../api/http.ts';
import { Refused, Unreachable } from '../../shared/answers.ts';
import { openChat } from '../place.ts';
import { connection, listen, onReturn } from './connection.ts';
import { replaceRoom, rooms } from './lists.ts';
import { me } from './people.ts';
import { heardOf, wrote } from './typing.ts';
import { forgetUnfinished } from './unfinished.ts';

/** So many messages come at once. */
const PAGE = 50;
/** Of a chat of which one reads what comes, so many are kept; what was said earlier is read again when it is wanted. */
const MOST_KEPT = 4 * PAGE;
const KEPT = 2 * PAGE;

export interface Chat {
  readonly rid: string;
  readonly state: 'loading' | 'there' | 'missing' | 'fault';
  readonly room?: Room;
  readonly visitor?: Visitor;
  /** In the order in which they were said. */
  readonly messages: readonly Message[];
  /** Whether there is more before the first. */
  readonly hasEarlier: boolean;
}

export const chat = signal<Chat | undefined>(undefined);
/** Whether the one who looks follows what comes, and has not gone back to what was said earlier. */
let isFollowing = true;

export function follow(is: boolean): void {
  isFollowing = is;
}

/** How many messages of others came while there was no connection, in however many readings. */
export const missed = signal<number | undefined>(undefined);

/** Set from the loss of the connection until the open chat was read again: when the last message was said that was known then.
 * Several readings follow a return, and any of them may be the one that finds what came. */
let loss: { readonly after: number } | undefined;

/** Everything that changed in the open chat until then, by the clock of the server, is known. */
let knownUntil = 0;
/** Whether what changes in it is heard while there is a connection. */
let isHeard = false;
/** What changed before that which is heard now is still to be read. */
let isBehind = false;
/** Servers are several, and their clocks differ a little. What is read twice is there once. */
const OVERLAP_MS = 5000;

/** A chat as it was left, and until when it was known. */
interface Left {
  readonly chat: Chat;
  readonly knownUntil: number;
  readonly at: number;
}

/** Who goes back to one of the chats that were left last sees it at once, and what has changed is read then. */
const left = new Map<string, Left>();
const MOST_LEFT = 20;
/** Later than that it is read from the beginning: too much may have been said. */
const LEFT_MS = 600_000;

/** After that what could not be read is tried again. */
const AGAIN_MS = 1000;

let stops: (() => void)[] = [];

export function followChats(): void {
  effect(() => {
    const rid = openChat.value;
    if (rid !== chat.peek()?.rid) {
      leave();
      if (rid !== undefined) {
        void open(rid);
      }
    }
  });
  effect(() => {
    if (connection.value.is === 'lost') {
      lose();
    }
  });
  onReturn(() => {
    isHeard = true;
    void catchUp();
  });
}

/** Where nothing is known, nothing is missed. */
function lose(): void {
  const now = chat.peek();
  if (now !== undefined) {
    const last = now.messages.at(-1);
    loss = { after: loss?.after ?? (last === undefined ? Infinity : millis(last.ts)) };
  }
}

/** The loss that a reading ends which begins now: one without a connection leaves something to the next. */
const lossToEnd = (): typeof loss => (connection.peek().is === 'lost' ? undefined : loss);

/** Counts what came meanwhile, before it is taken. */
function countMissed(rid: string, came: readonly Message[], ended: typeof loss): void {
  const now = chat.peek();
  if (now?.rid !== rid || loss === undefined) {
    return;
  }
  const since = loss.after - OVERLAP_MS;
  const known = new Set(now.messages.map(({ _id }) => _id));
  const news = came.filter(({ _id, t, u, ts }) => t === undefined && u._id !== me.peek()?._id && millis(ts) >= since && !known.has(_id));
  missed.value = (missed.peek() ?? 0) + news.length;
  if (loss === ended) {
    loss = undefined;
  }
}

function leave(): void {
  for (const stop of stops) {
    stop();
  }
  stops = [];
  keepLeft();
  isHeard = false;
  knownUntil = 0;
  loss = undefined;
  chat.value = undefined;
}

function keepLeft(): void {
  const now = chat.peek();
  if (now?.state !== 'there') {
    return;
  }
  const messages = now.messages.slice(-KEPT);
  const hasEarlier = now.hasEarlier || messages.length < now.messages.length;
  // The one that was left last is the last to go.
  left.delete(now.rid);
  left.set(now.rid, { chat: { ...now, messages, hasEarlier }, knownUntil, at: Date.now() });
  const [oldest] = left.keys();
  if (left.size > MOST_LEFT && oldest !== undefined) {
    left.delete(oldest);
  }
}

function takeLeft(rid: string): Left | undefined {
  const found = left.get(rid);
  left.delete(rid);
  return found !== undefined && Date.now() - found.at < LEFT_MS ? found : undefined;
}

function change(rid: string, changed: Partial<Chat>): void {
  const now = chat.peek();
  if (now?.rid === rid) {
    chat.value = { ...now, ...changed };
  }
}

/** Reads while it begins to listen, so that it is seen at once; what fell between the two is read then. */
async function open(rid: string): Promise<void> {
  const known = rooms.peek().get(rid);
  const before = takeLeft(rid);
  const shown: Chat = before?.chat ?? { rid, state: 'loading', messages: [], hasEarlier: false };
  knownUntil = before?.knownUntil ?? 0;
  isBehind = true;
  chat.value = known === undefined ? shown : { ...shown, room: known };
  const topics = [
    listen('stream-room-messages', rid, (message) => heard(rid, message as Message)),
    listen('stream-room-data', rid, (room) => roomChanged(rid, room as Room)),
    listen('stream-notify-room', `${rid}/deleteMessage`, (gone) =>
      forget(rid, [(gone as { readonly _id: string })._id]),
    ),
    listen('stream-notify-room', `${rid}/user-activity`, (username, activities) =>
      heardOf(rid, username as string, activities as readonly string[]),
    ),
  ];
  stops = topics.map(({ stop }) => stop);
  const isLive = connection.peek().is === 'live';
  if (connection.peek().is === 'lost') {
    lose();
  }
  // One that was left is brought up to date as soon as it is heard, and without a connection now.
  const reading = before === undefined || !isLive ? read(rid) : undefined;
  if (!isLive) {
    // What changes until there is one is read then.
    await reading;
    return;
  }
  await Promise.all([reading, ...topics.map(({ ready }) => ready)]);
  if (chat.peek()?.rid === rid) {
    isHeard = true;
    if (chat.peek()?.state === 'there') {
      await catchUp();
    }
  }
  const room = chat.peek()?.room;
  if (before !== undefined && room?._id === rid) {
    await readVisitor(rid, room).catch(() => undefined);
  }
}

/** Everything about the chat, from the beginning. */
export async function read(rid: string): Promise<void> {
  change(rid, { state: 'loading' });
  const willBeKnown = isHeard && connection.peek().is === 'live';
  const ended = lossToEnd();
  try {
    const [room, page] = await Promise.all([
      roomOf(rid),
      history(rid),
    ]);
    change(rid, { room, state: 'there', hasEarlier: page.length === PAGE });
    isBehind = !willBeKnown;
    countMissed(rid, page, ended);
    take(rid, page, 'earlier');
    await readVisitor(rid, room);
  } catch (error) {
    const isMissing = error instanceof Refused && error.status < 500 && error.status !== 401;
    change(rid, { state: isMissing ? 'missing' : 'fault' });
  }
}

/** The room alone, of which something has changed that nobody tells of. */
export async function renewRoom(rid: string): Promise<void> {
  change(rid, { room: await roomOf(rid) });
}

/** The chat and its visitor, of whom something was changed. */
export async function renew(rid: string): Promise<void> {
  const room = await roomOf(rid);
  change(rid, { room });
  await readVisitor(rid, room);
}

async function readVisitor(rid: string, room: Room): Promise<void> {
  if (room.v !== undefined) {
    const { visitor } = await get<{ readonly visitor: Visitor }>('livechat/visitors.info', {
      visitorId: room.v._id,
    });
    change(rid, { visitor });
  }
}

const roomOf = async (rid: string): Promise<Room> => await call<Room>('getRoomByTypeAndName', ['l', rid]);

async function history(rid: string, before: Moment | null = null, size = PAGE): Promise<readonly Message[]> {
  const end = before === null ? null : { $date: millis(before) };
  const { messages } = await call<{ readonly messages: readonly Message[] }>('loadHistory', [rid, end, size, null]);
  return messages;
}

/** The page before the first message. */
export async function readEarlier(size = PAGE): Promise<void> {
  const now = chat.peek();
  const first = now?.messages[0];
  if (now !== undefined && first !== undefined && now.hasEarlier) {
    // Of one moment there may be several, and not all of them known.
    const page = await history(now.rid, millis(first.ts) + 1, size);
    change(now.rid, { hasEarlier: page.length === size });
    add(now.rid, page, 'earlier');
  }
}

/** As much as the server gives at once, for something that may be far back. */
const LARGE_PAGE = 1000;

/** Reads back until there is such a message; answers whether there is. */
export async function readUntil(rid: string, isEnough: (message: Message) => boolean): Promise<boolean> {
  for (let size = PAGE; ; size = LARGE_PAGE) {
    const now = chat.peek();
    const isThere = now?.messages.some(isEnough) === true;
    if (now?.rid !== rid || !now.hasEarlier || isThere) {
      return isThere;
    }
    await readEarlier(size);
  }
}

/** What changed while nobody listened: there was no connection, or the chat was not open. */
async function catchUp(): Promise<void> {
  const now = chat.peek();
  if (now === undefined) {
    return;
  }
  if (now.state !== 'there') {
    await read(now.rid);
    return;
  }
  isBehind = true;
  const ended = lossToEnd();
  try {
    const [{ result }, room] = await Promise.all([
      get<{
        readonly result: { readonly updated: readonly Message[]; readonly deleted: readonly { readonly _id: string }[] };
      }>('chat.syncMessages', { roomId: now.rid, lastUpdate: new Date(Math.max(0, knownUntil - OVERLAP_MS)).toISOString() }),
      roomOf(now.rid),
    ]);
    if (chat.peek()?.rid === now.rid) {
      isBehind = false;
    }
    countMissed(now.rid, result.updated, ended);
    take(now.rid, result.updated);
    forget(
      now.rid,
      result.deleted.map(({ _id }) => _id),
    );
    roomChanged(now.rid, room);
  } catch (error) {
    if (error instanceof Refused) {
      await read(now.rid);
    } else if (error instanceof Unreachable) {
      setTimeout(() => {
        // Else it is read when there is a connection, or was left.
        if (connection.peek().is === 'live' && chat.peek()?.rid === now.rid) {
          void catchUp();
        }
      }, Math.max(error.wait, AGAIN_MS));
    }
  }
}

/** Of what happens at one moment, this comes first. */
const FIRST = ['livechat-started', 'command'];

const rank = ({ t: kind = '' }: Message): number => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);

const isOlder = (one: Message, other: Message): number =>
  millis(one.ts) - millis(other.ts) || rank(one) - rank(other);

/** What has just happened, a page of what was said before, or what one said oneself, of which the order is told later. */
type Which = 'news' | 'earlier' | 'own';

/** While something of before is missing, what is heard does not say up to when all is known. */
function heard(rid: string, message: Message): void {
  if (isBehind || connection.peek().is !== 'live') {
    add(rid, [message], 'news');
  } else {
    take(rid, [message]);
  }
}

/** What came in the order of the server: nothing of before is missing. */
function take(rid: string, came: readonly Message[], which: Which = 'news'): void {
  if (chat.peek()?.rid === rid) {
    knownUntil = Math.max(knownUntil, ...came.map((message) => millis(message._updatedAt)));
    add(rid, came, which);
  }
}

/** Each message once, as it was changed last. One's own may be known before those that were said earlier. */
export function add(rid: string, came: readonly Message[], which: Which): void {
  const now = chat.peek();
  if (now?.rid !== rid || came.length === 0) {
    return;
  }
  const known = new Map(now.messages.map((message) => [message._id, message]));
  for (const message of came) {
    const before = known.get(message._id);
    if (before === undefined && which !== 'earlier' && isBeforeAll(now, message)) {
      continue;
    }
    if (before === undefined || millis(before._updatedAt) <= millis(message._updatedAt)) {
      if (which === 'news' && message.editedAt === undefined) {
        // Of what was said at one moment, the server knows the order, and tells of it in that.
        known.delete(message._id);
      }
      known.set(message._id, message);
      // What is read again, or was said long ago, is not what they write now.
      if (before === undefined && which !== 'earlier') {
        wrote(rid, message.u.username);
        if (message.token !== undefined) {
          forgetUnfinished();
        }
      }
    }
  }
  // A page has the latest first, and its end may be of the moment of what comes after it.
  const ordered = which === 'earlier' ? new Map(came.toReversed().map(({ _id }) => [_id, known.get(_id)])) : known;
  known.forEach((message, id) => ordered.set(id, message));
  const messages = [...ordered.values()].filter((message) => message !== undefined).toSorted(isOlder);
  const isLong = which !== 'earlier' && isFollowing && messages.length > MOST_KEPT;
  change(rid, isLong ? { messages: messages.slice(-KEPT), hasEarlier: true } : { messages });
}

/** What was changed of what has not been read back to yet is read when it is wanted. */
function isBeforeAll({ messages: [first], hasEarlier }: Chat, message: Message): boolean {
  return hasEarlier && first !== undefined && isOlder(message, first) < 0;
}

function forget(rid: string, ids: readonly string[]): void {
  const now = chat.peek();
  if (now?.rid === rid) {
    change(rid, { messages: now.messages.filter((message) => !ids.includes(message._id)) });
  }
}

function roomChanged(rid: string, room: Room): void {
  const before = chat.peek()?.room;
  change(rid, { room });
  if (rooms.peek().has(rid)) {
    replaceRoom(room);
  }
  if (before !== undefined && before.v?.name !== room.v?.name) {
    void readVisitor(rid, room).catch(() => undefined);
  }
}
