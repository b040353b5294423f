// What was written and not sent, for each chat: to the visitor and, apart from it, for colleagues. It is
// there after a reload, and in all tabs.
const KEY = 'hark.console.drafts';
/** Of the chats that were written in last. */
const MOST = 100;

/** For whom one writes: a reply is for the visitor, a note for colleagues. */
export type Mode = 'reply' | 'note';

interface Draft extends Readonly<Partial<Record<Mode, string>>> {
  readonly mode?: Mode;
}

/** Before there were notes, a draft was the text of a reply. */
type Kept = Readonly<Record<string, Draft | string>>;

const read = (): Kept => JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept;

function of(rid: string): Draft {
  const kept = read()[rid];
  return typeof kept === 'string' ? { reply: kept } : (kept ?? {});
}

export const draftOf = (rid: string, mode: Mode): string => of(rid)[mode] ?? '';

export const modeOf = (rid: string): Mode => of(rid).mode ?? 'reply';

export const keepDraft = (rid: string, mode: Mode, text: string): void => keep(rid, { ...of(rid), [mode]: text });

export const keepMode = (rid: string, mode: Mode): void => keep(rid, { ...of(rid), mode });

function keep(rid: string, draft: Draft): void {
  const { reply = '', note = '', mode = 'reply' } = draft;
  const { [rid]: _, ...others } = read();
  const all = reply === '' && note === '' && mode === 'reply' ? others : { ...others, [rid]: draft };
  const latest = Object.entries(all).slice(-MOST);
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(latest)));
}
