// When chats come, beside opening hours: which part of them comes while it is closed.
import { expect, test } from 'vitest';

import { heatOf, outside } from '../../console/pages/routing/demand.ts';

const WEEK = 7 * 24;

/** One chat at these hours of the week, from Monday on. */
const at = (...hours: readonly number[]): readonly number[] => Array.from({ length: WEEK }, (_, hour) => (hours.includes(hour) ? 1 : 0));

test('an hour of which a part is open counts for that part', () => {
  const days = [[{ from: 510, to: 1050 }], [], [], [], [], [], []];
  // Half past eight to half past five, with a chat in each hour of Monday.
  const monday = at(...Array.from({ length: 24 }, (_, hour) => hour));
  expect(outside(days, monday)).toEqual({ total: 24, share: 15 / 24, from: 0 });
  expect(outside(days, at(8, 17)).share).toBe(0.5);
  expect(outside([[{ from: 480, to: 495 }, { from: 525, to: 540 }], [], [], [], [], [], []], at(8)).share).toBe(0.5);
  expect(outside(days, at(9, 10))).toEqual({ total: 2, share: 0, from: undefined });
});

test('a step of colour is above nothing, and the busiest hour has the last', () => {
  expect(heatOf([0, 0.5, 1, 10])).toEqual([0, 1, 1, 5]);
});
