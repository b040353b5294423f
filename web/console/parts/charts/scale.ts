// Which numbers stand at an axis, which begins at 0.

const ROUND = [1, 2, 2.5, 5, 10] as const;
/** Steps of times: seconds, minutes, hours. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const TIMES = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map((seconds) => seconds * SECOND);

function upTo(step: number, most: number): readonly number[] {
  const steps = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: steps + 1 }, (_, place) => place * step);
}

/** About 6.5 px a letter. */
const LETTER = 6.5;

/** A name that has so many pixels; the whole of it is in the table. */
export function shortened(name: string, room: number): string {
  const most = Math.floor(room / LETTER);
  const letters = Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : name;
}

/** How much room the longest of these words takes, beside an axis at least `least`. */
export const roomOf = (words: readonly string[], least: number): number => Math.max(least, ...words.map((word) => word.length * LETTER + 12));

/** About four steps of a round number; whole ones, because nothing is half a chat. */
export function ticks(most: number): readonly number[] {
  const wanted = Math.max(1, most) / 4;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = ROUND.map((round) => round * power).find((round) => round >= wanted) ?? wanted;
  return upTo(Math.max(1, Math.ceil(step)), most);
}

/** The same of a time in milliseconds. */
export function timeTicks(most: number, steps = 3): readonly number[] {
  const wanted = Math.max(MINUTE / 2, most) / steps;
  const step = TIMES.find((time) => time >= wanted) ?? Math.ceil(wanted / (24 * 60 * MINUTE)) * 24 * 60 * MINUTE;
  return upTo(step, most);
}

/** Words of an axis that have room beside each other: of those that are too near to one before them there is none. */
export function apart<T>(words: readonly T[], at: (word: T) => number, room: number): readonly T[] {
  const kept: T[] = [];
  for (const word of words) {
    const last = kept.at(-1);
    if (last === undefined || at(word) - at(last) >= room) {
      kept.push(word);
    }
  }
  return kept;
}
