// The life of a chat as its visitor lives it: who he is, where it begins, how it ends.
import { Refused, Unreachable } from '../../../shared/answers.ts';
import { batch } from '@preact/signals';

import { callback } from '../host.ts';
import { draft, draftText, memory, remember, token } from '../memory.ts';
import type { Config, Room, Visitor } from '../wire/documents.ts';
import { get, getConfig, post } from '../wire/rest.ts';
import { assigned, hangUp, listen, news } from './live.ts';
import { catchUp, clear, messages, seeIfLooking } from './messages.ts';
import { again, discard, flush, openOutbox, refuse, untried, write } from './outbox.ts';
import {
  agent,
  atHome,
  config,
  connection,
  ended,
  firstWords,
  give,
  given,
  greetings,
  leavingMessage,
  queue,
  seenAt,
  visitor,
} from './state.ts';
import { tellTrail } from './trail.ts';
import { afterRegistration } from './triggers.ts';

/** Whether anybody is there is told to nobody who waits; he asks now and then. */
const LOOK_AGAIN_MS = 45_000;
/** How long a chat that runs is waited for, before it is read without being heard. */
const PATIENCE_MS = 1500;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** What a server leaves out whose live chat is switched off. */
const NOTHING = { settings: {}, theme: {}, messages: {}, departments: [], online: false };

/** The chat and the visitor of this tab; another tab may have changed what all remember. */
let here: { rid?: string | undefined; token?: string | undefined } = {};
let reading: Promise<void> | undefined;
let opening: Promise<string> | undefined;
let lookAgain: ReturnType<typeof setTimeout> | undefined;

/** Remembers what this tab has done itself. */
function settle(changes: { readonly rid?: string | undefined; readonly token?: string | undefined }) {
  here = { ...here, ...changes };
  remember(changes);
}

/** Finds out where the visitor stands, however long it takes. */
export async function start(): Promise<void> {
  const { rid, token: known, seen = 0 } = memory.peek();
  here = { rid, token: known };
  seenAt.value = seen;
  memory.subscribe(follow);
  openOutbox(openRoom, { refused });
  if (rid !== undefined) {
    const heard = listen(rid, token(), resume);
    const patience = new Promise<void>((done) => {
      setTimeout(done, PATIENCE_MS);
    });
    const isHeard = await Promise.race([heard.then(() => true), patience.then(() => false)]);
    if (!isHeard) {
      void resume();
    }
  }
  for (let failures = 0; config.peek() === undefined; failures += 1) {
    try {
      await refresh();
    } catch (error) {
      if (!(error instanceof Unreachable)) {
        throw error;
      }
      connection.value = 'lost';
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      await new Promise((done) => {
        setTimeout(done, Math.max(pause, error.wait));
      });
    }
  }
  if (connection.peek() === 'lost' && memory.peek().rid === undefined) {
    connection.value = 'idle';
  }
  void flush();
}

/** Another tab has begun a chat, put one away, or become somebody else: so does this one. */
function follow(now: { readonly rid?: string; readonly token?: string }): void {
  const isSame = here.token === undefined || here.token === now.token;
  if (isSame && here.rid === now.rid) {
    here.token = now.token;
    return;
  }
  here = { rid: now.rid, token: now.token };
  batch(() => {
    vacate();
    if (!isSame) {
      visitor.value = undefined;
    }
  });
  void renew().catch(() => undefined);
}

/** Reads the configuration again, and with it whether the chat still runs, who serves it, and where
 * it stands in the queue. Whoever asks while it is read gets the same answer. */
export function refresh(): Promise<void> {
  reading ??= read().finally(() => {
    reading = undefined;
    clearTimeout(lookAgain);
    if (memory.peek().rid !== undefined && !ended.peek() && agent.peek() === undefined) {
      lookAgain = setTimeout(() => void refresh().catch(() => undefined), LOOK_AGAIN_MS);
    }
  });
  return reading;
}

/** The same after something was changed: an answer that is on its way may be older. */
export async function renew(): Promise<void> {
  await reading?.catch(() => undefined);
  await refresh();
}

