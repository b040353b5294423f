import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly kind: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** Beside the button that opened it, until one looks elsewhere. The focus goes back there. */
export function Popover({ label, kind, close, children }: Props) {
  const element = useRef<HTMLDivElement>(null);
  // Before another key comes.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const outside = (event: Event) => {
      const { target } = event;
      const isOpener = opener !== null && opener !== document.body && target instanceof Node && opener.contains(target);
      if (target instanceof Node && element.current?.contains(target) === false && !isOpener) {
        close();
      }
    };
    const first = element.current?.querySelector<HTMLElement>('input, select, button, [tabindex="0"]');
    (first ?? element.current)?.focus();
    document.addEventListener('pointerdown', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      if (opener instanceof HTMLElement && opener.isConnected) {
        opener.focus();
      }
    };
  }, []);
  return (
    <div
      ref={element}
      class={`popover ${kind}`}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          close();
        }
      }}
    >
      {children}
    </div>
  );
}
