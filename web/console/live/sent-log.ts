// A list of deliveries that goes back as far as one reads, and knows of those that have come since. Who reads is not
// disturbed: what is shown is brought up to date where it stands, and what is new waits until it is wanted.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';

import { readSent, type SentOne, type SentPage, type Wanted } from './sent.ts';

interface Piece extends SentPage {
  /** Where it begins; nothing for the newest. */
  readonly cursor: string | undefined;
}

export interface SentLog {
  readonly items: ReadonlySignal<readonly SentOne[]>;
  readonly isRead: ReadonlySignal<boolean>;
  /** There are no older ones. */
  readonly isWhole: ReadonlySignal<boolean>;
  /** How often it was read on. */
  readonly turns: ReadonlySignal<number>;
  /** How many have come since; as many as a page has stand for more. */
  readonly fresh: Signal<number>;
  readonly error: Signal<unknown>;
  /** From the newest on. */
  readonly begin: () => Promise<void>;
  readonly readOn: () => Promise<void>;
  /** Looks again at what stands around a place. Nothing moves when `holds`. */
  readonly look: (place: number, holds: boolean) => Promise<void>;
  /** What is known of one by now. */
  readonly renew: (one: SentOne) => void;
}

/** Pages may be empty and go on: few are wanted of many. */
const MOST_EMPTY = 20;

export function sentLog(wanted: Wanted): SentLog {
  const pieces = signal<readonly Piece[]>([]);
  const fresh = signal(0);
  const error = signal<unknown>(undefined);
  let isBusy = false;

  const alone = async (work: () => Promise<void>): Promise<void> => {
    if (isBusy) {
      return;
    }
    isBusy = true;
    try {
      await work();
      error.value = undefined;
    } catch (fault) {
      error.value = fault;
    }
    isBusy = false;
  };
  const read = async (from: string | undefined): Promise<Piece> => {
    let page = await readSent(wanted, from);
    for (let turn = 0; page.items.length === 0 && page.nextCursor !== null && turn < MOST_EMPTY; turn += 1) {
      page = await readSent(wanted, page.nextCursor);
    }
    return { ...page, cursor: from };
  };
  const take = (first: Piece): void => {
    pieces.value = [first];
    fresh.value = 0;
  };
  const replace = (changed: ReadonlyMap<string, SentOne>): void => {
    pieces.value = pieces.peek().map((piece) => ({ ...piece, items: piece.items.map((one) => changed.get(one.id) ?? one) }));
  };
  /** What was among the newest and is not any more is not what is looked for. */
  const dropGone = ({ items, nextCursor }: SentPage): void => {
    const there = new Set(items.map(({ id }) => id));
    const reach = nextCursor === null ? 0 : (items.at(-1)?.eventId ?? Number.POSITIVE_INFINITY);
    const stays = ({ id, eventId }: SentOne): boolean => eventId <= reach || there.has(id);
    pieces.value = pieces.peek().map((piece) => (piece.items.every(stays) ? piece : { ...piece, items: piece.items.filter(stays) }));
  };
  const begin = (): Promise<void> => alone(async () => take(await read(undefined)));
  const readOn = (): Promise<void> =>
    alone(async () => {
      const next = pieces.peek().at(-1)?.nextCursor ?? null;
      if (next !== null) {
        const piece = await read(next);
        pieces.value = [...pieces.peek(), piece];
      }
    });
  const look = (place: number, holds: boolean): Promise<void> =>
    alone(async () => {
      const newest = await readSent(wanted);
      const known = new Set(pieces.peek().flatMap(({ items }) => items.map(({ id }) => id)));
      const news = newest.items.filter(({ id }) => !known.has(id)).length;
      if (!holds && news > 0) {
        take({ ...newest, cursor: undefined });
        return;
      }
      fresh.value = news;
      if (!holds) {
        dropGone(newest);
      }
      const there = pieces.peek().findIndex((_, index) => place < sizeOf(pieces.peek().slice(0, index + 1)));
      const cursor = pieces.peek()[there]?.cursor;
      const now = cursor === undefined ? [] : (await readSent(wanted, cursor)).items;
      const changed = new Map([...newest.items, ...now].map((one) => [one.id, one]));
      replace(changed);
    });
  return {
    items: computed(() => pieces.value.flatMap(({ items }) => items)),
    isRead: computed(() => pieces.value.length > 0),
    turns: computed(() => pieces.value.length),
    isWhole: computed(() => (pieces.value.at(-1)?.nextCursor ?? null) === null),
    fresh,
    error,
    begin,
    readOn,
    look,
    renew: (one) => replace(new Map([[one.id, one]])),
  };
}

const sizeOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { items }) => sum + items.length, 0);
