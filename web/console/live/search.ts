// Chats of all times, as far as one may see them, by what is asked in the address.
import { computed } from '@preact/signals';

import type { Message, Room } from '../api/documents.ts';
import { get } from '../api/http.ts';
import { place } from '../place.ts';
import { seesAll } from './lists.ts';
import { me } from './people.ts';

const PAGE = 50;
/** Of what was found in one chat. */
const MOST = 50;

export const FILTERS = ['q', 'status', 'department', 'agent', 'tag', 'from', 'until'] as const;
export type Filter = (typeof FILTERS)[number];
export type Wish = Readonly<Record<Filter, string>>;

export const wish = computed<Wish>(() => {
  const { query } = place.value;
  return Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])) as Record<Filter, string>;
});

const STATES: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  open: { open: true },
  queued: { queued: true },
  held: { onhold: true },
  closed: { open: false },
};

/** The first and the last moment of days, by the clock of the one who asks. */
function period(from: string, until: string): string | undefined {
  const parts = {
    ...(from === '' ? {} : { start: new Date(`${from}T00:00`).toISOString() }),
    ...(until === '' ? {} : { end: new Date(`${until}T23:59:59.999`).toISOString() }),
  };
  return Object.keys(parts).length === 0 ? undefined : JSON.stringify(parts);
}

const given = (value: string): string | undefined => (value === '' ? undefined : value);

export interface Page {
  readonly rooms: readonly Room[];
  readonly total: number;
}

export async function findChats({ q, status, department, agent, tag, from, until }: Wish, offset: number): Promise<Page> {
  // Who does not see all sees those that were their own.
  const of = seesAll.peek() ? agent : (me.peek()?._id ?? '');
  return await get<Page>('livechat/rooms', {
    roomName: given(q.trim()),
    departmentId: given(department),
    'agents[]': given(of),
    'tags[]': given(tag.trim()),
    createdAt: period(from, until),
    ...STATES[status],
    sort: JSON.stringify({ ts: -1 }),
    count: PAGE,
    offset,
  });
}

/** The latest chats of visitors of this name. */
export async function namedLike(q: string): Promise<readonly Room[]> {
  const any = { status: '', department: '', agent: '', tag: '', from: '', until: '' };
  return (await findChats({ q, ...any }, 0)).rooms;
}

/** What was said in a chat with these words in it, the latest first. */
export async function searchIn(roomId: string, searchText: string): Promise<readonly Message[]> {
  const { messages } = await get<{ readonly messages: readonly Message[] }>('chat.search', {
    roomId,
    searchText,
    count: MOST,
  });
  return messages.filter(({ t }) => t === undefined);
}
