// The life of a chat as its visitor lives it: who he is, where it begins, how it ends.
import { batch } from '@preact/signals';

import { callback, tell } from '../host.ts';
import { draft, draftText, forget, memory, remember, token } from '../memory.ts';
import type { PageView } from '../../shared/protocol.ts';
import type { Config, Room, Visitor } from '../wire/documents.ts';
import { get, post, Refused, remove, Unreachable } from '../wire/rest.ts';
import { assigned, hangUp, listen, news } from './live.ts';
import { catchUp, clear, seeIfLooking } from './messages.ts';
import { discard, flush, openOutbox, untried } from './outbox.ts';
import {
  agent,
  config,
  connection,
  ended,
  forgotten,
  give,
  given,
  greetings,
  isRunning,
  leavingMessage,
  queue,
  visitor,
} from './state.ts';
import { afterRegistration } from './triggers.ts';

/** Whether anybody is there is told to nobody who waits; he asks now and then. */
const LOOK_AGAIN_MS = 45_000;
/** How long a chat that runs is waited for, before it is read without being heard. */
const PATIENCE_MS = 1500;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** What is told of the pages that led to a chat. */
const MOST_PAGES = 5;

let trail: PageView[] = [];
let lookAgain: ReturnType<typeof setTimeout> | undefined;

