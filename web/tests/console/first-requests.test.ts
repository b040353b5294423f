// Within which time deliveries were tried for the first time, by what half hours say.
import { expect, test } from 'vitest';

import type { HalfHour } from '../../console/live/endpoints.ts';
import { firstRequestsWithin } from '../../console/live/first-requests.ts';

const half = (...within: readonly (readonly [untilMs: number | null, requests: number])[]): HalfHour => ({
  from: '2026-11-24T14:00:00.000Z',
  delivered: 0,
  failedAttempts: 0,
  firstRequests: 0,
  firstRequestAfterMs: null,
  firstRequestsWithin: within.map(([untilMs, requests]) => ({ untilMs, requests })),
});

const p95 = (...halves: readonly HalfHour[]): number | undefined => firstRequestsWithin(halves, 0.95);

test('of all half hours together, 95 of 100 are within the bound that is told', () => {
  expect(p95()).toBeUndefined();
  expect(p95(half())).toBeUndefined();
  expect(p95(half([100, 95]), half([5000, 5]))).toBe(100);
  expect(p95(half([100, 94], [500, 4]), half([5000, 2]))).toBe(500);
  expect(p95(half([100, 94]), half([null, 6]))).toBe(Number.POSITIVE_INFINITY);
});
