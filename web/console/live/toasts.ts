// Short words at the end of the screen about what has just happened.
import { signal } from '@preact/signals';

const SHOWN_MS = 6000;

interface Toast {
  readonly id: number;
  readonly words: string;
  /** It stays until it is put away. */
  readonly isFault: boolean;
}

export const toasts = signal<readonly Toast[]>([]);
let last = 0;

export const putAway = (id: number): void => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

export function say(words: string): void {
  const id = add(words, false);
  setTimeout(() => putAway(id), SHOWN_MS);
}

export function complain(words: string): void {
  add(words, true);
}

function add(words: string, isFault: boolean): number {
  last += 1;
  toasts.value = [...toasts.value.filter((toast) => toast.words !== words), { id: last, words, isFault }];
  return last;
}
