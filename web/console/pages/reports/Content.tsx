import { dayOf } from '../../days.ts';
import { type ComponentChildren, h } from 'preact';

import type { SumsOf } from '../../live/figures.ts';
import type { Kind } from '../../live/saved-reports.ts';
import { ShareBars } from '../../parts/charts/ShareBars.tsx';
import { number, t } from '../../texts.ts';
import { ChatsByDay, FirstAnswerByDay, FirstAnswers, RatingBars, WhenTheyCome } from './Charts.tsx';
import { type Tagged, dayColumns, endpointColumns, namedColumns, tagColumns } from './columns.tsx';
import { Figures } from './Figures.tsx';
import type { Found } from './reading.ts';
import { type Column, Table } from './Table.tsx';
import { sentRows, Webhooks } from './Webhooks.tsx';

/** Of parts that are drawn; all of them are in the table. */
const MOST_DRAWN = 10;

const departmentsOf = (found: Found): readonly SumsOf[] => found.departments?.items ?? [];
const agentsOf = (found: Found): readonly SumsOf[] => found.agents?.items.filter(({ key }) => key !== null) ?? [];
const agentColumns = (found: Found): readonly Column<SumsOf>[] => namedColumns(t('agent'), t('ofNobody'), agentsOf(found), true);
const departmentColumns = (found: Found): readonly Column<SumsOf>[] =>
  namedColumns(t('department'), t('noDepartment'), departmentsOf(found));

type Part = (props: { readonly found: Found }) => ComponentChildren;

const CONTENTS: Readonly<Record<Kind, Part>> = {
  overview: Overview,
  chats: ({ found }) => (
    <>
      <Figures found={found} />
      <ChatsByDay found={found} />
      <FirstAnswerByDay found={found} />
      <WhenTheyCome found={found} />
      <Table name={t('chats')} rows={found.days.items.filter(({ sums }) => sums.chats > 0)} columns={dayColumns(dayOf)} />
    </>
  ),
  agents: ({ found }) => (
    <>
      <Figures found={found} />
      <TableOrNothing name={t('agents')} rows={agentsOf(found)} columns={agentColumns(found)} />
    </>
  ),
  departments: ({ found }) => (
    <>
      <Figures found={found} />
      <Shares
        title={t('chatsOfDepartments')}
        head={t('department')}
        parts={departmentsOf(found).map(({ key, name, sums }) => [name ?? key ?? t('noDepartment'), sums.chats])}
        whole={found.days.total.chats}
      />
      <TableOrNothing name={t('departments')} rows={departmentsOf(found)} columns={departmentColumns(found)} />
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
export const Content = ({ kind, found }: { readonly kind: Kind; readonly found: Found }) => h(CONTENTS[kind], { found });

function Overview({ found }: { readonly found: Found }) {
  return (
    <>
      <Figures found={found} />
      <div class="reports-cols">
        <ChatsByDay found={found} />
        {found.spreads === undefined ? <FirstAnswerByDay found={found} /> : <FirstAnswers spread={found.spreads.firstAnswer} />}
      </div>
      <div class="reports-cols">
        <WhenTheyCome found={found} />
        {found.ratings === undefined ? null : <RatingBars ratings={found.ratings} />}
      </div>
      <TableOrNothing name={t('agents')} rows={agentsOf(found)} columns={agentColumns(found)} />
    </>
  );
}

function Tags({ found: { tags } }: { readonly found: Found }) {
  const all = tags?.data ?? [];
  const total = tags?.total ?? 0;
  const without = tags?.unspecified ?? 0;
  return (
    <>
      <Shares
        title={t('chatsOfTags')}
        head={t('tag')}
        note={t('withoutTag', { count: number(without) })}
        parts={all.map(({ label, value }) => [label, value])}
        whole={total}
      />
      <TableOrNothing name={t('tags')} rows={all} columns={tagColumns(total)} />
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
}

function TableOrNothing<R>({ name, rows, columns }: TableProps<R>) {
  return rows.length === 0 ? (
    <div class="empty">
      <h2>{t('nothingInThisTime')}</h2>
    </div>
  ) : (
    <Table name={name} rows={rows} columns={columns} />
  );
}

function written<R>(columns: readonly Column<R>[], rows: readonly R[]): readonly (readonly string[])[] {
  return [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ shown }) => shown(row)))];
}

type Rows = readonly (readonly string[])[];

const daysOf = (found: Found): Rows => written(dayColumns((day) => day), found.days.items);
const peopleOf = (found: Found): Rows => written(agentColumns(found), agentsOf(found));

const FILES: Readonly<Record<Kind, (found: Found) => Rows>> = {
  overview: (found) => [...daysOf(found), [], ...peopleOf(found)],
  chats: daysOf,
  agents: peopleOf,
  departments: (found) => written(departmentColumns(found), departmentsOf(found)),
  tags: ({ tags }) => written<Tagged>(tagColumns(tags?.total ?? 0), tags?.data ?? []),
  satisfaction: ({ ratings }) => [[t('rating'), t('chats')], ...(ratings?.items.map(({ rating, chats }) => [String(rating), String(chats)]) ?? [])],
  webhooks: (found) => [...sentRows(found), [], ...written(endpointColumns(), found.endpoints ?? [])],
};

/** What a report shows, as the rows of a file. */
export const fileOf = (kind: Kind, found: Found): Rows => FILES[kind](found);
