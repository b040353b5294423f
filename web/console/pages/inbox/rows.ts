// Which chats are in the list, and in which groups.
import { computed, signal } from '@preact/signals';

import type { Inquiry, Room } from '../../api/documents.ts';
import { type Filter, filters, type Sort, sort } from '../../live/list-filter.ts';
import { askedOfAll, everything, mine, openCount, waiting, waitingCount } from '../../live/lists.ts';
import { channel, ownRow, queuedRow, type Row, servedRow, tagsOf } from '../../live/row.ts';
import { listQuery, type View, view } from '../../place.ts';
import { t } from '../../texts.ts';

export interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
  /** How many groups stood before it, where it came while the list was held: others may be called the same. */
  readonly later?: number;
}

type Facts = Readonly<Record<Filter, string | readonly string[] | undefined>>;

function isWanted(facts: Facts): boolean {
  return [...filters.value].every(([name, wanted]) => [facts[name]].flat().includes(wanted));
}

const isWantedRoom = ({ departmentId, tags, source, priorityId, servedBy }: Room): boolean =>
  isWanted({ department: departmentId, tag: tags, channel: channel(source), priority: priorityId, agent: servedBy?._id });

const isWantedInQueue = (inquiry: Inquiry): boolean =>
  isWanted({ department: inquiry.department, tag: tagsOf(inquiry), channel: channel(inquiry.source), priority: inquiry.priorityId, agent: undefined });

/** Nothing is looked at as long as all are wanted. */
const chosen = <T>(all: readonly T[], areWanted: (one: T) => boolean): readonly T[] => (filters.value.size === 0 ? all : all.filter(areWanted));

type Order = (one: Row, other: Row) => number;

const longestFirst: Order = (one, other) => one.at - other.at;
const latestFirst: Order = (one, other) => other.at - one.at;
/** Their differences, where both may be missing. */
const less = (one = Number.MAX_VALUE, other = Number.MAX_VALUE): number => one - other;

const ORDERS: Readonly<Record<Sort, Order>> = {
  latest: latestFirst,
  earliest: longestFirst,
  urgent: (one, other) => less(one.rank, other.rank) || less(one.due, other.due),
};

/** As somebody wants to see them; what is equal in that is as it usually is. */
const ordered = (all: readonly Row[]): readonly Row[] => (sort.value === undefined ? all : all.toSorted(ORDERS[sort.value]));

const wantedOfQueue = (): Group => ({ title: t('inQueue'), rows: ordered(chosen(waiting.value, isWantedInQueue).map(queuedRow)) });

/** Those that agents have, with who that is. */
const servedRows = (isOnHold: boolean): readonly Row[] =>
  ordered(
    chosen(everything.value?.rooms ?? [], isWantedRoom)
      .filter(({ onHold = false }) => onHold === isOnHold)
      .map(servedRow),
  );

const GROUPS: Readonly<Record<View, () => readonly Group[]>> = {
  mine: () => {
    const all = chosen(mine.value, isWantedRoom);
    const rowsOf = (usual: Order, are: (room: Room) => boolean) => ordered(all.filter(are).map(ownRow).toSorted(usual));
    return [
      { title: t('needsAnswer'), rows: rowsOf(longestFirst, (room) => room.waitingResponse === true && room.onHold !== true) },
      { title: t('waitsForVisitor'), rows: rowsOf(latestFirst, (room) => room.waitingResponse !== true && room.onHold !== true) },
      { title: t('onHold'), rows: rowsOf(latestFirst, (room) => room.onHold === true) },
    ];
  },
  queue: () => [wantedOfQueue()],
  all: () => [wantedOfQueue(), { title: t('openChats'), rows: servedRows(false) }, { title: t('onHold'), rows: servedRows(true) }],
};

/** How many chats are in a list, whatever of it is wanted. */
export function sizeOf(one: View): number {
  if (one === 'mine') {
    return mine.value.length;
  }
  return one === 'queue' ? waitingCount.value : openCount.value;
}

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
/** What is shown: another list, or other chats of it, stand there at once. */
const shown = computed(() => `${listQuery.value} ${view.value === 'all' ? (everything.value?.of ?? '') : ''}`);
let heldOf: string | undefined;
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
  held = isHeld.value && heldOf === shown.value ? holding(now) : now;
  heldOf = shown.value;
  return held;
});

export const rows = computed(() => groups.value.flatMap((group) => group.rows));

/** Whether the server was asked for what is wanted; until then stands there what was read before. */
export const isAnswered = computed(() => view.value !== 'all' || everything.value?.of === askedOfAll.value);

/** Of a list that was not read whole: how many of how many chats are shown, or where these have to be looked through, how many were. */
export const part = computed(() => {
  if (view.value === 'mine' || !isAnswered.value) {
    return undefined;
  }
  const { rooms = [], total = 0 } = (view.value === 'all' ? everything.value : undefined) ?? {};
  // Nobody has what waits.
  const waits = filters.value.has('agent') ? { read: 0, all: 0 } : { read: waiting.value.length, all: waitingCount.value };
  const [read, all] = [waits.read + rooms.length, waits.all + total];
  const isLookedThrough = filters.value.has('channel') || filters.value.has('priority') || (filters.value.size > 0 && waits.read < waits.all);
  const many = rows.value.length;
  return read >= all ? undefined : { isLookedThrough, count: isLookedThrough ? read : many, total: isLookedThrough ? all : many + all - read };
});
