// When chats come, beside the hours in which somebody is there.
import type { HoursDraft } from '../../live/hours.ts';

const HOURS = 24;
const STEPS = 5;
const HOUR = 60;

/** From 0 for none to 5 for the busiest hour of the week. */
export function heatOf(demand: readonly number[]): readonly number[] {
  const most = Math.max(0, ...demand);
  return demand.map((chats) => (chats === 0 ? 0 : Math.max(1, Math.ceil((chats / most) * STEPS))));
}

interface Outside {
  readonly total: number;
  /** Of all chats, those that come while it is closed. */
  readonly share: number;
  /** The first of the three hours in which most of them come. */
  readonly from: number | undefined;
}

export function outside(days: HoursDraft['days'], demand: readonly number[]): Outside {
  const minutesOpen = (day: number, hour: number): number =>
    (days[day] ?? []).reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, (hour + 1) * HOUR) - Math.max(from, hour * HOUR)), 0);
  // Chats of an hour are taken to be spread over it.
  const byHour = Array.from({ length: HOURS }, (_, hour) =>
    days.reduce((sum, _spans, day) => sum + (1 - minutesOpen(day, hour) / HOUR) * (demand[day * HOURS + hour] ?? 0), 0),
  );
  const total = demand.reduce((sum, chats) => sum + chats, 0);
  const closed = byHour.reduce((sum, chats) => sum + chats, 0);
  const windows = byHour.slice(0, HOURS - 2).map((chats, hour) => chats + (byHour[hour + 1] ?? 0) + (byHour[hour + 2] ?? 0));
  const best = Math.max(0, ...windows);
  return { total, share: total === 0 ? 0 : closed / total, from: best === 0 ? undefined : windows.indexOf(best) };
}