/** Finds out where the visitor stands, however long it takes. */
export async function start(): Promise<void> {
  openOutbox(openRoom, { refused });
  const { rid } = memory.peek();
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

/** Reads the configuration again, and with it whether the chat still runs, who serves it, and where
 * it stands in the queue. */
export async function refresh(): Promise<void> {
  const { department, businessUnit } = given.peek();
  const asked = { token: memory.peek().token, department, businessUnit };
  const wasTold = news.count;
  const hadEnded = ended.peek();
  const { config: now } = await get<{ config: Config }>('livechat/config', asked);
  batch(() => {
    config.value = now;
    visitor.value = now.guest ?? visitor.peek();
    const isNews = now.room !== undefined && now.room._id !== memory.peek().rid;
    // What was pushed while the answer was on its way is newer than the answer.
    if (news.count === wasTold || isNews) {
      queue.value = now.queueInfo;
      assigned(now.agent);
    }
    if (now.room !== undefined && (isNews || ended.peek() === hadEnded)) {
      ended.value = false;
      if (isNews) {
        clear();
        remember({ rid: now.room._id });
      }
    } else if (memory.peek().rid !== undefined) {
      end();
    }
  });
  const { rid } = memory.peek();
  clearTimeout(lookAgain);
  if (rid !== undefined && !ended.peek()) {
    void listen(rid, token(), resume);
    if (agent.peek() === undefined) {
      lookAgain = setTimeout(() => void refresh().catch(() => undefined), LOOK_AGAIN_MS);
    }
  } else if (rid !== undefined && connection.peek() === 'idle') {
    // What was said at the end is still to be read.
    await readOnce(rid);
  }
}

async function readOnce(rid: string): Promise<void> {
  try {
    await catchUp(rid, token());
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
    // The chat is gone: somebody has removed it.
    putAway();
  }
}

/** After each connection: what happened while there was none. */
async function resume(): Promise<void> {
  const { rid } = memory.peek();
  if (rid === undefined) {
    return;
  }
  try {
    await Promise.all([catchUp(rid, token()), refresh()]);
    seeIfLooking();
  } catch (error) {
    if (error instanceof Unreachable) {
      // As long as the connection is lost it is read again anyway.
      if (connection.peek() === 'live') {
        setTimeout(() => void resume(), Math.max(FIRST_PAUSE_MS, error.wait));
      }
    } else if (error instanceof Refused) {
      putAway();
      await refresh();
    } else {
      throw error;
    }
  }
}

function end(): void {
  if (ended.peek()) {
    return;
  }
  ended.value = true;
  agent.value = undefined;
  queue.value = undefined;
}

// A chat ends by the message that says so, by the configuration that has none, or by our own wish.
ended.subscribe((isOver) => {
  if (isOver) {
    hangUp();
    callback('chat-ended');
    if (config.peek()?.settings.clearLocalStorageWhenChatEnded === true) {
      remember({ token: undefined });
      visitor.value = undefined;
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
  const custom = [...fields, ...(form.customFields ?? [])].map((field) => ({
    overwrite: true,
    ...field,
  }));
  const sent = {
    token: token(),
    ...about,
    ...(custom.length > 0 ? { customFields: custom } : {}),
  };
  const wasKnown = visitor.peek() !== undefined;
  const { visitor: found } = await post<{ visitor: Visitor }>('livechat/visitor', { visitor: sent });
  visitor.value = found;
  give({ fields: [] });
  if (found.token !== memory.peek().token) {
    remember({ token: found.token });
  }
  if (!wasKnown) {
    afterRegistration();
  }
}

/** The chat in which the visitor writes, opened with his first words. */
export async function openRoom(): Promise<string> {
  const { rid } = memory.peek();
  if (rid !== undefined && !ended.peek()) {
    return rid;
  }
  if (visitor.peek() === undefined) {
    await register();
  }
  const asked = { token: token(), agentId: given.peek().agentId };
  const { room, newRoom } = await get<{ room: Room; newRoom: boolean }>('livechat/room', asked);
  batch(() => {
    clear();
    ended.value = false;
    leavingMessage.value = false;
    remember({ rid: room._id });
  });
  if (newRoom) {
    callback('chat-started');
  }
  void listen(room._id, token(), resume);
  void tellTrail(room._id);
  return room._id;
}

function refused(refusal: Refused): boolean {
  switch (refusal.code) {
    case 'room-closed':
    case 'invalid-room':
      // It ended a moment ago: what was written waits until the visitor begins anew or drops it.
      void refresh().catch(() => undefined);
      return false;
    case 'no-agent-online':
      callback('no-agent-online');
      leaveMessage();
      return true;
    default:
      return false;
  }
}

/** From the queue, or because nobody is there: what was written so far becomes the message. */
export function leaveMessage(): void {
  const { outbox } = memory.peek();
  const written = [...outbox.map(({ text }) => text), draft.peek()].filter((text) => text.trim() !== '');
  for (const { id } of outbox) {
    discard(id);
  }
  draftText(written.join('\n'));
  leavingMessage.value = true;
}

export async function close(): Promise<void> {
  const { rid } = memory.peek();
  if (rid === undefined) {
    return;
  }
  try {
    await post('livechat/room.close', { rid, token: token() });
  } catch (error) {
    // Somebody else was faster; it is closed.
    if (!(error instanceof Refused && ['room-closed', 'invalid-room'].includes(error.code))) {
      throw error;
    }
  }
  await catchUp(rid, token()).catch(() => undefined);
  end();
}

/** Out of sight with the chat that ended, and on to the next. */
export function putAway(): void {
  batch(() => {
    hangUp();
    clear();
    ended.value = false;
    agent.value = undefined;
    queue.value = undefined;
    greetings.value = [];
    leavingMessage.value = false;
    remember({ rid: undefined, rated: undefined });
  });
  for (const { id } of memory.peek().outbox) {
    discard(id);
  }
}

/** A new chat, of the same visitor. What he wrote when the last one had just ended goes into it. */
export async function startAnew(): Promise<void> {
  const left = memory.peek().outbox.map(untried);
  putAway();
  remember({ outbox: left });
  await refresh();
  void flush();
}

export async function rate(stars: number, comment: string): Promise<void> {
  const { rid } = memory.peek();
  const data = [{ name: 'satisfaction', value: String(stars) }];
  if (comment.trim() !== '') {
    data.push({ name: 'additionalFeedback', value: comment.trim() });
  }
  await post('livechat/room.survey', { rid, token: token(), data });
  remember({ rated: rid });
}

export async function sendTranscript(email: string): Promise<void> {
  await post('livechat/transcript', { token: token(), rid: memory.peek().rid, email });
}

export async function changeDepartment(department: string): Promise<void> {
  const { rid } = memory.peek();
  if (rid === undefined || ended.peek()) {
    give({ department });
    await register({ department });
  } else {
    await post('livechat/room.transfer', { rid, token: token(), department });
  }
  await refresh();
}

/** Ends what runs and has everything about the visitor deleted, here and on the server. */
export async function forgetMe(): Promise<void> {
  if (memory.peek().rid !== undefined && !ended.peek()) {
    await close();
  }
  try {
    await remove(`livechat/visitor/${encodeURIComponent(token())}`);
  } catch (error) {
    // There is nothing to delete of one whom the server does not know.
    if (!(error instanceof Refused && error.code === 'invalid-token')) {
      throw error;
    }
  }
  putAway();
  forget();
  visitor.value = undefined;
  forgotten.value = true;
  tell('state', { unread: 0, said: '', running: false });
}

export interface OfflineForm {
  readonly name: string;
  readonly email: string;
  readonly message: string;
  readonly department?: string;
}

export async function leave(form: OfflineForm): Promise<void> {
  const page = given.peek().parentUrl ?? trail.at(-1)?.location.href ?? '';
  const host = URL.canParse(page) ? { host: new URL(page).origin } : {};
  await post('livechat/offline.message', { ...form, ...host });
  draftText('');
  callback('offline-form-submit', form);
  // He does not wait any more.
  if (isRunning.peek() && agent.peek() === undefined) {
    await close().catch(() => undefined);
    putAway();
    leavingMessage.value = true;
  }
}

/** Another visitor: what is known of the one before stays with his token. */
export async function become(newToken: string): Promise<void> {
  if (newToken === memory.peek().token) {
    return;
  }
  putAway();
  visitor.value = undefined;
  remember({ token: newToken });
  draftText('');
  await refresh();
}

/** The visitor has gone to another page of the site. */
export function visit(view: PageView): void {
  trail = [...trail.slice(-9), view];
  const { rid } = memory.peek();
  if (rid !== undefined && !ended.peek()) {
    void tellPage(rid, view);
  }
}

/** Where he was before the chat began. */
async function tellTrail(rid: string): Promise<void> {
  const kind = config.peek()?.settings.historyMonitorType;
  const pages = trail.filter((view) => view.change === kind).slice(-MOST_PAGES);
  for (const view of pages) {
    await tellPage(rid, view);
  }
}

async function tellPage(rid: string, view: PageView): Promise<void> {
  if (view.change !== config.peek()?.settings.historyMonitorType) {
    return;
  }
  try {
    await post('livechat/page.visited', { token: token(), rid, pageInfo: view });
  } catch {
    // A page that is not told is missing in the agent's list and nowhere else.
  }
}
