import { dayOf } from '../../days.ts';
import type { Signal } from '@preact/signals';
import { type ComponentChildren, h } from 'preact';

import type { Spreads, SumsOf } from '../../live/figures.ts';
import type { Kind } from '../../live/saved-reports.ts';
import { ShareBars } from '../../parts/charts/ShareBars.tsx';
import type { Cell } from '../../parts/csv.ts';
import { number, t } from '../../texts.ts';
import { betweenName } from './between.ts';
import { ChatsByDay, FirstAnswerByDay, FirstAnswers, HOURS, RatingBars, weekRows, WhenTheyCome } from './Charts.tsx';
import { dayColumns, endpointColumns, namedColumns, tagColumns } from './columns.tsx';
import { Figures } from './Figures.tsx';
import { type Found, showsCounted } from './reading.ts';
import { type Column, inOrder, type Order, Table, UNITS } from './Table.tsx';
import { sentRows, Webhooks } from './Webhooks.tsx';

/** Of parts that are drawn; all of them are in the table. */
const MOST_DRAWN = 10;

const departmentsOf = (found: Found): readonly SumsOf[] => found.departments?.items ?? [];
const agentsOf = (found: Found): readonly SumsOf[] => found.agents?.items.filter(({ key }) => key !== null) ?? [];
const agentColumns = (found: Found): readonly Column<SumsOf>[] => namedColumns(t('agent'), t('ofNobody'), agentsOf(found), true);
const departmentColumns = (found: Found): readonly Column<SumsOf>[] =>
  namedColumns(t('department'), t('noDepartment'), departmentsOf(found));

/** Days without chats are in the charts. */
const daysOf = (found: Found): readonly SumsOf[] => found.days.items.filter(({ sums }) => sums.chats > 0);

interface PartProps {
  readonly found: Found;
  readonly order: Signal<Order>;
}

type Part = (props: PartProps) => ComponentChildren;

const CONTENTS: Readonly<Record<Kind, Part>> = {
  overview: Overview,
  chats: ({ found, order }) => (
    <>
      <Figures found={found} />
      <ChatsByDay found={found} />
      <FirstAnswerByDay found={found} />
      <WhenTheyCome found={found} />
      <Table name={t('chats')} rows={daysOf(found)} columns={dayColumns()} order={order} />
    </>
  ),
  agents: ({ found, order }) => (
    <>
      <Figures found={found} />
      <TableOrNothing name={t('agents')} rows={agentsOf(found)} columns={agentColumns(found)} order={order} />
    </>
  ),
  departments: ({ found, order }) => (
    <>
      <Figures found={found} />
      <Shares
        title={t('chatsOfDepartments')}
        head={t('department')}
        parts={departmentsOf(found).map(({ key, name, sums }) => [name ?? key ?? t('noDepartment'), sums.chats])}
        whole={found.days.total.chats}
      />
      <TableOrNothing name={t('departments')} rows={departmentsOf(found)} columns={departmentColumns(found)} order={order} />
    </>
  ),
  tags: Tags,
  satisfaction: ({ found }) =>
    found.ratings === undefined ? null : (
      <>
        <Figures found={found} />
        <RatingBars ratings={found.ratings} before={found.ratingsBefore} />
      </>
    ),
  webhooks: Webhooks,
};

/** A report. */
export const Content = ({ kind, ...props }: PartProps & { readonly kind: Kind }) => {
  const { countedFrom } = props.found.days;
  return (
    <>
      {countedFrom === null || !showsCounted(kind) ? null : (
        <p class="reports-note quiet" role="status">
          {t('stillCounted', { day: dayOf(countedFrom) })}
        </p>
      )}
      {h(CONTENTS[kind], props)}
    </>
  );
};

function Overview({ found, order }: PartProps) {
  return (
    <>
      <Figures found={found} />
      <div class="reports-cols">
        <ChatsByDay found={found} />
        {found.spreads === undefined ? null : <FirstAnswers spread={found.spreads.firstAnswer} />}
      </div>
      <div class="reports-cols">
        <WhenTheyCome found={found} />
        {found.ratings === undefined ? null : <RatingBars ratings={found.ratings} />}
      </div>
      <TableOrNothing name={t('agents')} rows={agentsOf(found)} columns={agentColumns(found)} order={order} />
    </>
  );
}

