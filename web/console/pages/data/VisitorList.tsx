import type { ComponentChildren } from 'preact';

import { calledAs, millis } from '../../api/documents.ts';
import { findVisitors, type VisitorInShort } from '../../live/visitors.ts';
import { useFound } from '../../parts/found.ts';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { t, when } from '../../texts.ts';

async function find(words: string, offset: number) {
  const { visitors, total } = await findVisitors(words, offset);
  return { rows: visitors, total };
}

const columns = (): readonly [Column<VisitorInShort>, ...Column<VisitorInShort>[]] => [
  { key: 'name', name: t('name'), of: calledAs },
  { key: 'email', name: t('email'), of: ({ visitorEmails = [] }) => visitorEmails.map(({ address }) => address).join(', ') },
  { key: 'phone', name: t('phone'), of: ({ phone = [] }) => phone.map(({ phoneNumber }) => phoneNumber).join(', '), isWide: true },
  {
    key: 'last',
    name: t('lastChat'),
    of: ({ lastChat }) => (lastChat === undefined ? '' : new Date(millis(lastChat.ts)).toISOString()),
    show: ({ lastChat }) => (lastChat === undefined ? '' : when(millis(lastChat.ts), Date.now())),
    isNumber: true,
  },
];

interface Props {
  readonly title: string;
  readonly icon: string;
  readonly path: string;
  readonly above?: ComponentChildren;
  /** One of them, beside the list. */
  readonly drawer: (id: string, ways: Ways, again: () => Promise<void>) => ComponentChildren;
}

/** Everybody who has ever written: a browser, a telephone or a thread of mails each. */
export function VisitorList({ title, icon, path, above, drawer }: Props) {
  const { list, total, more } = useFound(find);
  return (
    <ListPage
      title={title}
      icon={icon}
      path={path}
      list={list}
      found={{ total, more }}
      id={({ _id }) => _id}
      columns={columns()}
      placeholder={t('findVisitors')}
      empty={[t('noVisitorsYet'), t('noVisitorsYetMore')]}
      above={above}
      drawer={(_, ways, id) => drawer(id, ways, list.again)}
    />
  );
}
