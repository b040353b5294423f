// The way to what the audit has of one thing, for those who may read it.
import { may } from '../live/people.ts';
import { go } from '../place.ts';
import { t } from '../texts.ts';
import type { Act } from './MoreMenu.tsx';

export const historyPath = (id: string): string => `/admin/audit?subject=${encodeURIComponent(id)}`;

export const historyOf = (id: string): readonly Act[] =>
  may('can-audit-log') ? [{ icon: 'history', name: t('changeHistory'), act: () => go(historyPath(id)) }] : [];
