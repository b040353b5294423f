// What the monitor shows, read again and again for as long as it is open and looked at. What comes takes the place of what was
// there before, so that an hour of it holds no more than a minute.
import { useSignal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { type HalfHour, type Known, readEndpoints, readHalfHours } from '../../live/endpoints.ts';
import {
  dayAfter,
  type Now,
  type Ratings,
  readNow,
  readRatings,
  readSums,
  readWaits,
  type Summed,
  type Waits,
} from '../../live/figures.ts';
import { seesDeliveries } from '../../live/deliveries.ts';

const NOW_MS = 5000;
const DAY_MS = 86_400_000;
/** Sums of the day and webhooks change slowly. */
const SLOW_EVERY = 6;
/** The same day of the weeks before. */
const WEEKS = 4;

/** This moment. */
export interface Present {
  readonly now: Now;
  readonly waits: Waits;
}

/** What there was of today until now. */
export interface Day {
  readonly hours: Summed;
  readonly agents: Summed;
  readonly yesterday: Summed;
  /** The hours of the same day of some weeks before. */
  readonly usual: readonly Summed[];
  readonly ratings: Ratings;
  readonly endpoints: readonly Known[] | undefined;
  /** What was sent to all of them in the last 24 hours. */
  readonly sent: readonly HalfHour[];
}

interface Reading {
  readonly present: ReadonlySignal<Present | undefined>;
  /** Takes longer to be read. */
  readonly day: ReadonlySignal<Day | undefined>;
  readonly error: ReadonlySignal<unknown>;
  readonly again: () => void;
}

async function readDay(department: string | undefined, before: Day | undefined): Promise<Day> {
  const [hours, agents, ratings, endpoints, sent] = await Promise.all([
    readSums('hour', {}, department),
    readSums('agent', {}, department),
    readRatings({}, department),
    seesDeliveries() ? readEndpoints() : undefined,
    seesDeliveries() ? readHalfHours('', Date.now() - DAY_MS) : [],
  ]);
  // What was before today is read once a day.
  if (before?.hours.firstDay === hours.firstDay) {
    return { ...before, hours, agents, ratings, endpoints, sent };
  }
  const from = (back: number) => ({ firstDay: dayAfter(hours.firstDay, -back) });
  const [yesterday, ...usual] = await Promise.all([
    readSums('hour', from(1), department),
    ...Array.from({ length: WEEKS }, (_, week) => readSums('hour', from(7 * (week + 1)), department)),
  ]);
  return { hours, agents, ratings, endpoints, sent, yesterday, usual };
}

export function useMonitor(department: string | undefined, isPaused: boolean): Reading {
  const present = useSignal<Present | undefined>(undefined);
  const day = useSignal<Day | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  /** What is on its way for the department; an answer for another one comes too late. */
  const asked = useRef(new Set<unknown>());
  const pauses = useRef(0);
  /** What is read more slowly than it is asked for is asked for once. */
  const keep = async <T>(kept: Signal<T | undefined>, read: () => Promise<T>): Promise<void> => {
    const own = asked.current;
    const before = pauses.current;
    if (own.has(kept)) {
      return;
    }
    own.add(kept);
    try {
      const found = await read();
      // What is held stays as it is; there has to be something to hold.
      if (own === asked.current && (before === pauses.current || kept.peek() === undefined)) {
        kept.value = found;
      }
    } finally {
      own.delete(kept);
    }
  };
  const look = async (isWhole: boolean): Promise<void> => {
    const own = asked.current;
    try {
      await Promise.all([
        keep(present, async () => {
          const [now, waits] = await Promise.all([readNow(department), readWaits(department)]);
          return { now, waits };
        }),
        isWhole || day.peek() === undefined ? keep(day, async () => await readDay(department, day.peek())) : undefined,
      ]);
      if (own === asked.current) {
        error.value = undefined;
      }
    } catch (fault) {
      if (own === asked.current) {
        error.value = fault;
      }
    }
  };
  useEffect(() => {
    asked.current = new Set();
    present.value = undefined;
    day.value = undefined;
    void look(true);
  }, [department]);
  useEffect(() => {
    if (isPaused) {
      return undefined;
    }
    let turns = 0;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') {
        turns += 1;
        void look(turns % SLOW_EVERY === 0);
      }
    }, NOW_MS);
    return () => {
      clearInterval(timer);
      pauses.current += 1;
    };
  }, [department, isPaused]);
  return { present, day, error, again: () => void look(true) };
}
