// Opening hours: shifts on the clocks of one place.
import { millis } from '../api/documents.ts';
import type { OpeningHours, OpeningHoursInFull, Week } from '../api/generated/hark.ts';
import { Refused } from '../../shared/answers.ts';
import { call, get, patch } from '../api/http.ts';
import { may } from './people.ts';

interface Shift {
  /** In English, as the API has it; a day may have several. */
  readonly day: string;
  readonly open: boolean;
  readonly start: { readonly time: string };
  readonly finish: { readonly time: string };
}

export interface Hours {
  readonly _id: string;
  /** The default ones have none. */
  readonly name: string;
  readonly active: boolean;
  readonly type: 'default' | 'custom';
  readonly timezone: { readonly name: string };
  readonly workHours: readonly Shift[];
  readonly departments?: readonly { readonly _id: string; readonly name: string }[];
  /** By its clocks, and when that changes, as the server decides it. */
  readonly isOpen: boolean;
  readonly changesAt: string | null;
}

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export const MINUTES_OF_A_DAY = 24 * 60;

/** Minutes since midnight; the last one that a clock shows stands for the end of the day. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const total = hours * 60 + minutes;
  return total === MINUTES_OF_A_DAY - 1 ? MINUTES_OF_A_DAY : total;
}

/** None for those who may not know them. */
export async function readHours(): Promise<readonly Hours[]> {
  if (!may('view-livechat-business-hours')) {
    return [];
  }
  const [{ businessHours }, { items }] = await Promise.all([
    get<{ readonly businessHours: readonly Omit<Hours, 'isOpen' | 'changesAt'>[] }>('livechat/business-hours', { count: 0 }),
    get<{ readonly items: readonly OpeningHours[] }>('business-hours', {}, 'hark/v1'),
  ]);
  return businessHours.map((hours) => {
    const known = items.find(({ id }) => id === hours._id);
    return { ...hours, isOpen: known?.isOpen ?? false, changesAt: known?.changesAt ?? null };
  });
}

/** The day, from 0 for Monday, the minute of it, and its date, as `2026-12-24`. */
export type OnClocks = readonly [day: number, minute: number, date: string];

export function clockIn(zone: string, at: number): OnClocks {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const day = DAYS.findIndex((name) => name === part('weekday'));
  return [day, Number(part('hour')) * 60 + Number(part('minute')), `${part('year')}-${part('month')}-${part('day')}`];
}

/** What was read a while ago has changed at its moment. */
export function isOpen(hours: Hours, now: number): boolean {
  const { changesAt } = hours;
  return changesAt !== null && now >= millis(changesAt) ? !hours.isOpen : hours.isOpen;
}

export const removeHours = async (id: string): Promise<void> => void (await call('livechat:removeBusinessHour', [id]));

// === as they are edited ===

/** Minutes since midnight. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Days on which other hours hold than those of the week. */
export interface OtherDay {
  /** As `2026-12-24`. */
  readonly from: string;
  /** The last of them. */
  readonly until: string;
  readonly name: string;
  /** None: it is closed. */
  readonly spans: readonly Span[];
}

/** What can be said of hours; a day without spans is closed. */
export interface HoursDraft {
  readonly name: string;
  readonly active: boolean;
  readonly timezone: string;
  /** From Monday on. */
  readonly days: readonly (readonly Span[])[];
  readonly otherDays: readonly OtherDay[];
  /** The ids of those that have them. */
  readonly departments: readonly string[];
}

/** As the server writes it; `timeOfDay` is for people. */
export const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

export const BEGIN: Span = { from: 9 * 60, to: 17 * 60 };

/** An hour that is free: behind those that there are if there is one, or else the first of the day; on a day that is closed, those of a desk. */
export function freeSpan(spans: readonly Span[]): Span | undefined {
  if (spans.length === 0) {
    return BEGIN;
  }
  const last = Math.max(...spans.map(({ to }) => to));
  const hours = [last + 60, last, ...Array.from({ length: 24 }, (_, hour) => hour * 60)].map((from) => ({ from, to: from + 60 }));
  return hours.find(({ from, to }) => to <= MINUTES_OF_A_DAY && spans.every((span) => span.to <= from || to <= span.from));
}