async function read(): Promise<void> {
  const { department = visitor.peek()?.department, businessUnit } = given.peek();
  const { token: asking, rid: before } = memory.peek();
  const wasTold = news.count;
  const hadEnded = ended.peek();
  const answer = await getConfig<{ config: Config }>(asking, { department, businessUnit });
  const now: Config = { ...NOTHING, ...answer.config };
  const { token: asks, rid: current } = memory.peek();
  if (asks !== asking || current !== before) {
    // Somebody else's, or of another chat. Whoever changed it asks again.
    config.value ??= now;
    return;
  }
  const wish = now.guest?.department;
  if (department === undefined && wish !== undefined) {
    // Whether anybody is there depends on where he wants to go, which only this answer has said.
    visitor.value = now.guest;
    return read();
  }
  batch(() => {
    config.value = now;
    visitor.value = now.guest ?? visitor.peek();
    const isNews = now.room !== undefined && now.room._id !== before;
    if (isNews) {
      remember({ over: undefined, served: undefined, seen: undefined });
    }
    // What was pushed while the answer was on its way is newer than the answer.
    if (news.count === wasTold || isNews) {
      queue.value = now.queueInfo;
      assigned(now.agent);
    }
    seenAt.value = Math.max(seenAt.peek(), Date.parse(now.room?.seenAt ?? '') || 0);
    if (now.room !== undefined && (isNews || ended.peek() === hadEnded)) {
      ended.value = false;
      if (isNews) {
        clear();
        settle({ rid: now.room._id });
      }
    } else if (before !== undefined) {
      end();
    }
    if (now.online && !now.settings.displayOfflineForm) {
      leavingMessage.value = false;
    }
  });
  const { rid } = memory.peek();
  if (rid !== undefined && !ended.peek()) {
    void listen(rid, token(), resume);
  } else if (rid !== undefined && connection.peek() === 'idle') {
    // What was said at the end is still to be read.
    await readTalk(rid);
  }
}

/** What was said, and with that, what has arrived. */
async function readTalk(rid: string): Promise<void> {
  try {
    await catchUp(rid, token());
  } catch (error) {
    if (!(error instanceof Refused) || memory.peek().rid !== rid) {
      throw error;
    }
    // The chat is gone: somebody has removed it. What was not sent can still be.
    backToDraft();
    putAway();
    return;
  }
  const arrived = new Set(messages.peek().map(({ _id }) => _id));
  for (const { id } of memory.peek().outbox) {
    if (arrived.has(id)) {
      discard(id);
    }
  }
}

/** After each connection: what happened while there was none. */
async function resume(): Promise<void> {
  const { rid } = memory.peek();
  if (rid === undefined) {
    return;
  }
  try {
    await Promise.all([readTalk(rid), refresh()]);
    seeIfLooking();
  } catch (error) {
    if (!(error instanceof Unreachable)) {
      throw error;
    }
    // As long as the connection is lost it is read again anyway.
    if (connection.peek() === 'live') {
      setTimeout(() => void resume(), Math.max(FIRST_PAUSE_MS, error.wait));
    }
  }
}

export function end(): void {
  if (!ended.peek()) {
    ended.value = true;
    agent.value = undefined;
    queue.value = undefined;
  }
}

// A chat ends by the message that says so, by the configuration that has none, or by our own wish.
ended.subscribe((isOver) => {
  if (isOver) {
    hangUp();
    // What has not arrived waits until the visitor begins anew, or drops it.
    refuse('room-closed');
    if (memory.peek().over !== true) {
      // The server tells of a chat that runs alone.
      remember({ over: true, served: undefined, seen: seenAt.peek() });
      callback('chat-ended');
    }
  }
});

// Whoever it is who has written, by the form or by the site's word.
visitor.subscribe((known) => {
  if (known !== undefined) {
    const words = firstWords.peek() ?? '';
    firstWords.value = undefined;
    if (words !== '') {
      write(words);
    }
  }
});

export interface Form {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly department?: string;
  readonly customFields?: readonly { key: string; value: string; overwrite?: boolean }[];
}

