// What is said of a chat where it is one of many: in the list of the inbox, and where it is looked for.
import { computed } from '@preact/signals';

import { type Inquiry, type Message, millis, type Room, type Source } from '../api/documents.ts';
import { t } from '../texts.ts';
import { everything, places, waiting } from './lists.ts';
import { departmentName, departments, me, nameOf } from './people.ts';
import { wordsOf as saidIn } from './quotes.ts';
import { typing } from './typing.ts';
import { isUrgent, priorities, priorityName, priorityOf, slaOf } from './urgency.ts';

export interface Row {
  readonly rid: string;
  /** If it waits in the queue: what one takes it by. */
  readonly inquiry?: string;
  readonly icon: string;
  readonly name: string;
  readonly words: string;
  /** Whoever looks has said it. */
  readonly isOwn: boolean;
  readonly isTyping: boolean;
  readonly unread: number;
  readonly department: string | undefined;
  readonly tags: readonly string[];
  /** What comes before others, in words. */
  readonly urgent?: string;
  /** Its place among the priorities. */
  readonly rank?: number;
  /** When somebody was promised to have it. */
  readonly due?: number;
  /** Since when the visitor waits for an answer, or when the last words were said. */
  readonly at: number;
  readonly waits: boolean;
}

const CHANNELS = ['email', 'sms', 'api'] as const;
const ICONS = { email: 'mail', sms: 'phone', api: 'code', widget: 'globe' } as const;
export type Channel = keyof typeof ICONS;

/** What is none of the others came through the widget. */
export const channel = (source: Source | undefined): Channel => CHANNELS.find((one) => one === source?.type) ?? 'widget';

const icon = (source: Source | undefined): string => ICONS[channel(source)];

function textOf(last: Message): string {
  const said = saidIn(last.msg);
  return said === '' && last.file !== undefined ? last.file.name : said;
}

function wordsOf(room: Room): string {
  const last: Message | undefined = room.lastMessage;
  if (last === undefined) {
    return room.topic ?? '';
  }
  return textOf(last);
}

const isOwn = ({ lastMessage: last }: Room): boolean => last !== undefined && last.u._id === me.value?._id;

export function rowOf(room: Room, words = wordsOf(room)): Row {
  const guest = room.v?.username;
  const waits = room.waitingResponse === true;
  return {
    ...urgencyOf(room),
    rid: room._id,
    icon: icon(room.source),
    name: room.fname ?? '',
    words,
    isOwn: isOwn(room),
    isTyping: guest !== undefined && (typing.value.get(room._id)?.includes(guest) ?? false),
    unread: places.value.get(room._id)?.unread ?? 0,
    department: departmentName(room.departmentId),
    tags: room.tags ?? [],
    at: millis(waits ? (room.metrics?.v?.lq ?? room.lm) : room.lm),
    waits,
  };
}

/** Of a chat that an agent has, with who that is. */
export const servedRow = (room: Room): Row => rowOf(room, t('servedBy', { name: nameOf(room.servedBy?.username ?? '') }));

/** What the rows of one's own chats depend on, besides the chats. */
const basis = computed(() => ({
  own: me.value?._id,
  departments: departments.value,
  priorities: priorities.value,
  words: t('saidByYou', { text: '' }),
}));

interface Kept {
  readonly basis: object;
  readonly unread: number;
  readonly row: Row;
}

/** Of many chats one changes at a time: the others have the rows of before. */
const kept = new WeakMap<Room, Kept>();

export function ownRow(room: Room): Row {
  const before = kept.get(room);
  const unread = places.value.get(room._id)?.unread ?? 0;
  const isTyping = typing.value.get(room._id)?.includes(room.v?.username ?? '') ?? false;
  if (before !== undefined && before.basis === basis.value && before.unread === unread && before.row.isTyping === isTyping) {
    return before.row;
  }
  const row = rowOf(room);
  kept.set(room, { basis: basis.value, unread, row });
  return row;
}

function urgencyOf(of: Room | Inquiry): Pick<Row, 'urgent' | 'rank'> {
  const priority = priorityOf(of);
  return priority === undefined ? {} : { rank: priority.sortItem, ...(isUrgent(priority) ? { urgent: priorityName(priority) } : {}) };
}

/** A chat that was returned waits anew. */
const since = ({ queuedAt, ts }: Inquiry): number => millis(queuedAt ?? ts);

function dueOf(inquiry: Inquiry): Pick<Row, 'due'> {
  const sla = slaOf(inquiry);
  return sla === undefined ? {} : { due: since(inquiry) + sla.dueTimeInMinutes * 60_000 };
}

/** Whatever else happened to it last is no words. */
function saidLast({ lastMessage: last }: Inquiry): string | undefined {
  return last === undefined || last === null || last.t !== undefined ? undefined : textOf(last);
}

/** Of what waits they are known only where chats with a tag are looked for. */
export const tagsOf = ({ rid }: Inquiry): readonly string[] => everything.value?.waiting.find(({ _id }) => _id === rid)?.tags ?? [];

export const queuedRow = (inquiry: Inquiry): Row => ({
  ...urgencyOf(inquiry),
  ...dueOf(inquiry),
  rid: inquiry.rid,
  inquiry: inquiry._id,
  icon: icon(inquiry.source),
  name: inquiry.name ?? '',
  words: saidLast(inquiry) ?? inquiry.message ?? '',
  isOwn: false,
  isTyping: false,
  unread: 0,
  department: departmentName(inquiry.department),
  tags: tagsOf(inquiry),
  at: since(inquiry),
  waits: true,
});

export const queueRows = computed(() => waiting.value.map(queuedRow));