export function draftOf({ name, active, timezone, workHours, departments = [] }: Hours, otherDays: readonly OtherDay[]): HoursDraft {
  const days = DAYS.map((day) =>
    workHours
      .filter((shift) => shift.open && shift.day === day)
      .map(({ start, finish }) => ({ from: minutesOf(start.time), to: minutesOf(finish.time) }))
      .toSorted((one, other) => one.from - other.from),
  );
  return { name, active, timezone: timezone.name, days, otherDays, departments: departments.map(({ _id }) => _id).toSorted() };
}

function shiftsOf(days: HoursDraft['days']): readonly object[] {
  return days.flatMap((spans, index) => {
    const of = (span: Span, open: boolean) => ({ day: DAYS[index], open, code: index + 1, start: clock(span.from), finish: clock(span.to) });
    return spans.length === 0 ? [of(BEGIN, false)] : spans.map((span) => of(span, true));
  });
}

const otherDaysAt = (id: string): string => `business-hours/${encodeURIComponent(id)}`;

/** The first one first. */
export async function readOtherDays(id: string): Promise<readonly OtherDay[]> {
  const { otherDays } = await get<OpeningHoursInFull>(otherDaysAt(id), {}, 'hark/v1');
  return otherDays.map(({ hours, ...day }) => ({ ...day, spans: hours.map(({ start, finish }) => ({ from: minutesOf(start), to: minutesOf(finish) })) }));
}

async function saveOtherDays(id: string, days: readonly OtherDay[]): Promise<void> {
  const otherDays: OpeningHoursInFull['otherDays'] = days.map(({ spans, ...day }) => ({ ...day, hours: spans.map(({ from, to }) => ({ start: clock(from), finish: clock(to) })) }));
  await patch(otherDaysAt(id), { otherDays }, 'hark/v1');
}

export async function readHoursDraft(id: string): Promise<HoursDraft> {
  const found = (await readHours()).find(({ _id }) => _id === id);
  if (found === undefined) {
    throw new Refused(404, {});
  }
  return draftOf(found, await readOtherDays(id));
}

type Known = Pick<Hours, '_id' | 'type'>;

/** All of them but other days; new ones where none are known. */
export async function saveWeek(known: Known | undefined, { name, active, timezone, days, departments }: HoursDraft): Promise<void> {
  const { _id, type = 'custom' } = known ?? {};
  await call('livechat:saveBusinessHour', [
    {
      ...(_id === undefined ? {} : { _id }),
      type,
      name,
      active,
      timezoneName: timezone,
      ...(type === 'custom' ? { departmentsToApplyBusinessHour: departments.join(',') } : {}),
      workHours: shiftsOf(days),
    },
  ]);
}

export async function saveHoursDraft(known: Known, all: HoursDraft, { otherDays, ...week }: Partial<HoursDraft>): Promise<void> {
  if (Object.keys(week).length > 0) {
    await saveWeek(known, all);
  }
  if (otherDays !== undefined) {
    await saveOtherDays(known._id, otherDays);
  }
}

/** Their week; answers their id, under which other days are saved. The call itself does not say it. */
export async function makeHours(all: HoursDraft): Promise<string> {
  const before = new Set((await readHours()).map(({ _id }) => _id));
  await saveWeek(undefined, all);
  const made = (await readHours()).filter(({ _id }) => !before.has(_id));
  return (made.find(({ name }) => name === all.name) ?? made[0])?._id ?? '';
}

// === what is known beside them ===

export interface Surroundings {
  readonly hours: readonly Hours[];
  readonly departments: readonly { readonly _id: string; readonly name: string; readonly businessHourId?: string }[];
}

/** So far back it is looked when chats come. */
const DAYS_BACK = 90;
const DAY_MS = 86_400_000;

