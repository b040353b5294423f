// How soon endpoints were told of what had happened.
import type { HalfHour } from '../live/endpoints.ts';
import { firstRequestsWithin } from '../live/first-requests.ts';
import { milliseconds, shortly } from '../texts.ts';

/** Longer is not told apart. */
const LONGEST_MS = 300_000;

/** The time within which 95 of 100 deliveries were tried for the first time; nothing where none was. */
export function firstRequestP95(halves: readonly HalfHour[]): string | undefined {
  const bound = firstRequestsWithin(halves, 0.95);
  if (bound === undefined) {
    return undefined;
  }
  return Number.isFinite(bound) ? `≤ ${milliseconds(bound)}` : `> ${shortly(LONGEST_MS)}`;
}
