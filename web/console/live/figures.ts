// Figures of chats: what goes on now, and what the chats of some days were.
import { signal } from '@preact/signals';

import { get } from '../api/http.ts';

export interface AgentNow {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly status: 'online' | 'away' | 'busy' | 'offline';
  readonly available: boolean;
  readonly departments: readonly string[];
  readonly chats: number;
  readonly held: number;
  readonly waiting: number;
  readonly longestWaitMs: number | null;
  readonly most: number | null;
}

export interface InQueue {
  readonly conversation: string;
  readonly name: string;
  readonly department: string | null;
  readonly since: string;
  readonly due: string | null;
}

export interface Now {
  readonly at: string;
  readonly queued: number;
  readonly longestWaitMs: number | null;
  readonly served: number;
  readonly held: number;
  readonly queue: readonly InQueue[];
  readonly agents: readonly AgentNow[];
}

export interface Waits {
  readonly each: readonly { readonly department: string | null; readonly waitedMs: number; readonly left: boolean }[];
}

export interface Sums {
  readonly chats: number;
  readonly open: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly transferred: number;
  readonly messages: number;
  readonly averageFirstResponseMs: number | null;
  readonly longestFirstResponseMs: number | null;
  readonly averageResponseMs: number | null;
  readonly averageDurationMs: number | null;
  readonly longestDurationMs: number | null;
}

export interface SumsOf {
  readonly key: string | null;
  readonly name: string | null;
  readonly sums: Sums;
}

export interface Summed {
  readonly from: string;
  readonly to: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly zone: string;
  readonly total: Sums;
  readonly items: readonly SumsOf[];
}

export interface Ratings {
  readonly chats: number;
  readonly items: readonly { readonly rating: number; readonly chats: number }[];
}

/** Chats of which something took at least so long, and not as long as that. */
export interface Between {
  readonly fromMs: number;
  /** Nothing of the longest. */
  readonly untilMs: number | null;
  readonly chats: number;
}

export interface Spread {
  readonly chats: number;
  /** The one in which the median is. */
  readonly median: Between | null;
  /** The shortest first. */
  readonly items: readonly Between[];
}

/** How long things took. */
export interface Spreads {
  readonly firstAnswer: Spread;
  readonly duration: Spread;
}

export interface Week {
  readonly zone: string;
  readonly items: readonly { readonly weekday: number; readonly hour: number; readonly chats: number }[];
}

export interface Tags {
  readonly data: readonly { readonly label: string; readonly value: number }[];
  readonly total: number;
  readonly unspecified: number;
}

/** Days as the zone for reports has them, both inside; without them it is today there. */
export interface Days {
  readonly firstDay?: string | undefined;
  readonly lastDay?: string | undefined;
}

type Of = string | undefined;

export const readNow = (department: Of): Promise<Now> => get<Now>('figures/now', { department }, 'hark/v1');
export const readWaits = (department: Of): Promise<Waits> => get<Waits>('figures/waits', { department }, 'hark/v1');
export const readRatings = (days: Days): Promise<Ratings> => get<Ratings>('figures/ratings', { ...days }, 'hark/v1');

export const readSpreads = (days: Days): Promise<Spreads> => get<Spreads>('figures/spreads', { ...days }, 'hark/v1');

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
  get<Week>('figures/week', { from, to, department }, 'hark/v1');

export const readTags = ({ from, to }: Summed): Promise<Tags> =>
  get<Tags>('livechat/analytics/dashboards/conversations-by-tags', {
    start: from,
    end: new Date(new Date(to).getTime() - 1).toISOString(),
  });

const DAY_MS = 86_400_000;

/** Another day of the calendar; in the middle of a day no clock is changed. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days there are from one to another, both inside. */
export const daysBetween = (first: string, last: string): number =>
  Math.round((Date.parse(`${last}T12:00:00Z`) - Date.parse(`${first}T12:00:00Z`)) / DAY_MS) + 1;
