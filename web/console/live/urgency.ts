// How urgent chats are: their priority, and until when somebody was promised to have them.
import { signal } from '@preact/signals';

import type { Inquiry, Priority, Room, Sla } from '../api/documents.ts';
import { get } from '../api/http.ts';
import { t } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';
import { once } from './once.ts';

export const priorities = signal<readonly Priority[]>([]);
export const slas = signal<readonly Sla[]>([]);

export const readUrgency = once(async () => {
  const [ranked, promised] = await Promise.all([
    get<{ readonly priorities: readonly Priority[] }>('livechat/priorities', { count: 100 }),
    get<{ readonly sla: readonly Sla[] }>('livechat/sla', { count: 100 }),
  ]);
  priorities.value = ranked.priorities;
  slas.value = promised.sla;
});

export const priorityOf = ({ priorityId }: Room | Inquiry): Priority | undefined =>
  priorities.value.find(({ _id }) => _id === priorityId);

export const slaOf = ({ slaId }: Room | Inquiry): Sla | undefined => slas.value.find(({ _id }) => _id === slaId);

const NAMES: Readonly<Record<string, TextKey>> = {
  Highest: 'priorityHighest',
  High: 'priorityHigh',
  Medium: 'priorityMedium',
  Low: 'priorityLow',
  Lowest: 'priorityLowest',
};

/** As somebody has called it, or as it came, in the language of the one who reads. */
export function priorityName({ i18n, name }: Pick<Priority, 'i18n' | 'name'>): string {
  const key = NAMES[i18n];
  return name ?? (key === undefined ? i18n : t(key));
}

/** Before all others. */
export const isUrgent = ({ sortItem }: Priority): boolean => sortItem <= 2;