/** Tells the server who the visitor is; a second time it brings it up to date. */
export async function register(form: Form = {}): Promise<void> {
  const { name, email, phone, department, fields } = given.peek();
  const known = { name, email, phone, department };
  const about = Object.fromEntries(
    Object.entries({ ...known, ...form }).filter(([, value]) => value !== undefined && value !== ''),
  );
  const custom = [...fields, ...(form.customFields ?? [])].map(({ key, value, overwrite = true }) => ({
    key,
    value: written(value),
    overwrite,
  }));
  const sent = {
    token: token(),
    ...about,
    ...(custom.length > 0 ? { customFields: custom } : {}),
  };
  const wasKnown = visitor.peek() !== undefined;
  const { visitor: found } = await post<{ visitor: Visitor }>('livechat/visitor', { visitor: sent });
  batch(() => {
    visitor.value = found;
    give({ fields: given.peek().fields.filter((field) => !fields.includes(field)) });
    if (found.token !== memory.peek().token) {
      settle({ token: found.token });
    }
  });
  if (!wasKnown) {
    afterRegistration();
  }
}

/** A site's page may give what it likes. */
export function written(value: unknown): string {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return typeof value === 'string' ? value : isPlain ? String(value) : '';
}

/** The chat in which the visitor writes, opened with his first words. */
export function openRoom(): Promise<string> {
  opening ??= open().finally(() => {
    opening = undefined;
  });
  return opening;
}

async function open(): Promise<string> {
  const { rid } = memory.peek();
  if (rid !== undefined && !ended.peek()) {
    return rid;
  }
  if (visitor.peek() === undefined) {
    await register();
  }
  const { agentId } = given.peek();
  const asked = get<{ room: Room; newRoom: boolean }>('livechat/room', token(), { agentId });
  const { room, newRoom } = await asked;
  batch(() => {
    clear();
    ended.value = false;
    leavingMessage.value = false;
    remember({ over: undefined, served: undefined, seen: undefined });
    settle({ rid: room._id });
  });
  if (newRoom) {
    callback('chat-started');
  }
  void listen(room._id, token(), resume);
  tellTrail(room._id);
  return room._id;
}

function refused(refusal: Refused): boolean {
  switch (refusal.code) {
    case 'room-closed':
    case 'invalid-room':
      // It ended a moment ago.
      void renew().catch(() => undefined);
      return false;
    case 'no-agent-online':
      callback('no-agent-online');
      leaveMessage();
      return true;
    default:
      return false;
  }
}

/** What was written and not sent goes back to where it is written. */
function backToDraft(): void {
  const { outbox } = memory.peek();
  const texts = [...outbox.map(({ text }) => text), draft.peek()];
  draftText(texts.filter((text) => text.trim() !== '').join('\n'));
  for (const { id } of outbox) {
    discard(id);
  }
}

/** From the queue, or because nobody is there: what was written so far becomes the message. */
export function leaveMessage(): void {
  backToDraft();
  leavingMessage.value = true;
}

function vacate(): void {
  hangUp();
  clear();
  ended.value = false;
  agent.value = undefined;
  queue.value = undefined;
  greetings.value = [];
  leavingMessage.value = false;
  atHome.value = false;
  seenAt.value = 0;
}

/** Out of sight with the chat that ended. */
export function putAway(): void {
  const isForgotten = config.peek()?.settings.clearLocalStorageWhenChatEnded === true;
  batch(() => {
    vacate();
    remember({ rated: undefined, over: undefined, served: undefined, seen: undefined });
    settle({ rid: undefined, ...(isForgotten ? { token: undefined } : {}) });
    if (isForgotten) {
      visitor.value = undefined;
    }
  });
  for (const { id } of memory.peek().outbox) {
    discard(id);
  }
}

/** A new chat. What he wrote when the last one had just ended goes into it. */
export async function startAnew(): Promise<void> {
  const left = memory.peek().outbox.map(untried);
  putAway();
  remember({ outbox: left });
  await renew();
  void flush();
}

/** He wants it to be tried once more: where the chat has ended, in a new one. */
export async function sendAgain(id: string): Promise<void> {
  if (ended.peek()) {
    await startAnew();
  } else {
    again(id);
  }
}

/** Another visitor: what is known of the one before stays with his token. */
export async function become(newToken: string): Promise<void> {
  if (newToken === memory.peek().token) {
    return;
  }
  putAway();
  visitor.value = undefined;
  settle({ token: newToken });
  draftText('');
  await renew();
}

/** The same visitor by another token. */
export function keepChat(newToken: string): void {
  hangUp();
  settle({ token: newToken });
}

/** Nobody any more. */
export function becomeNobody(): void {
  putAway();
  here = {};
  visitor.value = undefined;
  firstWords.value = undefined;
}
