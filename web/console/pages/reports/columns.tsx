// The columns of the tables of reports, which are those of their files, too.
import { dayOf, lasted } from '../../days.ts';
import { type Known } from '../../live/endpoints.ts';
import type { Sums, SumsOf, Tagged } from '../../live/figures.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { milliseconds, number, percent, t } from '../../texts.ts';
import type { Column } from './Table.tsx';

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const shownShare = (value: number | null): string => (value === null ? '–' : percent(value));

const counted = (value: number | null): string => number(value ?? 0);

function ofSums(head: string, of: (sums: Sums) => number | null, more: Partial<Column<SumsOf>> = {}, shown = counted): Column<SumsOf> {
  return { head, of: ({ sums }) => of(sums), shown: ({ sums }) => shown(of(sums)), ...more };
}

const time = (head: string, of: (sums: Sums) => number | null, isWide: boolean): Column<SumsOf> => ofSums(head, of, { unit: 's', isWide }, lasted);
const part = (head: string, of: (sums: Sums) => number): Column<SumsOf> =>
  ofSums(head, (sums) => share(of(sums), sums.chats), { unit: '%', isWide: true }, shownShare);

const FIGURES = (): readonly Column<SumsOf>[] => [
  time(t('firstAnswer'), (sums) => sums.averageFirstResponseMs, false),
  time(t('eachAnswer'), (sums) => sums.averageResponseMs, true),
  time(t('chatAverage'), (sums) => sums.averageDurationMs, true),
  part(t('notAnsweredShare'), (sums) => sums.chats - sums.answered),
  part(t('forwardedShare'), (sums) => sums.transferred),
  ofSums(t('saidInAll'), (sums) => sums.messages, { isWide: true }),
];

/** Agents or departments, with a bar for their chats. */
export function namedColumns(head: string, none: string, rows: readonly SumsOf[], isOfPeople = false): readonly Column<SumsOf>[] {
  const most = Math.max(...rows.map(({ sums }) => sums.chats), 1);
  const name = (row: SumsOf): string => row.name ?? row.key ?? none;
  return [
    {
      head,
      of: name,
      shown: name,
      cell: (row) => (
        <span class="line">
          {isOfPeople ? <Avatar name={name(row)} size={22} /> : null}
          <bdi class="cut-text">{name(row)}</bdi>
        </span>
      ),
    },
    {
      ...ofSums(t('chats'), ({ chats }) => chats),
      cell: ({ sums }) => (
        <span class="reports-bar">
          <i style={{ inlineSize: `${(100 * sums.chats) / most}%` }} />
          <span>{number(sums.chats)}</span>
        </span>
      ),
    },
    ...FIGURES(),
  ];
}

export const dayColumns = (): readonly Column<SumsOf>[] => [
  { head: t('dayOfReport'), of: ({ key }) => key, shown: ({ key }) => dayOf(key ?? '') },
  ofSums(t('chats'), ({ chats }) => chats),
  ofSums(t('answeredOnes'), ({ answered }) => answered),
  ofSums(t('abandonedOnes'), ({ abandoned }) => abandoned, { isWide: true }),
  ...FIGURES(),
];

export const tagColumns = (total: number): readonly Column<Tagged>[] => [
  { head: t('tag'), of: ({ tag }) => tag, shown: ({ tag }) => tag },
  { head: t('chats'), of: ({ chats }) => chats, shown: ({ chats }) => number(chats) },
  { head: t('shareOfChats'), of: ({ chats }) => share(chats, total), shown: ({ chats }) => shownShare(share(chats, total)), unit: '%' },
];

export const endpointColumns = (): readonly Column<Known>[] => [
  { head: t('endpoint'), of: ({ endpoint }) => endpoint.name, shown: ({ endpoint }) => endpoint.name },
  { head: t('delivered'), of: ({ stats }) => stats.delivered, shown: ({ stats }) => number(stats.delivered) },
  { head: t('share'), of: ({ stats }) => stats.successShare, shown: ({ stats }) => shownShare(stats.successShare), unit: '%' },
  {
    head: t('answerP95'),
    of: ({ stats }) => stats.latencyMs.p95,
    shown: ({ stats }) => (stats.latencyMs.p95 === null ? '–' : milliseconds(stats.latencyMs.p95)),
    unit: 'ms',
    isWide: true,
  },
  { head: t('deliveryWaits'), of: ({ stats }) => stats.backlog, shown: ({ stats }) => number(stats.backlog) },
  { head: t('givenUpOnes'), of: ({ stats }) => stats.givenUp, shown: ({ stats }) => number(stats.givenUp) },
];
