// Opening hours: shifts on the clocks of one place.
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

export type HoursDraft = Omit<Hours, '_id' | 'departments'> & { readonly _id: string | undefined; readonly departments: readonly string[] };

export async function saveHours({ _id, type, name, active, timezone, workHours, departments }: HoursDraft): Promise<void> {
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
