// What somebody looks for again and again among all chats: filters with a name, which only they have.
import { signal } from '@preact/signals';

import type { SavedView as SavedViewSaid } from '../api/generated/hark.ts';
import { erase, get, post } from '../api/http.ts';
import { beginOf, endOf, FILTERS, STATE_WORDS, type Wish } from './search.ts';

/** What the server keeps of a filter. */
interface Kept {
  readonly text?: string;
  readonly state?: string;
  readonly department?: string;
  readonly agent?: string;
  readonly tag?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The document leaves open what a filter is. */
interface SavedView extends Omit<SavedViewSaid, 'filter'> {
  readonly filter: Kept;
}

export const savedViews = signal<readonly SavedView[]>([]);

export async function readViews(): Promise<void> {
  const { items } = await get<{ readonly items: readonly SavedView[] }>('views', {}, 'hark/v1');
  savedViews.value = items.filter(({ report }) => report === null);
}

export async function saveView(name: string, { q, status, department, agent, tag, from, until }: Wish): Promise<void> {
  const all: Kept = {
    text: q.trim(),
    state: STATE_WORDS[status] ?? '',
    department,
    agent,
    tag: tag.trim(),
    from: from === '' ? '' : beginOf(from),
    to: until === '' ? '' : endOf(until),
  };
  const filter = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  const made = await post<SavedView>('views', { name, filter }, 'hark/v1');
  savedViews.value = [...savedViews.peek(), made];
}

export async function removeView(id: string): Promise<void> {
  await erase(`views/${encodeURIComponent(id)}`, 'hark/v1');
  savedViews.value = savedViews.peek().filter((view) => view.id !== id);
}

const two = (part: number): string => String(part).padStart(2, '0');

/** The day of a moment, by the clock of the one who looks. */
function dayOf(moment: string | undefined): string {
  if (moment === undefined) {
    return '';
  }
  const at = new Date(moment);
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** What is asked for with a view, in the words of the address. */
export function wishOf({ text = '', state, department = '', agent = '', tag = '', from, to }: Kept): Wish {
  const status = Object.keys(STATE_WORDS).find((word) => STATE_WORDS[word] === state) ?? '';
  return { q: text, status, department, agent, tag, from: dayOf(from), until: dayOf(to) };
}

export const isSameWish = (one: Wish, other: Wish): boolean => FILTERS.every((name) => one[name].trim() === other[name].trim());
