// Chats of all times, as far as one may see them, by what is asked in the address: by words, with the line in which they
// stand, or without.
import { computed } from '@preact/signals';

import type { Message, Room } from '../api/documents.ts';
import type { FoundByWords, FoundPage } from '../api/generated/hark.ts';
import { get, given } from '../api/http.ts';
import type { Conversation } from './conversations.ts';
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

/** The same by the words of Hark's own API. */
export const STATE_WORDS: Readonly<Record<string, string>> = { open: 'served', queued: 'queued', held: 'on-hold', closed: 'closed' };

/** The first and the last moment of a day, by the clock of the one who asks. */
export const beginOf = (day: string): string => new Date(`${day}T00:00`).toISOString();
export const endOf = (day: string): string => new Date(`${day}T23:59:59.999`).toISOString();

function period(from: string, until: string): string | undefined {
  const parts = {
    ...(from === '' ? {} : { start: beginOf(from) }),
    ...(until === '' ? {} : { end: endOf(until) }),
  };
  return Object.keys(parts).length === 0 ? undefined : JSON.stringify(parts);
}

/** Who does not see all sees those that were their own. */
const servedBy = (agent: string): string | undefined => given(seesAll.peek() ? agent : (me.peek()?._id ?? ''));

export type FoundIn = FoundByWords['place'];

/** The line of a chat in which words were found. */
export type FoundLine = Omit<FoundByWords, 'conversation'>;

export interface Page {
  readonly rooms: readonly Room[];
  /** By the id of the chat; none where no words were asked for. */
  readonly lines: ReadonlyMap<string, FoundLine>;
  /** How many there are; of those with words nobody counts them. */
  readonly total: number | undefined;
  /** Where the next page begins. */
  readonly next: string | undefined;
  /** Whether words of before may not be known yet. */
  readonly isComplete: boolean;
}

const roomOf = ({ id, label, state, department, servedBy: agent, topic, tags, messages, startedAt, lastMessageAt, endedAt }: Conversation): Room => ({
  _id: id,
  t: 'l',
  fname: label,
  ts: startedAt,
  lm: lastMessageAt,
  _updatedAt: lastMessageAt,
  msgs: messages,
  ...(state === 'closed' ? {} : { open: true as const }),
  ...(state === 'on-hold' ? { onHold: true } : {}),
  ...(department === null ? {} : { departmentId: department }),
  ...(agent === null ? {} : { servedBy: { _id: agent.id, username: agent.username, ts: agent.since } }),
  ...(topic === null ? {} : { topic }),
  ...(endedAt === null ? {} : { closedAt: endedAt }),
  tags: [...tags],
});

/** A page without entries may go on: so many are read until there is something to show. */
const MOST_EMPTY = 10;

async function findByWords({ q, status, department, agent, tag, from, until }: Wish, cursor: string | undefined): Promise<Page> {
  let next = cursor;
  for (let empty = 1; ; empty += 1) {
    const page: FoundPage = await get<FoundPage>(
      'conversations/search',
      {
        words: q.trim(),
        state: STATE_WORDS[status],
        department: given(department),
        agent: servedBy(agent),
        tag: given(tag.trim()),
        from: from === '' ? undefined : beginOf(from),
        to: until === '' ? undefined : endOf(until),
        limit: PAGE,
        cursor: next,
      },
      'hark/v1',
    );
    next = page.nextCursor ?? undefined;
    if (page.items.length > 0 || next === undefined || empty === MOST_EMPTY) {
      return {
        rooms: page.items.map(({ conversation }) => roomOf(conversation)),
        lines: new Map(page.items.map((item) => [item.conversation.id, item])),
        total: undefined,
        next,
        isComplete: page.isComplete,
      };
    }
  }
}

/** A page, from where another ended. */
export async function findChats(asked: Wish, from?: string): Promise<Page> {
  if (asked.q.trim() !== '') {
    return await findByWords(asked, from);
  }
  const offset = Number(from ?? 0);
  const { rooms, total } = await get<{ readonly rooms: readonly Room[]; readonly total: number }>('livechat/rooms', {
    departmentId: given(asked.department),
    'agents[]': servedBy(asked.agent),
    'tags[]': given(asked.tag.trim()),
    createdAt: period(asked.from, asked.until),
    ...STATES[asked.status],
    sort: JSON.stringify({ ts: -1 }),
    count: PAGE,
    offset,
  });
  const end = offset + rooms.length;
  return { rooms, lines: new Map(), total, next: end < total ? String(end) : undefined, isComplete: true };
}

/** A page with the one behind it. A chat whose earlier line is found too stands where it stood. */
export function together(before: Page, after: Page): Page {
  const known = new Set(before.rooms.map(({ _id }) => _id));
  return {
    ...after,
    rooms: [...before.rooms, ...after.rooms.filter(({ _id }) => !known.has(_id))],
    lines: new Map([...after.lines, ...before.lines]),
  };
}

/** Where words stand in a chat: at the message, or in the chat. */
export const addressOf = (rid: string, line: FoundLine | undefined): string =>
  `/inbox/${rid}${line?.message ? `?at=${line.message.id}` : ''}`;

/** The chats in which these words were said last, or whose visitors have given them. */
export async function chatsWith(q: string): Promise<Page> {
  return await findChats({ q, status: '', department: '', agent: '', tag: '', from: '', until: '' });
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