function Tags({ found: { tags }, order }: PartProps) {
  const all = tags?.items ?? [];
  const total = tags?.chats ?? 0;
  const without = total - (tags?.tagged ?? 0);
  return (
    <>
      <Shares
        title={t('chatsOfTags')}
        head={t('tag')}
        note={t('withoutTag', { count: number(without) })}
        parts={all.map(({ tag, chats }) => [tag, chats])}
        whole={total}
      />
      <TableOrNothing name={t('tags')} rows={all} columns={tagColumns(total)} order={order} />
    </>
  );
}

interface SharesProps {
  readonly title: string;
  readonly head: string;
  readonly note?: string;
  readonly parts: readonly (readonly [name: string, many: number])[];
  readonly whole: number;
}

function Shares({ title, head, note, parts, whole }: SharesProps) {
  const shares = parts
    .map(([name, many]) => ({ name, many }))
    .toSorted((one, other) => other.many - one.many)
    .slice(0, MOST_DRAWN);
  const [first] = shares;
  return (
    <ShareBars
      title={title}
      {...(note === undefined ? {} : { note })}
      shares={shares}
      whole={whole}
      names={150}
      heads={[head, t('chats'), t('shareOfChats')]}
      sentence={first === undefined ? title : t('mostOf', { title, name: first.name, count: number(first.many) })}
    />
  );
}

interface TableProps<R> {
  readonly name: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly order: Signal<Order>;
}

function TableOrNothing<R>(props: TableProps<R>) {
  return props.rows.length === 0 ? (
    <div class="empty">
      <h2>{t('nothingInThisTime')}</h2>
    </div>
  ) : (
    <Table {...props} />
  );
}

type Rows = readonly (readonly Cell[])[];

/** Numbers as programs read them, whatever the language, to a thousandth of their unit. */
function cellOf<R>({ of, unit }: Column<R>, row: R): Cell {
  const value = of(row) ?? '';
  return unit === undefined || typeof value === 'string' ? value : Math.round(1000 * UNITS[unit] * value) / 1000;
}

const written = <R,>(columns: readonly Column<R>[], rows: readonly R[]): Rows => [
  columns.map(({ head, unit }) => (unit === undefined ? head : `${head} (${unit})`)),
  ...rows.map((row) => columns.map((column) => cellOf(column, row))),
];

/** As the table shows them. */
const ordered = <R,>(columns: readonly Column<R>[], rows: readonly R[], order: Order): Rows => written(columns, inOrder(rows, columns, order));

const peopleOf = (found: Found, order: Order): Rows => ordered(agentColumns(found), agentsOf(found), order);

const weekOf = ({ week }: Found): Rows => [
  [t('whenTheyCome'), ...HOURS.map((hour) => `${hour}:00`)],
  ...weekRows(week).map(([day, chats]) => [day, ...chats]),
];

const ratingsOf = ({ ratings }: Found): Rows => [[t('rating'), t('chats')], ...(ratings?.items.map(({ rating, chats }) => [rating, chats]) ?? [])];

const firstAnswersOf = ({ firstAnswer }: Spreads): Rows => [
  [t('firstAnswer'), t('chats')],
  ...firstAnswer.items.map((between) => [betweenName(between), between.chats]),
];

/** One below the other, with an empty line between. */
const apart = (parts: readonly Rows[]): Rows => parts.flatMap((rows, at) => (at === 0 ? rows : [[], ...rows]));

const FILES: Readonly<Record<Kind, (found: Found, order: Order) => Rows>> = {
  overview: (found, order) =>
    apart([
      written(dayColumns(), found.days.items),
      ...(found.spreads === undefined ? [] : [firstAnswersOf(found.spreads)]),
      weekOf(found),
      ...(found.ratings === undefined ? [] : [ratingsOf(found)]),
      peopleOf(found, order),
    ]),
  chats: (found, order) => apart([ordered(dayColumns(), daysOf(found), order), weekOf(found)]),
  agents: peopleOf,
  departments: (found, order) => ordered(departmentColumns(found), departmentsOf(found), order),
  tags: ({ tags }, order) => ordered(tagColumns(tags?.chats ?? 0), tags?.items ?? [], order),
  satisfaction: ratingsOf,
  webhooks: (found, order) => apart([sentRows(found), ordered(endpointColumns(), found.endpoints ?? [], order)]),
};

/** What charts and tables of a report show, as the rows of a file. */
export const fileOf = (kind: Kind, found: Found, order: Order): Rows => FILES[kind](found, order);
