// A press beside a dialog.
import type { TargetedMouseEvent, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';

/** For the dialog's element. What is pressed inside of it and let go outside, as where words are chosen, was not meant for it. */
export function useBeside(close: () => void) {
  const isBegun = useRef(false);
  return {
    onPointerDown: ({ target, currentTarget }: TargetedPointerEvent<HTMLDialogElement>): void => {
      isBegun.current = target === currentTarget;
    },
    onClick: ({ target, currentTarget }: TargetedMouseEvent<HTMLDialogElement>): void => {
      if (isBegun.current && target === currentTarget) {
        close();
      }
    },
  };
}
