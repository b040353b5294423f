// What a report is made of, read when it is asked for.
import { type Known, readEndpoints } from '../../live/endpoints.ts';
import {
  type Ratings,
  readRatings,
  readSums,
  readTags,
  readWeek,
  type Summed,
  type Tags,
  type Week,
} from '../../live/figures.ts';
import type { Kind } from '../../live/saved-reports.ts';
import { type Reading, useReading } from '../../parts/reading.ts';
import { daysBefore, type Wish } from './wish.ts';

export interface Found {
  readonly days: Summed;
  readonly before: Summed | undefined;
  readonly agents: Summed | undefined;
  readonly departments: Summed | undefined;
  readonly week: Week | undefined;
  readonly tags: Tags | undefined;
  readonly ratings: Ratings | undefined;
  readonly ratingsBefore: Ratings | undefined;
  readonly endpoints: readonly Known[] | undefined;
}

const NEEDS: Readonly<Record<Kind, readonly (keyof Found)[]>> = {
  overview: ['agents', 'week', 'ratings'],
  chats: ['week'],
  agents: ['agents'],
  departments: ['departments'],
  tags: ['tags'],
  satisfaction: ['ratings', 'ratingsBefore'],
  webhooks: ['endpoints'],
};

async function read(wish: Wish): Promise<Found> {
  const { from, until, department, kind } = wish;
  const stretch = { firstDay: from, lastDay: until };
  const earlier = daysBefore(wish);
  const needs = (what: keyof Found): boolean => NEEDS[kind].includes(what);
  const [days, before, agents, departments, ratings, ratingsBefore, endpoints] = await Promise.all([
    readSums('day', stretch, department),
    earlier && readSums('day', earlier, department),
    needs('agents') ? readSums('agent', stretch, department) : undefined,
    needs('departments') ? readSums('department', stretch, department) : undefined,
    // They are of all departments together; an overview goes without them.
    needs('ratings') && (kind === 'satisfaction' || department === undefined)
      ? readRatings(stretch).catch((fault: unknown) => {
          if (kind === 'satisfaction') {
            throw fault;
          }
          return undefined;
        })
      : undefined,
    needs('ratingsBefore') && earlier !== undefined ? readRatings(earlier) : undefined,
    needs('endpoints') ? readEndpoints() : undefined,
  ]);
  const [week, tags] = await Promise.all([
    needs('week') ? readWeek(days, department) : undefined,
    needs('tags') ? readTags(days) : undefined,
  ]);
  return { days, before, agents, departments, week, tags, ratings, ratingsBefore, endpoints };
}

/** Nothing without a wish. */
export const useReport = (wish: Wish | undefined): Reading<Found | undefined> =>
  useReading(async () => (wish === undefined ? undefined : await read(wish)), JSON.stringify(wish));
