// Which report is looked at, of which days, and what it is compared with: all of it stands in the address.
import { dayAfter, daysBetween, reportZone, todayIn } from '../../live/figures.ts';
import { KINDS } from '../../live/reports.ts';
import { type Kind, type Report, savedReports } from '../../live/saved-reports.ts';
import { go, place } from '../../place.ts';

export interface Wish {
  readonly kind: Kind;
  readonly from: string;
  readonly until: string;
  /** More days were asked for than a report has. */
  readonly isCut?: boolean;
  readonly against: 'before' | 'year' | 'nothing';
  readonly department: string | undefined;
  /** Where days are counted. */
  readonly today: string;
  /** One's own name for it, if it is a saved one. */
  readonly saved: string | undefined;
}

const USUAL_DAYS = 28;
/** The server's own bound. */
export const MOST_DAYS = 369;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function isDay(value: string): boolean {
  const at = Date.parse(`${value}T12:00:00Z`);
  // The 31st of February is read as a day of March.
  return DAY.test(value) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(value);
}

/** Whose chats it is of: a department's, or all. What is sent to endpoints is of no department, whichever stands in the address. */
export const departmentOf = ({ kind, department }: Pick<Wish, 'kind' | 'department'>): string | undefined => (kind === 'webhooks' ? undefined : department);

const given = (value: string | null): string | undefined => (value !== null && isDay(value) ? value : undefined);

function ofReport({ kind, days = USUAL_DAYS, from, until, against, department }: Report, saved: string, today: string): Wish {
  const last = until ?? today;
  return { kind, from: from ?? dayAfter(last, 1 - days), until: last, against: against ?? 'nothing', department, today, saved };
}

/** Nothing: there is no such report, or it is not known yet what it is or which day it is there. */
export function wishNow(): Wish | undefined {
  if (reportZone.value === undefined) {
    return undefined;
  }
  const today = todayIn(reportZone.value);
  const { path, query } = place.value;
  const saved = /^\/reports\/saved\/([^/]+)$/.exec(path)?.[1];
  if (saved !== undefined) {
    const found = savedReports.value?.find(({ id }) => id === saved);
    return found && ofReport(found.report, found.id, today);
  }
  const kind = KINDS.find((one) => path === `/reports/${one}`) ?? (path === '/reports' ? 'overview' : undefined);
  if (kind === undefined) {
    return undefined;
  }
  const until = given(query.get('until')) ?? today;
  const from = given(query.get('from')) ?? dayAfter(until, 1 - USUAL_DAYS);
  const first = dayAfter(until, 1 - MOST_DAYS);
  const isCut = from < first;
  const against = query.get('against');
  return {
    kind,
    from: from > until ? until : isCut ? first : from,
    until,
    isCut,
    against: against === 'year' || against === 'nothing' ? against : 'before',
    department: query.get('department') ?? undefined,
    today,
    saved: undefined,
  };
}

/** The address of a report like this one but for something. */
export function addressOf(wish: Wish, changed: Partial<Wish> = {}): string {
  const { kind, from, until, against, department } = { ...wish, ...changed };
  const query = new URLSearchParams({ from, until });
  if (against !== 'before') {
    query.set('against', against);
  }
  if (department !== undefined) {
    query.set('department', department);
  }
  return `/reports/${kind}?${query.toString()}`;
}

/** What is asked of a saved report is another page, from which one comes back to it. */
export const ask = (wish: Wish, changed: Partial<Wish>): void => go(addressOf(wish, changed), wish.saved === undefined ? 'replace' : 'push');

const YEAR_DAYS = 364;

/** The days that it is compared with: as many before, or the same weekdays of the year before. */
export function daysBefore({ from, until, against }: Wish): { readonly firstDay: string; readonly lastDay: string } | undefined {
  if (against === 'nothing') {
    return undefined;
  }
  const back = against === 'year' ? YEAR_DAYS : daysBetween(from, until);
  return { firstDay: dayAfter(from, -back), lastDay: dayAfter(until, -back) };
}

/** What is kept of it: the last so many days where it goes up to today. */
export function reportOf(wish: Wish): Report {
  const { kind, from, until, against, today } = wish;
  const department = departmentOf(wish);
  const days = until === today ? { days: daysBetween(from, until) } : { from, until };
  return {
    kind,
    ...days,
    ...(against === 'nothing' ? {} : { against }),
    ...(department === undefined ? {} : { department }),
  };
}
