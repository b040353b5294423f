// The columns that lists of visitors have.
import { millis } from '../../api/documents.ts';
import { findVisitors, type VisitorInShort } from '../../live/visitors.ts';
import type { Column } from '../../parts/ListPage.tsx';
import { t, when } from '../../texts.ts';

export const shownName = ({ name, username }: Pick<VisitorInShort, 'name' | 'username'>): string => name ?? username;

export async function find(words: string, offset: number) {
  const { visitors, total } = await findVisitors(words, offset);
  return { rows: visitors, total };
}

export const columns = (): readonly [Column<VisitorInShort>, ...Column<VisitorInShort>[]] => [
  { key: 'name', name: t('name'), of: shownName },
  { key: 'email', name: t('email'), of: ({ visitorEmails = [] }) => visitorEmails.map(({ address }) => address).join(', ') },
  { key: 'phone', name: t('phone'), of: ({ phone = [] }) => phone.map(({ phoneNumber }) => phoneNumber).join(', '), isWide: true },
  {
    key: 'last',
    name: t('lastChat'),
    of: ({ lastChat }) => (lastChat === undefined ? '' : when(millis(lastChat.ts), Date.now())),
    isNumber: true,
  },
];
