// What somebody changes of something that is kept on the server, until it is saved or let go. Whoever saves second is told who was first.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';

import { useKeys } from '../keys.ts';
import type { Changer } from '../live/changers.ts';
import { say } from '../live/toasts.ts';
import { t } from '../texts.ts';
import { useAttempt } from './attempt.ts';
import { useUnsaved } from './unsaved.ts';

/** What a field has to be: not empty, an address where there is one, a URL, a pattern, or a number of at least so much. */
export type Wish = 'needed' | 'email' | 'url' | 'regexp' | number;

export type Wishes<T> = { readonly [K in keyof T]?: Wish };

export interface Kept<T> {
  /** The id under which the audit knows it, or each of its fields; nothing while it is new. */
  readonly id: string | ((field: string) => string) | undefined;
  readonly value: T;
  /** It as it is on the server now. */
  readonly read: () => Promise<T>;
  /** `all` is how it is to be, `changed` the part that somebody changed. */
  readonly write: (all: T, changed: Partial<T>) => Promise<void>;
  /** What is not like that is not sent. */
  readonly wishes?: (value: T) => Wishes<T>;
  /** What follows when it is saved, and the page may be left. */
  readonly whenSaved?: () => void;
}

/** Somebody else has changed since it was read what is changed here, too. */
export interface Conflict<T> {
  readonly theirs: T;
  readonly changer: Changer | undefined;
}

