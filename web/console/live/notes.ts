// What colleagues have noted in the open chat, as far back as its messages are shown.
import { computed, effect, signal } from '@preact/signals';

import { millis, type Note } from '../api/documents.ts';
import type { EntryPage } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';
import { Unreachable } from '../../shared/answers.ts';
import { openChat } from '../place.ts';
import { chat } from './chat.ts';
import { listen, onReturn } from './connection.ts';
import { mayAnswer } from './people.ts';

/** So much that was said or noted comes at once. */
const PAGE = 100;
const AGAIN_MS = 3000;

/** How far the chat was read, from its end. */
interface Reading {
  readonly rid: string;
  /** Where the next page begins; none after the last one. */
  cursor: string | undefined;
  hasMore: boolean;
  /** When the first of what was read happened. */
  until: number;
  isBusy: boolean;
  /** Known from before a loss, and not read again yet. */
  readonly unproven: Set<string>;
  /** Removed since: a page on its way may still have them. */
  readonly removed: Set<string>;
}

const known = signal<readonly Note[]>([]);
let reading: Reading | undefined;

/** Since when everything that was said is shown; nothing while it is being read. */
const shownSince = computed(() => {
  const open = chat.value;
  if (open?.state !== 'there') {
    return undefined;
  }
  const [first] = open.messages;
  return open.hasEarlier && first !== undefined ? millis(first.ts) : 0;
});

/** In the order in which they were added. */
export const notes = computed(() => {
  const since = shownSince.value ?? 0;
  return known.value.filter(({ addedAt }) => millis(addedAt) >= since);
});

export function followNotes(): void {
  effect(() => {
    const rid = openChat.value;
    known.value = [];
    reading = undefined;
    if (rid === undefined || !mayAnswer.value) {
      return undefined;
    }
    begin(rid);
    const { stop } = listen('stream-hark-conversation', `${rid}/notes`, (told) => heard(rid, told as Told));
    return stop;
  });
  effect(() => {
    if (shownSince.value !== undefined && mayAnswer.value) {
      void readBack();
    }
  });
  onReturn(() => {
    if (reading !== undefined) {
      begin(reading.rid);
      void readBack();
    }
  });
}

function begin(rid: string): void {
  const unproven = new Set(known.peek().map(({ id }) => id));
  reading = { rid, cursor: undefined, hasMore: true, until: Infinity, isBusy: false, unproven, removed: new Set() };
}

async function readBack(): Promise<void> {
  const now = reading;
  if (now === undefined || now.isBusy) {
    return;
  }
  now.isBusy = true;
  try {
    while (now.hasMore && now.until >= (shownSince.peek() ?? Infinity)) {
      const page = await get<EntryPage>(`conversations/${now.rid}/messages`, { limit: PAGE, cursor: now.cursor }, 'hark/v1');
      if (reading !== now) {
        return;
      }
      take(page.items.flatMap(({ note }) => (note === null ? [] : [note])));
      const last = page.items.at(-1);
      now.until = millis(last?.note?.addedAt ?? last?.message?.sentAt ?? 0);
      now.cursor = page.nextCursor ?? undefined;
      now.hasMore = page.nextCursor !== null;
    }
    known.value = known.peek().filter(({ id }) => !now.unproven.has(id));
  } catch (error) {
    if (error instanceof Unreachable) {
      setTimeout(() => void readBack(), AGAIN_MS);
    }
  } finally {
    now.isBusy = false;
  }
}

interface Told {
  readonly action: 'added' | 'edited' | 'deleted';
  readonly id: string;
  readonly note: Note | null;
}

function heard(rid: string, { id, note }: Told): void {
  if (note === null) {
    forgetNote(rid, id);
  } else {
    takeNote(note);
  }
}

export function takeNote(note: Note): void {
  if (reading?.rid === note.conversation) {
    take([note]);
  }
}

export function forgetNote(rid: string, id: string): void {
  if (reading?.rid === rid) {
    reading.removed.add(id);
    known.value = known.peek().filter((note) => note.id !== id);
  }
}

/** Each note once, as it was changed last. */
function take(came: readonly Note[]): void {
  const all = new Map(known.peek().map((note) => [note.id, note]));
  for (const note of came) {
    const before = all.get(note.id);
    reading?.unproven.delete(note.id);
    if (reading?.removed.has(note.id) !== true && (before?.editedAt ?? '') <= (note.editedAt ?? '')) {
      all.set(note.id, note);
    }
  }
  known.value = [...all.values()].toSorted((one, other) => one.sequence - other.sequence);
}
