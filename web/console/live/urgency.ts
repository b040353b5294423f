// How urgent chats are: their priority, and until when somebody was promised to have them.
import { signal } from '@preact/signals';

import type { Inquiry, Priority, Room, Sla } from '../api/documents.ts';
import { get } from '../api/http.ts';
import { may } from './people.ts';

export const priorities = signal<readonly Priority[]>([]);
export const slas = signal<readonly Sla[]>([]);

let reading: Promise<void> | undefined;

/** They change seldom: once for each load of the page is enough. */
export function readUrgency(): Promise<void> {
  if (!may('view-l-room')) {
    return Promise.resolve();
  }
  reading ??= readOnce();
  reading.catch(() => {
    reading = undefined;
  });
  return reading;
}

async function readOnce(): Promise<void> {
  const [ranked, promised] = await Promise.all([
    get<{ readonly priorities: readonly Priority[] }>('livechat/priorities', { count: 100 }),
    get<{ readonly sla: readonly Sla[] }>('livechat/sla', { count: 100 }),
  ]);
  priorities.value = ranked.priorities;
  slas.value = promised.sla;
}

export const priorityOf = ({ priorityId }: Room | Inquiry): Priority | undefined =>
  priorities.value.find(({ _id }) => _id === priorityId);

export const slaOf = ({ slaId }: Room | Inquiry): Sla | undefined => slas.value.find(({ _id }) => _id === slaId);
