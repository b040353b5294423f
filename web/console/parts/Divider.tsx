import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly label: string;
  /** The custom property that says how wide the column is. */
  readonly property: '--list' | '--details';
  /** Whether the column that grows stands after it. */
  readonly isAfter?: boolean;
}

const LEAST = 240;
const MOST = 560;
const STEP = 16;

const usual = (property: string): number =>
  Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue(property), 10);

const kept = (property: string): number => Number(localStorage.getItem(`hark.console.${property.slice(2)}`) ?? '');

/** Between two columns: it is dragged, or moved by arrows, and stays where it was put; two clicks put it back. */
export function Divider({ label, property, isAfter = false }: Props) {
  const width = useSignal(kept(property));
  const from = useRef<{ readonly x: number; readonly width: number } | undefined>(undefined);
  const set = (next: number): void => {
    const bounded = next === 0 ? 0 : Math.round(Math.min(Math.max(LEAST, next), MOST));
    width.value = bounded;
    if (bounded === 0) {
      localStorage.removeItem(`hark.console.${property.slice(2)}`);
    } else {
      localStorage.setItem(`hark.console.${property.slice(2)}`, String(bounded));
    }
  };
  const wanted = width.value;
  useEffect(() => {
    const { style } = document.documentElement;
    if (wanted === 0) {
      style.removeProperty(property);
    } else {
      style.setProperty(property, `${wanted}px`);
    }
  }, [wanted]);
  const now = (): number => (width.peek() === 0 ? usual(property) : width.peek());
  /** Towards the end of the line the column before it grows, and the one after it shrinks. */
  const turn = (): number => (document.documentElement.dir === 'rtl' ? -1 : 1) * (isAfter ? -1 : 1);
  return (
    <div
      class="divider"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={wanted === 0 ? usual(property) : wanted}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: now() };
      }}
      onPointerMove={(event) => {
        if (from.current !== undefined) {
          set(from.current.width + (event.clientX - from.current.x) * turn());
        }
      }}
      onPointerUp={() => {
        from.current = undefined;
      }}
      onDblClick={() => set(0)}
      onKeyDown={(event) => {
        const by = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key];
        if (by !== undefined) {
          event.preventDefault();
          event.stopPropagation();
          set(now() + by * turn());
        }
      }}
    />
  );
}
