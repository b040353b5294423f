// How wide a chart may be: it is drawn for the room that there is, so that its words are never stretched.
import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Before anything is measured, and where nothing can be. */
const USUAL = 640;

export function useWidth(): readonly [box: RefObject<HTMLDivElement | null>, width: Signal<number>] {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(USUAL);
  useLayoutEffect(() => {
    const measure = (): void => {
      const measured = box.current?.clientWidth ?? 0;
      if (measured > 0) {
        width.value = measured;
      }
    };
    measure();
    const seen = new ResizeObserver(measure);
    if (box.current !== null) {
      seen.observe(box.current);
    }
    return () => seen.disconnect();
  }, []);
  return [box, width];
}
