// How priorities are called, and which of them are worth a word.
import type { Priority } from '../../api/documents.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

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
