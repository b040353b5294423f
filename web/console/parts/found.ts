// A list of which the server finds a page at a time, by the words in the address.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { place } from '../place.ts';
import type { Reading } from './reading.ts';

/** What is typed settles before it is asked for. */
const SETTLED_MS = 250;

interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

export interface Found<T> {
  readonly list: Reading<readonly T[]>;
  readonly total: number;
  /** The next page of it. */
  readonly more: () => void;
}

export function useFound<T>(find: (words: string, offset: number) => Promise<Page<T>>): Found<T> {
  const page = useSignal<Page<T> | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const asked = useRef(0);
  const words = (place.value.query.get('q') ?? '').trim();
  const look = async (offset: number): Promise<void> => {
    asked.current += 1;
    const own = asked.current;
    try {
      const { rows, total } = await find(words, offset);
      // What was asked for since then counts.
      if (own === asked.current) {
        page.value = { rows: offset === 0 ? rows : [...(page.peek()?.rows ?? []), ...rows], total };
        error.value = undefined;
      }
    } catch (fault) {
      if (own === asked.current) {
        error.value = fault;
      }
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => void look(0), page.peek() === undefined ? 0 : SETTLED_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return {
    list: { value: page.value?.rows, error: error.value, again: async () => await look(0) },
    total: page.value?.total ?? 0,
    more: () => void look(page.peek()?.rows.length ?? 0),
  };
}
