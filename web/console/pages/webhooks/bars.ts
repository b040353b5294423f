// How it went in each part of a stretch of time.
import { millis } from '../../api/documents.ts';
import type { HalfHour } from '../../live/endpoints.ts';

export interface Bar {
  readonly at: number;
  readonly delivered: number;
  readonly failed: number;
}

/** What half hours are counted by. */
export type Counted = 'delivered' | 'failed';
export const BOTH: readonly Counted[] = ['delivered', 'failed'];

export const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;

/** Days that can be looked at; half hours are kept for two weeks. */
export const DAYS = [1, 7, 14] as const;
export type Days = (typeof DAYS)[number];

/** How long a bar is, so that there are neither few nor too many of them. */
const EACH: Readonly<Record<Days, number>> = { 1: HALF_HOUR_MS, 7: 4 * HALF_HOUR_MS, 14: 8 * HALF_HOUR_MS };

export const eachOf = (days: Days): number => EACH[days];

/** When the first bar begins, if the last one has now in it. */
export function beginOf(days: Days, now: number): number {
  const each = EACH[days];
  return (Math.floor(now / each) + 1) * each - days * DAY_MS;
}

export function barsOf(halves: readonly HalfHour[], days: Days, now: number): readonly Bar[] {
  const each = EACH[days];
  const begin = beginOf(days, now);
  const sums = new Map<number, Bar>();
  for (const { from, delivered, failedAttempts } of halves) {
    const at = begin + Math.floor((millis(from) - begin) / each) * each;
    const before = sums.get(at);
    sums.set(at, { at, delivered: delivered + (before?.delivered ?? 0), failed: failedAttempts + (before?.failed ?? 0) });
  }
  return Array.from({ length: (days * DAY_MS) / each }, (_, index) => {
    const at = begin + index * each;
    return sums.get(at) ?? { at, delivered: 0, failed: 0 };
  });
}
