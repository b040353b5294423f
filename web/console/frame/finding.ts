// How what is written finds a title: by the beginnings of its words, and by what stands inside of them.
import { plain } from '../parts/plain.ts';

/** In characters. */
export interface Mark {
  readonly start: number;
  readonly length: number;
}

/** By what something is found, as it is compared. */
export interface Looked {
  readonly title: string;
  /** As good as the title. */
  readonly note: string;
  /** What it belongs to, which many others do as well. */
  readonly whole: string;
}

/** So many letters are looked for inside of words, too. */
const LEAST_INSIDE = 2;
const LETTER = /[\p{L}\p{N}]/u;

export const lookedAt = (title: string, note = '', whole = ''): Looked => ({ title: plain(title), note: plain(note), whole: plain(whole) });

/** The words that are wanted, as they are compared. */
export const wordsOf = (wanted: string): readonly string[] =>
  plain(wanted)
    .split(/\s+/)
    .filter((word) => word !== '');

/** Where words begin with this. */
function beginnings(text: string, wanted: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    if (at === 0 || !LETTER.test(text.charAt(at - 1))) {
      found.push(at);
    }
  }
  return found;
}

const inside = (text: string, wanted: string): number => (wanted.length < LEAST_INSIDE ? -1 : text.indexOf(wanted));

export const ONLY_BY_WHOLE = 2;

function rankOf({ title, note, whole }: Looked, word: string): number {
  if (beginnings(title, word).length > 0 || beginnings(note, word).length > 0) {
    return 0;
  }
  if (inside(title, word) !== -1) {
    return 1;
  }
  return beginnings(whole, word).length > 0 ? ONLY_BY_WHOLE : Infinity;
}

export interface Ranked<T> {
  readonly one: T;
  readonly rank: number;
}

/** Those that have each of the words, the best of them first. */
export const ranked = <T extends Looked>(all: readonly T[], words: readonly string[]): readonly Ranked<T>[] =>
  all
    .map((one) => ({ one, rank: Math.max(0, ...words.map((word) => rankOf(one, word))) }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((one, other) => one.rank - other.rank);

/** What of a title was wanted. */
export function marksOf(title: string, words: readonly string[]): readonly Mark[] {
  const characters = Array.from(title);
  // A letter may be none or several where it is compared.
  const letters = characters.flatMap((character, place) => Array.from({ length: plain(character).length }, () => place));
  const text = plain(title);
  const found = words.flatMap((word) => {
    const begun = beginnings(text, word);
    const places = begun.length > 0 ? begun : [inside(text, word)].filter((at) => at !== -1);
    return places.map((at) => {
      const start = letters[at] ?? 0;
      // With the signs above its last letter.
      const end = Math.max(letters[at + word.length] ?? characters.length, (letters[at + word.length - 1] ?? start) + 1);
      return { start, length: end - start };
    });
  });
  const inOrder = found.toSorted((one, other) => one.start - other.start || other.length - one.length);
  // Of two in one place the longer one.
  return inOrder.filter(({ start }, place) => inOrder.slice(0, place).every((before) => before.start + before.length <= start));
}
