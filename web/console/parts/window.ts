// Of a long list only those rows are drawn that can be seen, and some around them. All are equally high.
import { type RefObject } from 'preact';
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Rows above and below those that can be seen. */
const AROUND = 12;

export interface Window {
  readonly from: number;
  readonly until: number;
  /** The room of those that are not drawn. */
  readonly above: number;
  readonly below: number;
}

/** What of so many rows is drawn in an element that scrolls, and how far it is scrolled. */
export function useWindow(scroller: RefObject<HTMLElement | null>, count: number, high: number): readonly [shown: Window, top: Signal<number>] {
  const top = useSignal(0);
  const room = useSignal(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return undefined;
    }
    const look = (): void => {
      top.value = element.scrollTop;
      room.value = element.clientHeight;
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const from = Math.max(0, Math.floor(top.value / high) - AROUND);
  const until = Math.min(count, Math.ceil((top.value + room.value) / high) + AROUND);
  return [{ from, until, above: from * high, below: Math.max(0, count - until) * high }, top];
}
