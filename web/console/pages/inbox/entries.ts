// What a chat consists of, as it is shown: days, what happened, and what was said in groups.
import { type Message, millis, type Room } from '../../api/documents.ts';
import type { Outgoing } from '../../live/outbox.ts';
import { departmentName, nameOf } from '../../live/people.ts';
import { startOfDay, t } from '../../texts.ts';

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
    }
  | { readonly is: 'outgoing'; readonly key: string; readonly outgoing: Outgoing; readonly follows: boolean };

/** Words of one speaker belong together for so long. */
const TOGETHER_MS = 120_000;

export function entriesOf(room: Room, messages: readonly Message[], own: string, outgoing: readonly Outgoing[]): readonly Entry[] {
  const entries: Entry[] = [];
  let day: number | undefined;
  const shown = messages.filter((message) => message.t === undefined || event(message, room, own) !== undefined);
  for (const [index, message] of shown.entries()) {
    const at = millis(message.ts);
    if (startOfDay(at) !== day) {
      day = startOfDay(at);
      entries.push({ is: 'day', key: `day ${day}`, at });
    }
    const what = event(message, room, own);
    if (what !== undefined) {
      entries.push({ is: 'event', key: message._id, message, at, ...what });
      continue;
    }
    const isTheirs = message.token !== undefined;
    const follows = entries.at(-1)?.is === 'said' && isTogether(shown[index - 1], message);
    const next = shown[index + 1];
    entries.push({
      is: 'said',
      key: message._id,
      message,
      side: isTheirs ? 'theirs' : 'own',
      ...(isTheirs || message.u._id === own || follows ? {} : { by: message.u.name ?? message.u.username }),
      follows,
      isLast: next === undefined || next.t !== undefined || !isTogether(message, next),
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

const isTogether = (before: Message | undefined, message: Message): boolean =>
  before !== undefined &&
  before.t === undefined &&
  before.u._id === message.u._id &&
  startOfDay(millis(before.ts)) === startOfDay(millis(message.ts)) &&
  millis(message.ts) - millis(before.ts) < TOGETHER_MS;

function event(message: Message, room: Room, own: string): { readonly icon: string; readonly words: string } | undefined {
  const guest = room.fname ?? '';
  const name = message.u._id === room.v?._id ? guest : nameOf(message.u.username);
  switch (message.t) {
    case 'livechat-started':
      return { icon: 'globe', words: t('started', { name: guest }) };
    case 'command':
      return message.msg === 'connected'
        ? { icon: 'take', words: message.u._id === own ? t('youTookIt') : t('tookIt', { name }) }
        : undefined;
    case 'ul':
      return { icon: 'out', words: t('left', { name }) };
    case 'livechat-close':
      return {
        icon: 'done',
        words: message.msg === '' ? t('closedBy', { name }) : t('closedWhy', { name, comment: message.msg }),
      };
    case 'livechat_transfer_history':
      return transfer(message);
    case 'livechat_navigation_history':
      return { icon: 'pin', words: t('pageOpened', { name: guest, page: message.navigation?.page?.title ?? message.msg }) };
    case undefined:
    default:
      return undefined;
  }
}

function transfer({ transferData = {}, u }: Message): { readonly icon: string; readonly words: string } {
  const { transferredBy, transferredTo, nextDepartment, scope, comment = '' } = transferData;
  const name = transferredBy?.name ?? nameOf(transferredBy?.username ?? u.username);
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
