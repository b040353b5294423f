// Which chats are in the list, in which groups, and what a row says.
import { computed, signal } from '@preact/signals';

import { type Inquiry, type Message, millis, type Room, type Source } from '../../api/documents.ts';
import { everything, mine, places, waiting } from '../../live/lists.ts';
import { departmentName, departments, me, nameOf } from '../../live/people.ts';
import { typing } from '../../live/typing.ts';
import { type View, view } from '../../place.ts';
import { priorities, priorityOf, slaOf } from '../../live/urgency.ts';
import { t } from '../../texts.ts';
import { isUrgent, priorityName } from './priority.ts';
import { wordsOf as saidIn } from './quotes.ts';

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
  /** When somebody was promised to have it. */
  readonly due?: number;
  /** Since when the visitor waits for an answer, or when the last words were said. */
  readonly at: number;
  readonly waits: boolean;
}

export interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
  /** How many groups stood before it, where it came while the list was held: others may be called the same. */
  readonly later?: number;
}

const ICONS: Readonly<Record<string, string>> = { email: 'mail', sms: 'phone', api: 'code' };

const icon = (source: Source | undefined): string => ICONS[source?.type ?? ''] ?? 'globe';

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

export function rowOf(room: Room, words: string): Row {
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

function ownRow(room: Room): Row {
  const before = kept.get(room);
  const unread = places.value.get(room._id)?.unread ?? 0;
  const isTyping = typing.value.get(room._id)?.includes(room.v?.username ?? '') ?? false;
  if (before !== undefined && before.basis === basis.value && before.unread === unread && before.row.isTyping === isTyping) {
    return before.row;
  }
  const row = rowOf(room, wordsOf(room));
  kept.set(room, { basis: basis.value, unread, row });
  return row;
}

function urgencyOf(of: Room | Inquiry): Pick<Row, 'urgent'> {
  const priority = priorityOf(of);
  return priority !== undefined && isUrgent(priority) ? { urgent: priorityName(priority) } : {};
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

const queued = (inquiry: Inquiry): Row => ({
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
  tags: [],
  at: since(inquiry),
  waits: true,
});

const longestFirst = (one: Row, other: Row): number => one.at - other.at;
const latestFirst = (one: Row, other: Row): number => other.at - one.at;

export const queueRows = computed(() => waiting.value.map(queued));

/** Those that agents have, with who that is. */
const servedRows = (isOnHold: boolean): readonly Row[] =>
  (everything.value?.rooms ?? [])
    .filter(({ onHold = false }) => onHold === isOnHold)
    .map((room) => rowOf(room, t('servedBy', { name: nameOf(room.servedBy?.username ?? '') })));

const GROUPS: Readonly<Record<View, () => readonly Group[]>> = {
  mine: () => {
    const all = mine.value.map((room) => ({ room, row: ownRow(room) }));
    const those = (wanted: (room: Room) => boolean) =>
      all.filter(({ room }) => wanted(room)).map(({ row }) => row);
    return [
      {
        title: t('needsAnswer'),
        rows: those((room) => room.waitingResponse === true && room.onHold !== true).toSorted(longestFirst),
      },
      {
        title: t('waitsForVisitor'),
        rows: those((room) => room.waitingResponse !== true && room.onHold !== true).toSorted(latestFirst),
      },
      { title: t('onHold'), rows: those((room) => room.onHold === true).toSorted(latestFirst) },
    ];
  },
  queue: () => [{ title: t('inQueue'), rows: queueRows.value }],
  all: () => [
    { title: t('inQueue'), rows: queueRows.value },
    { title: t('openChats'), rows: servedRows(false) },
    { title: t('onHold'), rows: servedRows(true) },
  ],
};

/** Whoever goes through the list by keys still does for so long after the last of them. */
const WALKS_MS = 3000;

export const isPointedAt = signal(false);
const isWalked = signal(false);
let walking: ReturnType<typeof setTimeout> | undefined;

export function walked(): void {
  isWalked.value = true;
  clearTimeout(walking);
  walking = setTimeout(() => {
    isWalked.value = false;
  }, WALKS_MS);
}

/** While somebody points at the list or goes through it, no row moves. */
const isHeld = computed(() => isPointedAt.value || isWalked.value);
const fresh = computed(() => GROUPS[view.value]().filter((group) => group.rows.length > 0));
let heldView: View | undefined;
let held: readonly Group[] = [];

/** What was there stays in its place, and what has come since stands behind all of it. */
function holding(now: readonly Group[]): readonly Group[] {
  const rowsNow = new Map(now.flatMap(({ rows: those }) => those.map((row) => [row.rid, row])));
  const there = new Set(held.flatMap(({ rows: those }) => those.map(({ rid }) => rid)));
  const came = now.map(({ title, rows: those }) => ({ title, rows: those.filter(({ rid }) => !there.has(rid)), later: held.length }));
  const last = held.at(-1);
  const stays = held.map((group) => {
    const those = group.rows.flatMap(({ rid }) => rowsNow.get(rid) ?? []);
    const more = group === last ? came.filter(({ title }) => title === last.title).flatMap((one) => one.rows) : [];
    return { ...group, rows: [...those, ...more] };
  });
  return [...stays, ...came.filter(({ title }) => title !== last?.title)].filter((group) => group.rows.length > 0);
}

export const groups = computed<readonly Group[]>(() => {
  const now = fresh.value;
  held = isHeld.value && heldView === view.value ? holding(now) : now;
  heldView = view.value;
  return held;
});

export const rows = computed(() => groups.value.flatMap((group) => group.rows));
