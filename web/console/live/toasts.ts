// Short words at the end of the screen about what has just happened.
import { signal } from '@preact/signals';

const SHOWN_MS = 6000;

export interface Toast {
  readonly id: number;
  readonly words: string;
  /** It stays until it is put away. */
  readonly isFault: boolean;
  readonly undo?: () => void;
}

export const toasts = signal<readonly Toast[]>([]);
/** None goes by itself while one is pointed at or has the focus. */
export const areKept = signal(false);
let last = 0;

export const putAway = (id: number): void => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

export function say(words: string, undo?: () => void): void {
  goLater(add(words, false, undo));
}

function goLater(id: number): void {
  setTimeout(() => {
    if (areKept.peek()) {
      goLater(id);
    } else {
      putAway(id);
    }
  }, SHOWN_MS);
}

export function complain(words: string): void {
  add(words, true);
}

/** What was done last and can be undone is. */
export function undoLast(): void {
  const found = toasts.peek().findLast(({ undo }) => undo !== undefined);
  if (found !== undefined) {
    undoOne(found);
  }
}

export function undoOne({ id, undo }: Toast): void {
  putAway(id);
  undo?.();
}

function add(words: string, isFault: boolean, undo?: () => void): number {
  last += 1;
  const toast = { id: last, words, isFault, ...(undo === undefined ? {} : { undo }) };
  toasts.value = [...toasts.value.filter((other) => other.words !== words), toast];
  return last;
}
