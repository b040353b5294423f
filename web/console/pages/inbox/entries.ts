// What a chat consists of, as it is shown: days, what happened, and what was said in groups.
import { calledAs, type Message, millis, type Note, type Room } from '../../api/documents.ts';
import type { Outgoing } from '../../live/outbox.ts';
import { departmentName, nameOf } from '../../live/people.ts';
import { priorityName } from '../../live/urgency.ts';
import { duration, startOfDay, t } from '../../texts.ts';

export type Entry =
  | { readonly is: 'day'; readonly key: string; readonly at: number }
  | { readonly is: 'event'; readonly key: string; readonly message: Message; readonly icon: string; readonly words: string; readonly at: number }
  | {
      readonly is: 'said';
      readonly key: string;
      readonly message: Message;
      readonly side: 'theirs' | 'own';
      /** A colleague's, who is named. */
      readonly by?: string;
      readonly follows: boolean;
      readonly isLast: boolean;
      /** Who took it back, where a trace of it is kept. */
      readonly gone?: string;
      /** What became of ours; of what was read only the last one says so. */
      readonly receipt?: 'sent' | 'seen';
    }
  | { readonly is: 'note'; readonly key: string; readonly note: Note }
  | { readonly is: 'outgoing'; readonly key: string; readonly outgoing: Outgoing; readonly follows: boolean };

/** A wait in the queue is worth a word after this. */
const WAITED_MS = 5000;

/** Words of one speaker belong together for so long. */
const TOGETHER_MS = 120_000;

type Item = Message | Note;

const isNote = (item: Item): item is Note => 'addedAt' in item;
const timeOf = (item: Item): number => millis(isNote(item) ? item.addedAt : item.ts);

export function entriesOf(
  room: Room,
  messages: readonly Message[],
  notes: readonly Note[],
  own: string,
  outgoing: readonly Outgoing[],
  readUntil: number,
): readonly Entry[] {
  const entries: Entry[] = [];
  let day: number | undefined;
  const taken = new Set(messages.filter((message) => message.t === 'command').map(byAndAt));
  // An agent who takes a chat also joins it: one notice is enough.
  const isTold = (message: Message): boolean => message.t === 'uj' && taken.has(byAndAt(message));
  const said = messages.filter(
    (message) => isSpoken(message) || (event(message, room, own) !== undefined && !isTold(message)),
  );
  const shown = [...said, ...notes].toSorted((one, other) => timeOf(one) - timeOf(other));
  const seen = said.findLast((message) => isOurs(message) && millis(message.ts) <= readUntil);
  for (const [index, message] of shown.entries()) {
    const at = timeOf(message);
    if (startOfDay(at) !== day) {
      day = startOfDay(at);
      entries.push({ is: 'day', key: `day ${day}`, at });
    }
    if (isNote(message)) {
      entries.push({ is: 'note', key: message.id, note: message });
      continue;
    }
    const what = event(message, room, own);
    if (what !== undefined) {
      entries.push({ is: 'event', key: message._id, message, at, ...what });
      continue;
    }
    const isTheirs = message.token !== undefined;
    const isSent = message.t === undefined && message.u._id === own && at > readUntil;
    const follows = entries.at(-1)?.is === 'said' && isTogether(shown[index - 1], message);
    entries.push({
      is: 'said',
      key: message._id,
      message,
      side: isTheirs ? 'theirs' : 'own',
      ...(isTheirs || message.u._id === own || follows ? {} : { by: calledAs(message.u) }),
      follows,
      isLast: !isTogether(message, shown[index + 1]),
      ...(message.t === undefined ? {} : { gone: goneBy(message, room) }),
      ...(message === seen ? { receipt: 'seen' } : isSent ? { receipt: 'sent' } : {}),
    });
  }
  const known = new Set(messages.map((message) => message._id));
  for (const one of outgoing.filter(({ id }) => !known.has(id))) {
    const before = entries.at(-1);
    const follows = before?.is === 'outgoing' || (before?.is === 'said' && before.message.u._id === own);
    entries.push({ is: 'outgoing', key: one.id, outgoing: one, follows });
  }
  return entries;
}

const byAndAt = ({ u, ts }: Message): string => `${u._id} ${millis(ts)}`;

/** What was said, and what is left of it where it was taken back. */
const isSpoken = ({ t: kind }: Message): boolean => kind === undefined || kind === 'rm';

const isOurs = ({ t: kind, token }: Message): boolean => kind === undefined && token === undefined;

