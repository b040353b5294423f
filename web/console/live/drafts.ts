// What was written and not sent, for each chat: to the visitor and, apart from it, for colleagues. It is
// there after a reload, and in all tabs, for the one who wrote it.
import { session } from '../api/session.ts';

const key = (): string => `hark.console.drafts.${session.peek()?.user ?? ''}`;
/** Of the chats that were written in last. */
const MOST = 100;

/** For whom one writes: a reply is for the visitor, a note for colleagues. */
export type Mode = 'reply' | 'note';

interface Draft extends Readonly<Partial<Record<Mode, string>>> {
  readonly mode?: Mode;
  /** When the last was said, by the clock of the server, that whoever writes the reply has read. */
  readonly read?: number;
}

type Kept = Readonly<Record<string, Draft>>;

const read = (): Kept => JSON.parse(localStorage.getItem(key()) ?? '{}') as Kept;

const of = (rid: string): Draft => read()[rid] ?? {};

export const draftOf = (rid: string, mode: Mode): string => of(rid)[mode] ?? '';

export const readUntilOf = (rid: string): number | undefined => of(rid).read;

export const keepReadUntil = (rid: string, at: number): void => keep(rid, { ...of(rid), read: at });

export const modeOf = (rid: string): Mode => of(rid).mode ?? 'reply';

export const keepDraft = (rid: string, mode: Mode, text: string): void => keep(rid, { ...of(rid), [mode]: text });

export const keepMode = (rid: string, mode: Mode): void => keep(rid, { ...of(rid), mode });

function keep(rid: string, draft: Draft): void {
  const { reply = '', note = '', mode = 'reply' } = draft;
  const { [rid]: _, ...others } = read();
  const all = reply === '' && note === '' && mode === 'reply' ? others : { ...others, [rid]: draft };
  const latest = Object.entries(all).slice(-MOST);
  localStorage.setItem(key(), JSON.stringify(Object.fromEntries(latest)));
}
