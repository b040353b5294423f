// What was said, as the server has it: oldest first, each once.
import { computed, signal } from '@preact/signals';

import { memory, remember } from '../memory.ts';
import { type Message, millis, type Person } from '../wire/documents.ts';
import { get } from '../wire/rest.ts';
import { atHome, config, ended, expanded, given, screen, typing, visitor } from './state.ts';

const PAGE = 50;
/** As many as the server gives in one answer. */
const MOST = 1000;

/** What agents' clients keep in a chat and no visitor is meant to see. */
const NEVER_SHOWN: ReadonlySet<string> = new Set([
  'livechat-started',
  'wm',
  'r',
  'au',
  'ru',
  'livechat_navigation_history',
  'livechat_video_call',
  'livechat_webrtc_video_call',
  'omnichannel_priority_change_history',
  'omnichannel_sla_change_history',
]);

export const messages = signal<readonly Message[]>([]);
export const hasOlder = signal(false);

export const at = (message: Message): number => millis(message.ts);
export const isOwn = (message: Message): boolean => message.u._id === visitor.value?._id;

/** An agent has come. Its other commands are not for people. */
export const isArrival = ({ t, msg }: Message): boolean => t === 'command' && msg === 'connected';

/** The agents who have come, by the messages that say so. */
const arrivals = computed(() => messages.value.filter(isArrival));

/** The last agent who came. */
export const served = computed<Person | undefined>(() => arrivals.value.at(-1)?.u);

/** From whom an agent took over. */
export function servedBefore(arrival: Message): Person | undefined {
  const before = arrivals.value[arrivals.value.indexOf(arrival) - 1]?.u;
  return before?._id === arrival.u._id ? undefined : before;
}

export const shown = computed(() => {
  const { hiddenTypes } = given.value;
  // That it is over stands with what is asked then, unless the site itself does not want it.
  const hidden =
    hiddenTypes ??
    (config.value?.settings.hiddenSystemMessages ?? []).filter((type) => type !== 'livechat-close');
  return messages.value.filter((message) => {
    const { t = '' } = message;
    return (
      t === '' ||
      (!NEVER_SHOWN.has(t) && !hidden.includes(t) && (t !== 'command' || isArrival(message)))
    );
  });
});

/** Messages of others that have not been seen. */
export const unseen = computed(() =>
  messages.value.filter(
    (message) => (message.t ?? '') === '' && !isOwn(message) && at(message) > memory.value.read,
  ),
);
export const unread = computed(() => unseen.value.length);

/** Everything that is there has been seen. */
export function see(): void {
  const last = messages.peek().at(-1);
  if (last !== undefined && at(last) > memory.peek().read) {
    remember({ read: at(last) });
  }
}

/** The conversation is on the screen. */
export const looks = (): boolean =>
  expanded.peek() &&
  screen.peek() === 'chat' &&
  !atHome.peek() &&
  document.visibilityState === 'visible';

export function seeIfLooking(): void {
  if (looks()) {
    see();
  }
}

const editedAt = (message: Message): number =>
  message.editedAt === undefined ? 0 : millis(message.editedAt);

const newer = (one: Message, other: Message): Message =>
  editedAt(one) > editedAt(other) ? one : other;

function merged(lists: readonly (readonly Message[])[]): Message[] {
  const byId = new Map<string, Message>();
  for (const message of lists.flat()) {
    const known = byId.get(message._id);
    byId.set(message._id, known === undefined ? message : newer(known, message));
  }
  // Stable: those of one moment stay as the server gave them.
  return [...byId.values()].toSorted((one, other) => at(one) - at(other));
}

/** A message that was told: a new one, or one that was changed. Says whether it is new. Pushes come in
 * the server's order; an answer may overtake them, and its message is put where its push says. */
export function take(message: Message, isPush = false): boolean {
  const known = messages.peek();
  const isNew = known.every((other) => other._id !== message._id);
  if (isNew || (isPush && message.editedAt === undefined)) {
    const others = known.filter((other) => other._id !== message._id);
    messages.value = merged([others, [message]]);
    const { username } = message.u;
    typing.value = typing.peek().filter((name) => name !== username);
  } else {
    messages.value = known.map((other) => (other._id === message._id ? message : other));
  }
  if (message.t === 'livechat-close') {
    ended.value = true;
  }
  return isNew;
}

export function drop(id: string): void {
  messages.value = messages.peek().filter((message) => message._id !== id);
}

export function clear(): void {
  messages.value = [];
  hasOlder.value = false;
  typing.value = [];
}

async function page(rid: string, token: string, limit: number, end?: number): Promise<Message[]> {
  const { messages: found } = await get<{ messages: readonly Message[] }>(
    `livechat/messages.history/${encodeURIComponent(rid)}`,
    token,
    { limit, end: end === undefined ? undefined : new Date(end).toISOString() },
  );
  return found.toReversed();
}

/** Reads what happened while nobody listened: messages that came, were changed, or are gone. */
export async function catchUp(rid: string, token: string): Promise<void> {
  const before = messages.peek();
  const last = before.at(-1);
  let found = await page(rid, token, PAGE);
  let limit = PAGE;
  const reaches = () => last === undefined || found.some((message) => at(message) <= at(last));
  if (found.length === PAGE && !reaches()) {
    found = await page(rid, token, MOST);
    limit = MOST;
  }
  // Another chat has begun meanwhile.
  if (memory.peek().rid !== rid) {
    return;
  }
  const [first] = found;
  const isWhole = found.length < limit;
  const older =
    isWhole || first === undefined || !reaches()
      ? []
      : before.filter((message) => at(message) < at(first));
  // What was told while the answer was on its way is newer than the answer.
  const told = messages.peek().filter((message) => !before.includes(message));
  messages.value = merged([older, found, told]);
  hasOlder.value = isWhole ? false : older.length === 0 || hasOlder.peek();
  if (messages.peek().some((message) => message.t === 'livechat-close')) {
    ended.value = true;
  }
}

/** A page more of what was said before. */
export async function lookBack(rid: string, token: string): Promise<void> {
  const [first] = messages.peek();
  if (first === undefined) {
    return;
  }
  // Up to and with the moment of the first, which others may share.
  const found = await page(rid, token, PAGE, at(first) + 1);
  if (memory.peek().rid !== rid) {
    return;
  }
  hasOlder.value = found.length === PAGE;
  messages.value = merged([found, messages.peek()]);
}
