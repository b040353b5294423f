// Of a long list only what is on the screen, and a little beyond it, is drawn; the rest is room of the same height.
import { computed, signal } from '@preact/signals';

import { onScreen } from '../../live/lists.ts';
import type { Row } from '../../live/row.ts';
import { type Group, groups, rows } from './rows.ts';

/** Shorter lists are drawn whole. */
const SHORT = 100;
/** Rows above and below what is seen. */
const MORE = 12;
/** Who scrolls past a chat does not look at it. */
const LOOKS_MS = 250;
/** Until one was measured. All rows are of one height. */
const USUAL = { row: 71, head: 30 };

/** What of the list is in its frame, in pixels. */
const seen = signal({ top: 0, height: 1000 });
const heights = signal(USUAL);

export interface Drawn extends Group {
  readonly drawn: readonly Row[];
  /** Room for the rows before and after those that are drawn. */
  readonly before: number;
  readonly after: number;
}

export const drawn = computed<readonly Drawn[]>(() => {
  if (rows.value.length <= SHORT) {
    return groups.value.map((group) => ({ ...group, drawn: group.rows, before: 0, after: 0 }));
  }
  const { row, head } = heights.value;
  let top = 0;
  return groups.value.map((group) => {
    top += head;
    const many = group.rows.length;
    const clamped = (at: number): number => Math.min(many, Math.max(0, at));
    const from = clamped(Math.floor((seen.value.top - top) / row) - MORE);
    const until = clamped(Math.ceil((seen.value.top + seen.value.height - top) / row) + MORE);
    top += many * row;
    return { ...group, drawn: group.rows.slice(from, until), before: from * row, after: (many - until) * row };
  });
});

/** Where the Tab key stops: at the open chat, or where it is far away, at the first that is drawn. */
export function stopOf(rid: string | undefined): string | undefined {
  const all = drawn.value.flatMap((group) => group.drawn);
  return (all.find((row) => row.rid === rid) ?? all[0])?.rid;
}

/** Tells what is seen of the list, as long as it is there. */
export function follow(list: HTMLElement): () => void {
  const look = (): void => {
    const { scrollTop: top, clientHeight: height } = list;
    if (top !== seen.peek().top || height !== seen.peek().height) {
      seen.value = { top, height };
    }
    const row = list.querySelector<HTMLElement>('.row')?.offsetHeight ?? USUAL.row;
    const head = list.querySelector<HTMLElement>('.group')?.offsetHeight ?? USUAL.head;
    if (row !== heights.peek().row || head !== heights.peek().head) {
      heights.value = { row, head };
    }
  };
  list.addEventListener('scroll', look, { passive: true });
  const observer = new ResizeObserver(look);
  observer.observe(list);
  return () => {
    clearTimeout(settling);
    settling = undefined;
    onScreen.value = [];
    list.removeEventListener('scroll', look);
    observer.disconnect();
  };
}

let settling: ReturnType<typeof setTimeout> | undefined;

/** Of what was drawn it is listened to who writes, once it stays there for a moment. */
export function listenToDrawn(): void {
  settling ??= setTimeout(() => {
    settling = undefined;
    const rids = drawn.peek().flatMap((group) => group.drawn.map(({ rid }) => rid));
    if (rids.join() !== onScreen.peek().join()) {
      onScreen.value = rids;
    }
  }, LOOKS_MS);
}

/** Brings a chat into the frame, also one that is not drawn. */
export function reveal(list: HTMLElement, rid: string): void {
  const row = list.querySelector(`[data-rid="${CSS.escape(rid)}"]`);
  if (row !== null) {
    row.scrollIntoView({ block: 'nearest' });
    return;
  }
  const { row: each, head } = heights.peek();
  let top = 0;
  for (const group of groups.peek()) {
    const at = group.rows.findIndex((one) => one.rid === rid);
    top += head;
    if (at !== -1) {
      list.scrollTop = top + at * each - seen.peek().height / 2;
      return;
    }
    top += group.rows.length * each;
  }
}
