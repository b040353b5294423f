// What was written and not sent, for each chat; also after a reload, and in all tabs.
const KEY = 'hark.console.drafts';
/** Of the chats that were written in last. */
const MOST = 100;

type Drafts = Record<string, string>;

const read = (): Drafts => JSON.parse(localStorage.getItem(KEY) ?? '{}') as Drafts;

export const draftOf = (rid: string): string => read()[rid] ?? '';

export function keepDraft(rid: string, text: string): void {
  const { [rid]: _, ...others } = read();
  const all = text === '' ? others : { ...others, [rid]: text };
  const latest = Object.entries(all).slice(-MOST);
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(latest)));
}