const isTogether = (before: Item | undefined, message: Item | undefined): boolean =>
  before !== undefined &&
  message !== undefined &&
  !isNote(before) &&
  !isNote(message) &&
  isSpoken(before) &&
  isSpoken(message) &&
  before.u._id === message.u._id &&
  startOfDay(millis(before.ts)) === startOfDay(millis(message.ts)) &&
  millis(message.ts) - millis(before.ts) < TOGETHER_MS;

/** Between these stands who it was, wherever a language has them in the sentence. They are Unicode's own for a text that runs by itself. */
const [BEGIN, END] = ['\u2068', '\u2069'];
const marked = (name: string): string => `${BEGIN}${name.replaceAll(/[\u2068\u2069]/g, '')}${END}`;

/** What stands before the name in the words of an event, the name, and what stands behind it; without one, all is before. */
export const partsOf = (words: string): readonly [before: string, name: string, after: string] => {
  const [before = '', name = '', after = ''] = words.split(/[\u2068\u2069]/);
  return [before, name, after];
};

function event(message: Message, room: Room, own: string): { readonly icon: string; readonly words: string } | undefined {
  const { u } = message;
  const guest = marked(room.fname ?? '');
  const name = u._id === room.v?._id ? guest : marked(nameOf(u.username, u.name));
  switch (message.t) {
    case 'livechat-started':
      return { icon: 'globe', words: t('started', { name: guest }) };
    case 'command':
      return message.msg === 'connected' ? { icon: 'take', words: takenBy(message, room, own, name) } : undefined;
    case 'uj':
      return { icon: 'user', words: t('cameIn', { name }) };
    case 'livechat_transcript_history':
      return { icon: 'mail', words: t('transcriptSent') };
    case 'ul':
      return { icon: 'out', words: t('left', { name }) };
    case 'livechat-close':
      return {
        icon: 'done',
        words: message.msg === '' ? t('closedBy', { name }) : t('closedWhy', { name, comment: message.msg }),
      };
    case 'livechat_transfer_history':
      return transfer(message);
    case 'omnichannel_placed_chat_on_hold':
      return { icon: 'hold', words: t('putOnHold', { name }) };
    case 'omnichannel_on_hold_chat_resumed':
      return { icon: 'play', words: t('wentOn') };
    case 'omnichannel_priority_change_history': {
      const { priority } = message.priorityData ?? {};
      return {
        icon: 'flag',
        words: priority === undefined ? t('priorityTaken', { name }) : t('priorityChanged', { name, priority: priorityName(priority) }),
      };
    }
    case 'omnichannel_sla_change_history': {
      const sla = message.slaData?.sla?.name;
      return { icon: 'clock', words: sla === undefined ? t('slaTaken', { name }) : t('slaChanged', { name, sla }) };
    }
    case 'livechat_navigation_history':
      return { icon: 'pin', words: t('pageOpened', { name: guest, page: message.navigation?.page?.title ?? message.msg }) };
    case undefined:
    default:
      return undefined;
  }
}

/** Not always by whoever had said it. */
function goneBy({ u, editedBy = u }: Message, room: Room): string {
  const name = editedBy._id === room.v?._id ? (room.fname ?? '') : nameOf(editedBy.username, editedBy.name);
  return t('deletedBy', { name: marked(name) });
}

/** Whoever takes a chat for the first time ends its time in the queue. */
function takenBy({ ts, u }: Message, room: Room, own: string, name: string): string {
  const waited = millis(ts) - millis(room.ts);
  const isFirst = room.servedBy !== undefined && room.servedBy._id === u._id && millis(room.servedBy.ts) === millis(ts);
  if (isFirst && waited >= WAITED_MS) {
    const values = { name, time: duration(waited) };
    return u._id === own ? t('youTookItAfter', values) : t('tookItAfter', values);
  }
  return u._id === own ? t('youTookIt') : t('tookIt', { name });
}

function transfer({ transferData = {}, u }: Message): { readonly icon: string; readonly words: string } {
  const { transferredBy, transferredTo, nextDepartment, scope, comment = '' } = transferData;
  const name = marked(transferredBy?.name ?? nameOf(transferredBy?.username ?? u.username));
  if (scope === 'queue') {
    return { icon: 'back', words: t('wentToQueue', { name }) };
  }
  const person = transferredTo?.name ?? (transferredTo?.username === undefined ? undefined : nameOf(transferredTo.username));
  const to = person ?? nextDepartment?.name ?? departmentName(nextDepartment?._id) ?? t('someone');
  return {
    icon: 'forward',
    words: comment === '' ? t('forwardedTo', { name, to }) : t('forwardedWhy', { name, to, comment }),
  };
}
