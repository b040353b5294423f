// How soon after their events deliveries were tried for the first time.
import type { HalfHour } from './endpoints.ts';

/** Within how many milliseconds of their events so large a share of deliveries was tried; infinite where it took longer than is counted, and
    nothing where none was. */
export function firstRequestsWithin(halves: readonly HalfHour[], share: number): number | undefined {
  const counted = new Map<number, number>();
  for (const { untilMs, requests } of halves.flatMap((half) => half.firstRequestsWithin)) {
    const bound = untilMs ?? Number.POSITIVE_INFINITY;
    counted.set(bound, (counted.get(bound) ?? 0) + requests);
  }
  let left = share * [...counted.values()].reduce((sum, requests) => sum + requests, 0);
  for (const [bound, requests] of [...counted].toSorted(([one], [other]) => one - other)) {
    left -= requests;
    if (left <= 0) {
      return bound;
    }
  }
  return undefined;
}
