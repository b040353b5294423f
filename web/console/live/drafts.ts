// What was written and not sent, for each chat: to the visitor and, apart from it, for colleagues, and what else was begun in
// it. It is there after a reload, and in all tabs, for the one who wrote it.
import { session } from '../api/session.ts';

const key = (): string => `hark.console.drafts.${session.peek()?.user ?? ''}`;
/** Of the chats that were written in last. */
const MOST = 100;

/** For whom one writes: a reply is for the visitor, a note for colleagues. */
export type Mode = 'reply' | 'note';

interface Begun {
  readonly closing: {
    readonly comment: string;
    /** Beside those that the chat has. */
    readonly tags: readonly string[];
    readonly another: string;
    readonly email?: string;
  };
  readonly handover: { readonly to?: string; readonly comment: string };
  /** What is known of the visitor and the chat, by what it is. */
  readonly facts: Readonly<Record<string, string>>;
}

interface Draft extends Readonly<Partial<Record<Mode, string>>>, Partial<Begun> {
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

export const begunOf = <What extends keyof Begun>(rid: string, what: What): Draft[What] => of(rid)[what];

export function keepBegun<What extends keyof Begun>(rid: string, what: What, begun: Begun[What] | undefined): void {
  const { [what]: _, ...others } = of(rid);
  keep(rid, { ...others, ...(begun === undefined ? {} : { [what]: begun }) });
}

export function keepFact(rid: string, fact: string, text: string | undefined): void {
  const { [fact]: _, ...others } = begunOf(rid, 'facts') ?? {};
  const facts = text === undefined ? others : { ...others, [fact]: text };
  keepBegun(rid, 'facts', Object.keys(facts).length === 0 ? undefined : facts);
}

function keep(rid: string, draft: Draft): void {
  const { reply = '', note = '', mode = 'reply', read: __, ...begun } = draft;
  const { [rid]: _, ...others } = read();
  const isEmpty = reply === '' && note === '' && mode === 'reply' && Object.keys(begun).length === 0;
  const all = isEmpty ? others : { ...others, [rid]: draft };
  const latest = Object.entries(all).slice(-MOST);
  localStorage.setItem(key(), JSON.stringify(Object.fromEntries(latest)));
}
