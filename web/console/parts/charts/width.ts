// How wide a chart may be: it is drawn for the room that there is, so that its words are never stretched. Its unit is a sixteenth of the
// size of the root's text, a pixel where nobody has changed that: larger words have more room, and there are fewer of them.
import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { remInPx } from '../../width.ts';

/** So many of a chart's units are one rem. */
const OF_A_REM = 16;

/** What is so long in a chart, in a style. */
export const inRem = (length: number): string => `${length / OF_A_REM}rem`;

/** Before anything is measured, and where nothing can be. */
const USUAL = 640;

/** How wide a box is. */
export function useWidth(): readonly [box: RefObject<HTMLDivElement | null>, width: Signal<number>] {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(USUAL);
  useLayoutEffect(() => {
    const measure = (): void => {
      const measured = box.current?.clientWidth ?? 0;
      if (measured > 0) {
        width.value = (measured * OF_A_REM) / remInPx();
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
