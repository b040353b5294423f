// Which chats are in the list, and in which groups.
import { computed, signal } from '@preact/signals';

import type { Room } from '../../api/documents.ts';
import { everything, mine } from '../../live/lists.ts';
import { ownRow, queueRows, type Row, servedRow } from '../../live/row.ts';
import { type View, view } from '../../place.ts';
import { t } from '../../texts.ts';

export interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
  /** How many groups stood before it, where it came while the list was held: others may be called the same. */
  readonly later?: number;
}

const longestFirst = (one: Row, other: Row): number => one.at - other.at;
const latestFirst = (one: Row, other: Row): number => other.at - one.at;

const servedRows = (isOnHold: boolean): readonly Row[] =>
  (everything.value?.rooms ?? []).filter(({ onHold = false }) => onHold === isOnHold).map(servedRow);

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
