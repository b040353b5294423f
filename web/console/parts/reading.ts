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

/** `of` tells one thing that is read from another; what is asked for last counts. */
export function useReading<T>(read: () => Promise<T>, of = ''): Reading<T> {
  const value = useSignal<T | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const asked = useRef(0);
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
    }
  };
  useEffect(() => {
    value.value = undefined;
    void again();
  }, [of]);
  return { value: value.value, error: error.value, again };
}
