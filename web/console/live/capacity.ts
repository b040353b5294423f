// How many chats one has, and may have at once.
import { computed, effect, signal } from '@preact/signals';

import type { Capacity } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';
import { onReturn } from './connection.ts';
import { mine } from './lists.ts';
import { mayAnswer } from './people.ts';

/** Chats come and go in crowds. */
const SETTLED_MS = 400;

/** Those on hold do not count. */
export const load = computed(() => mine.value.filter(({ onHold }) => onHold !== true).length);
/** None: as many as one likes. */
export const most = signal<number | undefined>(undefined);
export const isFull = computed(() => most.value !== undefined && load.value >= most.value);

export async function readCapacity(): Promise<void> {
  if (mayAnswer.peek()) {
    const capacity = await get<Capacity>('capacity', {}, 'hark/v1');
    most.value = capacity.most ?? undefined;
  }
}

const look = (): void => void readCapacity().catch(() => undefined);

/** What one may have is changed by others, and nobody is told: it is asked for when it matters. */
export function followCapacity(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    if (mayAnswer.value && load.value >= 0) {
      clearTimeout(timer);
      timer = setTimeout(look, SETTLED_MS);
    }
  });
  onReturn(look);
}
