// What the monitor shows, read again and again for as long as it is open and looked at. What comes takes the place of what was
// there before, so that an hour of it holds no more than a minute.
import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { type Known, readEndpoints } from '../../live/endpoints.ts';
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
/** Sums of the day and webhooks change slowly. */
const SLOW_EVERY = 6;
/** The same day of the weeks before. */
const WEEKS = 4;

export interface Shown {
  readonly now: Now;
  readonly waits: Waits;
  readonly hours: Summed;
  readonly agents: Summed;
  readonly yesterday: Summed;
  /** The hours of the same day of some weeks before. */
  readonly usual: readonly Summed[];
  readonly ratings: Ratings | undefined;
  readonly endpoints: readonly Known[] | undefined;
}

interface Reading {
  readonly shown: ReadonlySignal<Shown | undefined>;
  readonly error: ReadonlySignal<unknown>;
  readonly again: () => void;
}

type Slow = Omit<Shown, 'now' | 'waits'>;

/** They are of all departments together, and not for those who may know of some. */
const ratingsIfAllowed = (): Promise<Ratings | undefined> => readRatings({}).catch(() => undefined);

async function readSlowly(department: string | undefined, before: Slow | undefined): Promise<Slow> {
  const [hours, agents, ratings, endpoints] = await Promise.all([
    readSums('hour', {}, department),
    readSums('agent', {}, department),
    department === undefined ? ratingsIfAllowed() : undefined,
    seesDeliveries() ? readEndpoints() : undefined,
  ]);
  // What was before today is read once a day.
  if (before?.hours.firstDay === hours.firstDay) {
    return { ...before, hours, agents, ratings, endpoints };
  }
  const day = (back: number) => ({ firstDay: dayAfter(hours.firstDay, -back) });
  const [yesterday, ...usual] = await Promise.all([
    readSums('hour', day(1), department),
    ...Array.from({ length: WEEKS }, (_, week) => readSums('hour', day(7 * (week + 1)), department)),
  ]);
  return { hours, agents, ratings, endpoints, yesterday, usual };
}

export function useMonitor(department: string | undefined, isPaused: boolean): Reading {
  const shown = useSignal<Shown | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const round = useRef(0);
  const slow = useRef<Slow | undefined>(undefined);
  const look = async (isSlow: boolean): Promise<void> => {
    round.current += 1;
    const own = round.current;
    try {
      const [now, waits, rest] = await Promise.all([
        readNow(department),
        readWaits(department),
        isSlow || slow.current === undefined ? readSlowly(department, slow.current) : slow.current,
      ]);
      // What was asked for since then counts.
      if (own === round.current) {
        slow.current = rest;
        shown.value = { now, waits, ...rest };
        error.value = undefined;
      }
    } catch (fault) {
      if (own === round.current) {
        error.value = fault;
      }
    }
  };
  useEffect(() => {
    slow.current = undefined;
    shown.value = undefined;
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
      // An answer that is on its way comes too late.
      round.current += 1;
    };
  }, [department, isPaused]);
  return { shown, error, again: () => void look(true) };
}
