// The columns of the tables of reports, which are those of their files, too.
import { lasted } from '../../days.ts';
import { type Known } from '../../live/endpoints.ts';
import type { Sums, SumsOf, Tagged } from '../../live/figures.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { milliseconds, number, percent, t } from '../../texts.ts';
import type { Column } from './Table.tsx';

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const shownShare = (value: number | null): string => (value === null ? '–' : percent(value));

function ofSums(head: string, of: (sums: Sums) => number | null, shown: (value: number | null) => string, isWide = false): Column<SumsOf> {
  return { head, of: ({ sums }) => of(sums), shown: ({ sums }) => shown(of(sums)), isWide };
}

const FIGURES = (): readonly Column<SumsOf>[] => [
  ofSums(t('firstAnswer'), (sums) => sums.averageFirstResponseMs, lasted),
  ofSums(t('eachAnswer'), (sums) => sums.averageResponseMs, lasted, true),
  ofSums(t('chatAverage'), (sums) => sums.averageDurationMs, lasted, true),
  ofSums(t('notAnsweredShare'), (sums) => share(sums.chats - sums.answered, sums.chats), shownShare, true),
  ofSums(t('forwardedShare'), (sums) => share(sums.transferred, sums.chats), shownShare, true),
  ofSums(t('saidInAll'), (sums) => sums.messages, (value) => number(value ?? 0), true),
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
      ...ofSums(t('chats'), ({ chats }) => chats, (value) => number(value ?? 0)),
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

export const dayColumns = (shownDay: (day: string) => string): readonly Column<SumsOf>[] => [
  { head: t('dayOfReport'), of: ({ key }) => key, shown: ({ key }) => shownDay(key ?? '') },
  ofSums(t('chats'), ({ chats }) => chats, (value) => number(value ?? 0)),
  ofSums(t('answeredOnes'), ({ answered }) => answered, (value) => number(value ?? 0)),
  ofSums(t('abandonedOnes'), ({ abandoned }) => abandoned, (value) => number(value ?? 0), true),
  ...FIGURES(),
];

export const tagColumns = (total: number): readonly Column<Tagged>[] => [
  { head: t('tag'), of: ({ tag }) => tag, shown: ({ tag }) => tag },
  { head: t('chats'), of: ({ chats }) => chats, shown: ({ chats }) => number(chats) },
  { head: t('shareOfChats'), of: ({ chats }) => share(chats, total), shown: ({ chats }) => shownShare(share(chats, total)) },
];

export const endpointColumns = (): readonly Column<Known>[] => [
  { head: t('endpoint'), of: ({ endpoint }) => endpoint.name, shown: ({ endpoint }) => endpoint.name },
  { head: t('delivered'), of: ({ stats }) => stats.delivered, shown: ({ stats }) => number(stats.delivered) },
  { head: t('share'), of: ({ stats }) => stats.successShare, shown: ({ stats }) => shownShare(stats.successShare) },
  {
    head: t('answerP95'),
    of: ({ stats }) => stats.latencyMs.p95,
    shown: ({ stats }) => (stats.latencyMs.p95 === null ? '–' : milliseconds(stats.latencyMs.p95)),
    isWide: true,
  },
  { head: t('deliveryWaits'), of: ({ stats }) => stats.backlog, shown: ({ stats }) => number(stats.backlog) },
  { head: t('givenUpOnes'), of: ({ stats }) => stats.givenUp, shown: ({ stats }) => number(stats.givenUp) },
];