/** How many chats of these departments, or of all, began in each hour of the week, from Monday on, on the clocks of a place. Nothing is
    known of it to who does not manage, and of no department there is nothing. */
export async function readDemand(departments: readonly string[] | undefined, zone: string): Promise<readonly number[]> {
  const all = Array.from({ length: 7 * 24 }, () => 0);
  if (!may('view-livechat-manager') || departments?.length === 0) {
    return all;
  }
  const now = Date.now();
  const range = { from: new Date(now - DAYS_BACK * DAY_MS).toISOString(), to: new Date(now).toISOString() };
  const { items } = await get<Week>('figures/week', { ...range, departments: departments?.join(','), zone }, 'hark/v1');
  for (const { weekday, hour, chats } of items) {
    all[(weekday - 1) * 24 + hour] = chats;
  }
  return all;
}

export async function readSurroundings(): Promise<Surroundings> {
  const [hours, { departments }] = await Promise.all([
    readHours(),
    get<{ readonly departments: Surroundings['departments'] }>('livechat/department', { count: 0 }),
  ]);
  return { hours, departments };
}

type Opening = Pick<HoursDraft, 'days' | 'otherDays'>;

/** The date that is so many days later. */
export const dateAfter = (date: string, days: number): string => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 'yyyy-mm-dd'.length);

/** When it is open on the day that is so many days from now. */
export function spansAhead({ days, otherDays }: Opening, [today, , date]: OnClocks, ahead: number): readonly Span[] {
  const day = dateAfter(date, ahead);
  const other = otherDays.find(({ from, until }) => from <= day && day <= until);
  return other?.spans ?? days[(today + ahead + 7) % 7] ?? [];
}

/** So many days from now another time of the day. */
export const onClocksAfter = ([today, , date]: OnClocks, ahead: number, minute: number): OnClocks => [(today + ahead) % 7, minute, dateAfter(date, ahead)];

export const isOpenAt = (opening: Opening, now: OnClocks): boolean => spansAhead(opening, now, 0).some(({ from, to }) => from <= now[1] && now[1] < to);

/** So far it is looked: a week has shown all that there is, if no other day is ahead. */
const daysAhead = ({ otherDays }: Opening, date: string): number => (otherDays.some(({ until }) => until >= date) ? 366 : 7);

/** When a draft opens or closes next by its clocks: the days from now, and the minute; nothing if it stays as it is. */
export function nextChange(opening: Opening, now: OnClocks): readonly [inDays: number, minute: number] | undefined {
  const isOpenNow = isOpenAt(opening, now);
  const most = daysAhead(opening, now[2]);
  for (let ahead = 0; ahead <= most; ahead += 1) {
    const on = (day: number): readonly Span[] => spansAhead(opening, now, day);
    const goesOn = (at: number): boolean =>
      isOpenNow ? at === MINUTES_OF_A_DAY && on(ahead + 1).some(({ from }) => from === 0) : at === 0 && on(ahead - 1).some(({ to }) => to === MINUTES_OF_A_DAY);
    const moments = on(ahead).map(({ from, to }) => (isOpenNow ? to : from));
    const first = moments.filter((at) => (ahead > 0 || at > now[1]) && !goesOn(at)).toSorted((one, other) => one - other)[0];
    if (first !== undefined) {
      return [ahead, first];
    }
  }
  return undefined;
}

/** How many minutes the clocks of a place are ahead of UTC. */
function minutesAhead(zone: string, at: number): number {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Math.round((Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000) / 60_000);
}

/** When the clocks of a place are changed next, within a year: the day, and by how many minutes. */
export function clockChange(zone: string, now: number): readonly [at: number, minutes: number] | undefined {
  const present = minutesAhead(zone, now);
  for (let day = 1; day <= 366; day += 1) {
    const then = minutesAhead(zone, now + day * DAY_MS);
    if (then !== present) {
      return [now + day * DAY_MS, then - present];
    }
  }
  return undefined;
}