export interface Form<T> {
  /** As it is on the screen. */
  readonly value: T;
  /** As it was when it was read. */
  readonly was: T;
  readonly changed: readonly (keyof T & string)[];
  /** What is wrong, since somebody has tried to save it. */
  readonly faulty: readonly (keyof T & string)[];
  /** For the control of a field. */
  readonly of: (field: keyof T & string) => { readonly isChanged: boolean; readonly error: string | undefined };
  readonly change: (some: Partial<T>) => void;
  readonly discard: () => void;
  readonly save: () => void;
  readonly fault: string;
  readonly isBusy: boolean;
  readonly conflict: Conflict<T> | undefined;
  /** Theirs stands. */
  readonly takeTheirs: () => void;
  /** One's own changes go over theirs. */
  readonly saveOver: () => void;
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const keysOf = <T extends object>(value: T): readonly (keyof T & string)[] => Object.keys(value) as (keyof T & string)[];

/** What the server has said no to, as long as it stands there. */
interface Refusal {
  readonly field: string;
  readonly value: unknown;
  readonly words: string;
}

type Faults = typeof import('./faults.ts');

/** What looks for faults, which comes while somebody types. */
const looking = async (): Promise<Faults> => await import('./faults.ts');

export function useForm<T extends object>({ id, value: kept, read, write, wishes, whenSaved }: Kept<T>): Form<T> {
  const was = useSignal(kept);
  const draft: Signal<Partial<T>> = useSignal({});
  const conflict = useSignal<Conflict<T> | undefined>(undefined);
  /** Nothing until something was wrong with what was to be saved. */
  const tried = useSignal<Faults | undefined>(undefined);
  const refusal = useSignal<Refusal | undefined>(undefined);
  const looks = useSignal(0);
  const { fault, isBusy, run } = useAttempt();
  const value: T = { ...was.value, ...draft.value };
  const changed = keysOf(draft.value);
  const { field = '', words = '' } = refusal.value ?? {};
  const isRefused = field !== '' && isSame(value[field as keyof T], refusal.value?.value);
  const wrong: Readonly<Record<string, string>> = { ...tried.value?.check(value, wishes?.(value) ?? {}), ...(isRefused ? { [field]: words } : {}) };
  // What is read anew, or is something else, is shown.
  useEffect(() => {
    if (changed.length === 0 && !isBusy.value) {
      was.value = kept;
    }
  }, [JSON.stringify(kept), isBusy.value]);
  const change = (some: Partial<T>): void => {
    const next = { ...draft.peek(), ...some };
    const differs = keysOf(next as T).filter((key) => !isSame(next[key], was.peek()[key]));
    draft.value = Object.fromEntries(differs.map((key) => [key, next[key]])) as Partial<T>;
    void looking().catch(() => undefined);
  };
  const discard = (): void => {
    draft.value = {};
    conflict.value = undefined;
    tried.value = undefined;
    refusal.value = undefined;
    fault.value = '';
  };
  const put = async (onto: T): Promise<void> => {
    const mine = draft.peek();
    await write({ ...onto, ...mine }, mine);
    // What was typed meanwhile is not saved yet, nor is what was put back to how it had been.
    const later = draft.peek();
    const back = keysOf(mine).map((key) => [key, was.peek()[key]] as const);
    was.value = { ...onto, ...mine };
    discard();
    change({ ...(Object.fromEntries(back) as Partial<T>), ...later });
    say(t('savedIt'));
    whenSaved?.();
  };
  // The first one that is wrong has the focus, once all are marked.
  useLayoutEffect(() => {
    if (looks.value > 0) {
      tried.peek()?.focusFault();
    }
  }, [looks.value]);
  /** Saves it, if nothing is wrong with it, and says what is. */
  const attempt = (act: (faults: Faults) => Promise<void>): void =>
    run(async () => {
      const faults = await looking();
      refusal.value = undefined;
      const wanted: T = { ...was.peek(), ...draft.peek() };
      if (Object.keys(faults.check(wanted, wishes?.(wanted) ?? {})).length === 0) {
        try {
          await act(faults);
          return;
        } catch (error) {
          await faults.speak();
          const refused = faults.refusedField(error, keysOf(wanted));
          if (refused === undefined) {
            throw error;
          }
          refusal.value = { ...refused, value: wanted[refused.field as keyof T] };
        }
      }
      await faults.speak();
      tried.value = faults;
      looks.value += 1;
    });
  const save = (): void =>
    attempt(async (faults) => {
      const before = was.peek();
      if (id === undefined) {
        await put(before);
        return;
      }
      const theirs = await read().catch((error: unknown) => {
        if (typeof id === 'string' && faults.isGone(error)) {
          return undefined;
        }
        throw error;
      });
      if (theirs === undefined) {
        await faults.speak();
        fault.value = await faults.goneWords(String(id));
        return;
      }
      // What is there as it is wanted is in nobody's way: somebody wanted the same, or a part of this was saved before. Nor are
      // fields that are not changed here: they stay as they were made.
      const mine = draft.peek();
      const differing = keysOf(mine).filter((key) => !isSame(theirs[key], before[key]) && !isSame(theirs[key], mine[key]));
      if (differing.length > 0) {
        const things = typeof id === 'string' ? [{ id, fields: differing }] : differing.map((key) => ({ id: id(key), fields: [] }));
        const [changer] = await Promise.all([faults.lastChanger(things), faults.speak()]);
        conflict.value = { theirs, changer };
      } else {
        await put(theirs);
      }
    });
  const takeTheirs = (): void => {
    was.value = conflict.peek()?.theirs ?? was.peek();
    discard();
  };
  const saveOver = (): void => {
    const theirs = conflict.peek()?.theirs;
    if (theirs !== undefined) {
      attempt(async () => await put(theirs));
    }
  };
  useUnsaved(() => Object.keys(draft.peek()).length > 0);
  useKeys({ 'mod+s': () => (Object.keys(draft.peek()).length > 0 ? save() : undefined) });
  return {
    value,
    was: was.value,
    changed,
    faulty: keysOf(wrong as T),
    of: (key) => ({ isChanged: changed.includes(key), error: wrong[key] }),
    change,
    discard,
    save,
    fault: fault.value,
    isBusy: isBusy.value,
    conflict: conflict.value,
    takeTheirs,
    saveOver,
  };
}
