// What somebody changes of something that is kept on the server, until it is saved or let go. Whoever saves second is told who was first.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { useKeys } from '../keys.ts';
import { type Changer, lastChanger } from '../live/changers.ts';
import { say } from '../live/toasts.ts';
import { t } from '../texts.ts';
import { useAttempt } from './attempt.ts';
import { useUnsaved } from './unsaved.ts';

export interface Kept<T> {
  /** The id under which the audit knows it, or each of its fields; nothing while it is new. */
  readonly id: string | ((field: string) => string) | undefined;
  readonly value: T;
  /** It as it is on the server now. */
  readonly read: () => Promise<T>;
  /** `all` is how it is to be, `changed` the part that somebody changed. */
  readonly write: (all: T, changed: Partial<T>) => Promise<void>;
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

export function useForm<T extends object>({ id, value: kept, read, write, whenSaved }: Kept<T>): Form<T> {
  const was = useSignal(kept);
  const draft: Signal<Partial<T>> = useSignal({});
  const conflict = useSignal<Conflict<T> | undefined>(undefined);
  const { fault, isBusy, run } = useAttempt();
  const value: T = { ...was.value, ...draft.value };
  const changed = keysOf(draft.value);
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
  };
  const discard = (): void => {
    draft.value = {};
    conflict.value = undefined;
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
  const save = (): void => {
    run(async () => {
      const before = was.peek();
      if (id === undefined) {
        await put(before);
        return;
      }
      const theirs: T = await read();
      // What is there as it is wanted is in nobody's way: somebody wanted the same, or a part of this was saved before. Nor are
      // fields that are not changed here: they stay as they were made.
      const mine = draft.peek();
      const differing = keysOf(mine).filter((key) => !isSame(theirs[key], before[key]) && !isSame(theirs[key], mine[key]));
      if (differing.length > 0) {
        const things = typeof id === 'string' ? [{ id, fields: differing }] : differing.map((field) => ({ id: id(field), fields: [] }));
        conflict.value = { theirs, changer: await lastChanger(things) };
      } else {
        await put(theirs);
      }
    });
  };
  const takeTheirs = (): void => {
    was.value = conflict.peek()?.theirs ?? was.peek();
    discard();
  };
  const saveOver = (): void => {
    const theirs = conflict.peek()?.theirs;
    if (theirs !== undefined) {
      run(async () => await put(theirs));
    }
  };
  useUnsaved(() => Object.keys(draft.peek()).length > 0);
  useKeys({ 'mod+s': () => (Object.keys(draft.peek()).length > 0 ? save() : undefined) });
  return {
    value,
    was: was.value,
    changed,
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
