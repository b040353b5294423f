// How the roles that come with the server are called; others are called what somebody has called them.
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

export const ADMINISTRATOR = 'admin';

const NAMES: Readonly<Record<string, TextKey>> = {
  [ADMINISTRATOR]: 'roleAdmin',
  'livechat-manager': 'roleManager',
  'livechat-monitor': 'roleMonitor',
  'livechat-agent': 'roleAgent',
  user: 'roleUser',
  bot: 'roleBot',
  app: 'roleApp',
  guest: 'roleGuest',
  anonymous: 'roleAnonymous',
};

export function roleName(id: string): string {
  const key = NAMES[id];
  return key === undefined ? id : t(key);
}

const ASIDE: ReadonlySet<string> = new Set(['user', 'bot', 'app', 'guest', 'anonymous']);

/** It came with the server, and is not for a desk. */
export const isAside = (id: string): boolean => ASIDE.has(id);

/** Those of a desk, the mightiest first; then the others as they come. */
const ORDER = Object.keys(NAMES);

export const byMight = (one: string, other: string): number => place(one) - place(other) || one.localeCompare(other);

function place(id: string): number {
  const at = ORDER.indexOf(id);
  return at === -1 ? ORDER.indexOf('user') + 0.5 : at;
}
