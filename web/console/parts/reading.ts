// What a page shows is read when it is opened, and again when something was changed.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

export interface Reading<T> {
  /** Nothing until it has come. */
  readonly value: T | undefined;
  /** Why the last try failed; what was read before stays. */
  readonly error: unknown;
  readonly again: () => Promise<void>;
}

/** What changes by itself, and nobody tells of, is read so often. */
export const CHANGING_MS = 5000;

/** `of` tells one thing that is read from another; what is asked for last counts. It is read again every so often while somebody looks, if that is said. */
export function useReading<T>(read: () => Promise<T>, of = '', everyMs = 0): Reading<T> {
  const value = useSignal<T | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const asked = useRef(0);
  const answered = useRef(0);
  const again = async (): Promise<void> => {
    asked.current += 1;
    const own = asked.current;
    try {
      const found = await read();
      if (own === asked.current) {
        value.value = found;
        error.value = undefined;
      }
    } catch (fault) {
      if (own === asked.current) {
        error.value = fault;
      }
    } finally {
      answered.current = Math.max(answered.current, own);
    }
  };
  useEffect(() => {
    value.value = undefined;
    void again();
  }, [of]);
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    if (everyMs === 0) {
      return undefined;
    }
    const timer = setInterval(() => {
      // What takes longer than that is waited for.
      if (document.visibilityState === 'visible' && answered.current === asked.current) {
        void latest.current();
      }
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return { value: value.value, error: error.value, again };
}
