import type { CannedResponse } from '../../api/documents.ts';
import { may } from '../../live/people.ts';
import { readCannedResponses } from '../../live/replies.ts';
import { type Column, ListPage } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { number, t } from '../../texts.ts';
import { CannedDrawer } from './CannedDrawer.tsx';
import { Chips } from './Chips.tsx';
import { whose } from './scope.ts';

/** The answers that agents have ready. */
export function Canned() {
  const list = useReading(readCannedResponses);
  const columns: readonly [Column<CannedResponse>, ...Column<CannedResponse>[]] = [
    { key: 'shortcut', name: t('shortcut'), of: ({ shortcut }) => shortcut, show: ({ shortcut }) => <bdi class="mono">/{shortcut}</bdi> },
    { key: 'text', name: t('answerText'), of: ({ text }) => text, show: ({ text }) => <bdi class="replies-text">{text}</bdi>, isWide: true },
    { key: 'whose', name: t('forWhom'), of: whose },
    { key: 'tags', name: t('tags'), of: ({ tags }) => tags.join(', '), show: ({ tags }) => <Chips words={tags} />, isWide: true },
    { key: 'uses', name: t('uses'), of: ({ uses }) => uses, show: ({ uses }) => number(uses), isNumber: true },
  ];
  return (
    <ListPage
      title={t('placeCanned')}
      icon="slash"
      path="/admin/canned"
      list={list}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('findCanned')}
      create={may('save-canned-responses') ? t('newCanned') : undefined}
      empty={[t('noCannedYet'), t('noCannedYetMore')]}
      drawer={(row, ways) => <CannedDrawer key={row?._id ?? ''} response={row} list={list} ways={ways} />}
    />
  );
}
