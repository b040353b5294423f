// What a report is made of, read when it is asked for.
import { type HalfHour, isUnset, type Known, readEndpoints, readHalfHours } from '../../live/endpoints.ts';
import {
  type Ratings,
  readRatings,
  readReportZone,
  readSpreads,
  readSums,
  readTags,
  readWeek,
  type Spreads,
  type Summed,
  type Tags,
  type Week,
} from '../../live/figures.ts';
import type { Kind } from '../../live/saved-reports.ts';
import { type Reading, useReading } from '../../parts/reading.ts';
import { daysBefore, departmentOf, type Wish } from './wish.ts';

export interface Found {
  readonly days: Summed;
  readonly before: Summed | undefined;
  readonly agents: Summed | undefined;
  readonly departments: Summed | undefined;
  readonly week: Week | undefined;
  readonly tags: Tags | undefined;
  readonly ratings: Ratings | undefined;
  readonly ratingsBefore: Ratings | undefined;
  readonly spreads: Spreads | undefined;
  readonly spreadsBefore: Spreads | undefined;
  readonly endpoints: readonly Known[] | undefined;
  /** What was sent to all endpoints, and in the days that they are compared with, as far as that is still known. */
  readonly sent: readonly HalfHour[] | undefined;
  readonly sentBefore: readonly HalfHour[] | undefined;
}

const NEEDS: Readonly<Record<Kind, readonly (keyof Found)[]>> = {
  overview: ['agents', 'week', 'ratings', 'spreads', 'spreadsBefore'],
  chats: ['week', 'spreads', 'spreadsBefore'],
  agents: ['agents'],
  departments: ['departments'],
  tags: ['tags'],
  satisfaction: ['ratings', 'ratingsBefore'],
  webhooks: ['endpoints', 'sent', 'sentBefore'],
};

/** Whether a report shows what may be counted later of one department. */
export const showsCounted = (kind: Kind): boolean => NEEDS[kind].some((what) => what === 'ratings' || what === 'tags' || what === 'spreads');

/** So long the half hours of webhooks are kept. */
const KEPT_MS = 14 * 86_400_000;

/** Whether all that was sent in some days is still counted. */
export const isStillKnown = ({ from }: Pick<Summed, 'from'>): boolean => Date.parse(from) >= keptSince();

/** What was sent before is not counted any more. */
export const keptSince = (): number => Date.now() - KEPT_MS;

const readSetUp = async (): Promise<readonly Known[]> => (await readEndpoints()).filter((known) => !isUnset(known));

async function readSent({ from, to }: Summed): Promise<readonly HalfHour[]> {
  const found = await readHalfHours('', Date.parse(from));
  return found.filter((half) => half.from < to);
}

async function read(wish: Wish): Promise<Found> {
  const { from, until, kind } = wish;
  const department = departmentOf(wish);
  const stretch = { firstDay: from, lastDay: until };
  const earlier = daysBefore(wish);
  const needs = (what: keyof Found): boolean => NEEDS[kind].includes(what);
  const [days, before, agents, departments, tags, ratings, ratingsBefore, spreads, spreadsBefore, endpoints] = await Promise.all([
    readSums('day', stretch, department),
    earlier && readSums('day', earlier, department),
    needs('agents') ? readSums('agent', stretch, department) : undefined,
    needs('departments') ? readSums('department', stretch, department) : undefined,
    needs('tags') ? readTags(stretch, department) : undefined,
    needs('ratings') ? readRatings(stretch, department) : undefined,
    needs('ratingsBefore') && earlier !== undefined ? readRatings(earlier, department) : undefined,
    needs('spreads') ? readSpreads(stretch, department) : undefined,
    needs('spreadsBefore') && earlier !== undefined ? readSpreads(earlier, department) : undefined,
    needs('endpoints') ? readSetUp() : undefined,
  ]);
  const [week, sent, sentBefore] = await Promise.all([
    needs('week') ? readWeek(days, department) : undefined,
    needs('sent') ? readSent(days) : undefined,
    needs('sentBefore') && before !== undefined && isStillKnown(before) ? readSent(before) : undefined,
  ]);
  return { days, before, agents, departments, week, tags, ratings, ratingsBefore, spreads, spreadsBefore, endpoints, sent, sentBefore };
}

/** Nothing without a wish, for which it has to be known where days are counted. */
export const useReport = (wish: Wish | undefined): Reading<Found | undefined> =>
  useReading(async () => {
    if (wish === undefined) {
      await readReportZone();
      return undefined;
    }
    return await read(wish);
  }, JSON.stringify(wish));
