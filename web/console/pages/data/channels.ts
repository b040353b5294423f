import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

const NAMES: Readonly<Record<string, TextKey>> = { widget: 'byWidget', email: 'byMail', 'email-inbox': 'byMail', sms: 'bySms', api: 'byApi' };

/** The way by which somebody has written, as people call it. */
export function channelName(name: string): string {
  const known = NAMES[name];
  return known === undefined ? name : t(known);
}
