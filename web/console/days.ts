// Days and times of reports, and what changed between them, in words. Only pages with figures need them.
import { duration, locale, weekday } from './texts.ts';

/** A day of a report, `2026-11-24`, as it is called: `24 Nov`. It is the same day wherever one sits. */
export function dayOf(date: string): string {
  return new Intl.DateTimeFormat(locale.value, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(date));
}

/** `26 Oct – 22 Nov 2026`. */
export function dayRange(first: string, last: string): string {
  const options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(locale.value, options).formatRange(Date.parse(first), Date.parse(last));
}

/** That of a day, `2026-11-24`. */
export const weekdayOf = (date: string): string => weekday((new Date(`${date}T12:00Z`).getUTCDay() + 6) % 7, 'long');

/** With its sign, also above zero. */
export const signed = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat(locale.value, { signDisplay: 'exceptZero', ...options }).format(value);

/** Of what did not happen there is none. */
export const lasted = (ms: number | null): string => (ms === null ? '–' : duration(ms));
