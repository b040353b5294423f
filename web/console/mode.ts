// Light, dark, or as the system has it.
import { effect, signal } from '@preact/signals';

const KEY = 'hark.console.mode';

export type Mode = 'system' | 'light' | 'dark';

const read = (): Mode => {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

export const mode = signal(read());

export function setMode(next: Mode): void {
  localStorage.setItem(KEY, next);
  mode.value = next;
}

effect(() => {
  if (mode.value === 'system') {
    delete document.documentElement.dataset['mode'];
  } else {
    document.documentElement.dataset['mode'] = mode.value;
  }
});

addEventListener('storage', (event) => {
  if (event.key === KEY) {
    mode.value = read();
  }
});
