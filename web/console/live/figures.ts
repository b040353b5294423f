// Figures of chats: what goes on now, and what the chats of some days were.
import { signal } from '@preact/signals';

import type { AgentNow, Between, InQueue, Now, Ratings, Spread, Spreads, Summed, Sums, SumsOf, Tagged, Tags, Waits, Week } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';

export type { AgentNow, Between, InQueue, Now, Ratings, Spread, Spreads, Summed, Sums, SumsOf, Tagged, Tags, Waits, Week };

/** Days as the zone for reports has them, both inside; without them it is today there. */
export interface Days {
  readonly firstDay?: string | undefined;
  readonly lastDay?: string | undefined;
}

type Of = string | undefined;

export const readNow = (department: Of): Promise<Now> => get<Now>('figures/now', { department }, 'hark/v1');
export const readWaits = (department: Of): Promise<Waits> => get<Waits>('figures/waits', { department }, 'hark/v1');
export const readRatings = (days: Days, department: Of): Promise<Ratings> => get<Ratings>('figures/ratings', { ...days, department }, 'hark/v1');
export const readTags = (days: Days, department: Of): Promise<Tags> => get<Tags>('figures/tags', { ...days, department }, 'hark/v1');
export const readSpreads = (days: Days, department: Of): Promise<Spreads> => get<Spreads>('figures/spreads', { ...days, department }, 'hark/v1');

/** On whose clocks days are counted; nothing until sums were read. */
export const reportZone = signal<string | undefined>(undefined);

export async function readSums(by: 'day' | 'hour' | 'agent' | 'department', days: Days, department: Of): Promise<Summed> {
  const found = await get<Summed>('figures/sums', { by, ...days, department }, 'hark/v1');
  reportZone.value = found.zone;
  return found;
}

export async function readReportZone(): Promise<void> {
  if (reportZone.peek() === undefined) {
    await readSums('day', {}, undefined);
  }
}

/** Today there, which may be another day than where one sits. */
export const todayIn = (zone: string): string =>
  // As our own days are written.
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format();

/** The moments are those that sums are of. */
export const readWeek = ({ from, to }: Summed, department: Of): Promise<Week> =>
  get<Week>('figures/week', { from, to, departments: department }, 'hark/v1');

const DAY_MS = 86_400_000;

/** Another day of the calendar; in the middle of a day no clock is changed. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days there are from one to another, both inside. */
export const daysBetween = (first: string, last: string): number =>
  Math.round((Date.parse(`${last}T12:00:00Z`) - Date.parse(`${first}T12:00:00Z`)) / DAY_MS) + 1;
