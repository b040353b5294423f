// Opening hours: shifts on the clocks of one place.
import { Refused } from '../../shared/answers.ts';
import { call, get } from '../api/http.ts';
import { may } from './people.ts';

export interface Shift {
  /** In English, as the API has it; a day may have several. */
  readonly day: string;
  readonly open: boolean;
  readonly code?: number;
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
  const { businessHours } = await get<{ readonly businessHours: readonly Hours[] }>('livechat/business-hours', { count: 0 });
  return businessHours;
}

/** The day, from 0 for Monday, and the minute of it, on the clocks of a place. */
export function clockIn(zone: string, at: number): readonly [day: number, minute: number] {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return [DAYS.findIndex((day) => day === part('weekday')), Number(part('hour')) * 60 + Number(part('minute'))];
}

export function isOpen({ active, timezone, workHours }: Hours, now: number): boolean {
  const [day, minute] = clockIn(timezone.name, now);
  return active && workHours.some((shift) => shift.open && shift.day === DAYS[day] && minutesOf(shift.start.time) <= minute && minute < minutesOf(shift.finish.time));
}

type Saved = Omit<Hours, '_id' | 'departments'> & { readonly _id: string | undefined; readonly departments: readonly string[] };

export async function saveHours({ _id, type, name, active, timezone, workHours, departments }: Saved): Promise<void> {
  await call('livechat:saveBusinessHour', [
    {
      ...(_id === undefined ? {} : { _id }),
      type,
      name,
      active,
      timezoneName: timezone.name,
      ...(type === 'custom' ? { departmentsToApplyBusinessHour: departments.join(',') } : {}),
      workHours: workHours.map(({ day, open, code, start, finish }) => ({ day, open, code, start: start.time, finish: finish.time })),
    },
  ]);
}

export const removeHours = async (id: string): Promise<void> => void (await call('livechat:removeBusinessHour', [id]));

// === as they are edited ===

/** Minutes since midnight. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What can be said of hours; a day without spans is closed. */
export interface HoursDraft {
  readonly name: string;
  readonly active: boolean;
  readonly timezone: string;
  /** From Monday on. */
  readonly days: readonly (readonly Span[])[];
  /** The ids of those that have them. */
  readonly departments: readonly string[];
}

export const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

export const BEGIN: Span = { from: 9 * 60, to: 17 * 60 };

export function draftOf({ name, active, timezone, workHours, departments = [] }: Hours): HoursDraft {
  const days = DAYS.map((day) =>
    workHours
      .filter((shift) => shift.open && shift.day === day)
      .map(({ start, finish }) => ({ from: minutesOf(start.time), to: minutesOf(finish.time) }))
      .toSorted((one, other) => one.from - other.from),
  );
  return { name, active, timezone: timezone.name, days, departments: departments.map(({ _id }) => _id).toSorted() };
}

function shiftsOf(days: HoursDraft['days']): readonly Shift[] {
  return days.flatMap((spans, index) => {
    const of = (span: Span, open: boolean): Shift => ({ day: DAYS[index] ?? 'Monday', open, code: index + 1, start: { time: clock(span.from) }, finish: { time: clock(span.to) } });
    return spans.length === 0 ? [of(BEGIN, false)] : spans.map((span) => of(span, true));
  });
}

export async function readHoursDraft(id: string): Promise<HoursDraft> {
  const found = (await readHours()).find(({ _id }) => _id === id);
  if (found === undefined) {
    throw new Refused(404, {});
  }
  return draftOf(found);
}

export async function saveHoursDraft(hours: Hours | undefined, { name, active, timezone, days, departments }: HoursDraft): Promise<void> {
  await saveHours({ _id: hours?._id, type: hours?.type ?? 'custom', name, active, timezone: { name: timezone }, workHours: shiftsOf(days), departments });
}

// === what is known beside them ===

export interface Surroundings {
  readonly hours: readonly Hours[];
  readonly departments: readonly { readonly _id: string; readonly name: string; readonly businessHourId?: string }[];
  /** Chats that began in each hour of the week, from Monday on, in `zone`. */
  readonly demand: readonly number[];
  readonly zone: string;
}

/** So far back it is looked when chats come. */
const DAYS_BACK = 90;
const DAY_MS = 86_400_000;

interface Figures {
  readonly zone: string;
  readonly items: readonly { readonly weekday: number; readonly hour: number; readonly chats: number }[];
}

async function readDemand(): Promise<Figures> {
  const now = Date.now();
  const range = { from: new Date(now - DAYS_BACK * DAY_MS).toISOString(), to: new Date(now).toISOString() };
  return may('view-livechat-manager') ? await get<Figures>('figures/week', range, 'hark/v1') : { zone: 'Etc/UTC', items: [] };
}

export async function readSurroundings(): Promise<Surroundings> {
  const [hours, { departments }, { zone, items }] = await Promise.all([
    readHours(),
    get<{ readonly departments: Surroundings['departments'] }>('livechat/department', { count: 0 }),
    readDemand(),
  ]);
  const demand = Array.from({ length: 7 * 24 }, () => 0);
  for (const { weekday, hour, chats } of items) {
    demand[(weekday - 1) * 24 + hour] = chats;
  }
  return { hours, departments, demand, zone };
}

/** When it opens or closes next by its clocks: the days from now, and the minute; nothing if it stays as it is. */
export function nextChange(days: HoursDraft['days'], [today, minute]: readonly [day: number, minute: number]): readonly [inDays: number, minute: number] | undefined {
  const isOpenNow = (days[today] ?? []).some(({ from, to }) => from <= minute && minute < to);
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    const spans = days[(today + ahead) % 7] ?? [];
    const before = days[(today + ahead + 6) % 7] ?? [];
    const isJoined = (at: number): boolean => at === 0 && before.some(({ to }) => to === MINUTES_OF_A_DAY);
    const moments = spans.map(({ from, to }) => (isOpenNow ? to : from)).filter((at) => (ahead > 0 || at > minute) && !(isOpenNow ? at === MINUTES_OF_A_DAY && (days[(today + ahead + 1) % 7] ?? []).some(({ from }) => from === 0) : isJoined(at)));
    const first = moments.toSorted((one, other) => one - other)[0];
    if (first !== undefined) {
      return [ahead, first];
    }
  }
  return undefined;
}

/** When the clocks of a place are changed next, within a year: the day, and by how many minutes. */
export function clockChange(zone: string, now: number): readonly [at: number, minutes: number] | undefined {
  const ahead = (at: number): number => {
    const parts = Object.fromEntries(
      new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
        .formatToParts(at)
        .map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return Math.round((Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000) / 60_000);
  };
  const present = ahead(now);
  for (let day = 1; day <= 366; day += 1) {
    const then = ahead(now + day * DAY_MS);
    if (then !== present) {
      return [now + day * DAY_MS, then - present];
    }
  }
  return undefined;
}
