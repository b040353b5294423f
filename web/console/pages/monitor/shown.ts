// What is read, as the charts of the monitor take it.
import type { AgentNow, Now, SumsOf } from '../../live/figures.ts';
import type { Lane } from '../../parts/charts/Lanes.tsx';
import type { Point } from '../../parts/charts/LineWithBand.tsx';
import type { Bar } from '../../parts/charts/StackedBars.tsx';
import { type Department, millis } from '../../api/documents.ts';
import { number, t } from '../../texts.ts';
import type { Day, Present } from './reading.ts';

/** Of those who wait in one department. */
const MOST_WAITING = 6;
const EACH_HOURS = 3;

/** Those who are there and take chats. */
export const isOnline = ({ available, status }: AgentNow): boolean => available && status !== 'offline';

interface Slots {
  readonly free: number;
  readonly all: number;
}

/** Of those who are there and may not have as many chats as they like. */
export function slotsOf({ agents }: Now): Slots | undefined {
  const limited = agents.filter((agent) => isOnline(agent) && agent.most !== null);
  if (limited.length === 0) {
    return undefined;
  }
  const all = limited.reduce((sum, { most }) => sum + (most ?? 0), 0);
  return { all, free: limited.reduce((sum, { most, chats }) => sum + Math.max(0, (most ?? 0) - chats), 0) };
}

const PRESENCE: readonly ((agent: AgentNow) => boolean)[] = [
  isOnline,
  ({ status }) => status !== 'offline',
  () => true,
];

const rank = (agent: AgentNow): number => PRESENCE.findIndex((is) => is(agent));

/** Those who are there first; they stay where they are, whatever happens to their chats. */
export function inOrder(agents: readonly AgentNow[]): readonly AgentNow[] {
  return agents.toSorted((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}

/** Who has waited longest first. */
export function lanesOf({ now, waits }: Present, departments: readonly Department[]): readonly Lane[] {
  const at = millis(now.at);
  const lanes = [...departments.map(({ _id, name, enabled }) => [_id, name, enabled] as const), [null, t('noDepartment'), false] as const].map(([id, name, takesChats]) => {
    const queue = now.queue.filter(({ department }) => department === id);
    const past = waits.each.filter(({ department }) => department === id);
    const agents = id === null ? [] : now.agents.filter(({ departments: own }) => own.includes(id));
    const there = agents.filter(isOnline).length;
    return {
      name,
      note: id === null ? '' : t('ofOnline', { there: number(there), all: number(agents.length) }),
      waiting: queue.slice(0, MOST_WAITING).map((one) => {
        const since = millis(one.since);
        return {
          name: one.name,
          waitedMs: Math.max(0, at - since),
          promisedMs: one.due === null ? undefined : Math.max(0, millis(one.due) - since),
        };
      }),
      more: Math.max(0, queue.length - MOST_WAITING),
      answered: past.filter(({ left }) => !left).map(({ waitedMs }) => waitedMs),
      left: past.filter(({ left }) => left).map(({ waitedMs }) => waitedMs),
      isWithout: !takesChats && queue.length + past.length === 0,
    };
  });
  return lanes
    .filter(({ isWithout }) => !isWithout)
    .toSorted((one, other) => (other.waiting[0]?.waitedMs ?? 0) - (one.waiting[0]?.waitedMs ?? 0));
}

const hourOf = ({ key }: SumsOf): number => Number(key?.slice(11, 13));
const mark = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** The hour that goes on, by the server's clock: the last one in which something can have happened. */
function hourNow({ hours }: Day, now: number): number {
  const passed = now - millis(hours.from);
  return Math.min(23, Math.floor(passed / 3_600_000));
}

/** The hours of today up to now, from the first on in which a chat began. */
function today(day: Day, now: number): readonly SumsOf[] {
  const passed = day.hours.items.slice(0, hourNow(day, now) + 1);
  const first = passed.findIndex(({ sums }) => sums.chats > 0);
  return passed.slice(Math.max(0, first === -1 ? passed.length - 1 : first));
}

export function barsOf(day: Day, now: number): readonly Bar[] {
  const hours = today(day, now);
  return hours.map((one, at) => {
    const hour = hourOf(one);
    return {
      name: mark(hour),
      ...(hour % EACH_HOURS === 0 || hours.length < 9 ? { mark: mark(hour) } : {}),
      parts: [one.sums.answered, one.sums.chats - one.sums.answered],
      isNow: at === hours.length - 1,
    };
  });
}

export function pointsOf(day: Day, now: number): readonly Point[] {
  const hours = today(day, now);
  return hours.map((one) => {
    const hour = hourOf(one);
    const before = day.usual.flatMap(({ items }) => items.find((other) => hourOf(other) === hour)?.sums.averageFirstResponseMs ?? []);
    return {
      name: mark(hour),
      ...(hour % EACH_HOURS === 0 || hours.length < 9 ? { mark: mark(hour) } : {}),
      value: one.sums.averageFirstResponseMs ?? undefined,
      usual: before.length === 0 ? undefined : ([Math.min(...before), Math.max(...before)] as const),
    };
  });
}
