// By which names a chat is shown: of those who answer, and of whose site it is.
import { config, screen } from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { siteTheme } from '../look.ts';
import { t } from '../texts.ts';
import type { Agent } from '../wire/documents.ts';

/** Nothing where the operator does not want visitors to know who answers. */
export const nameOf = (person: Pick<Agent, 'name' | 'username'> | undefined): string =>
  config.value?.settings.agentHiddenInfo === true
    ? ''
    : clean(person?.name ?? person?.username ?? '');

const isAway = () => screen.value === 'offline' || screen.value === 'unavailable';

/** What the site or its operator calls it here, if they do. */
export function ownTitle(): string {
  const theme = config.value?.theme;
  const own = siteTheme.value;
  const set = isAway() ? (own.offlineTitle ?? theme?.offlineTitle) : (own.title ?? theme?.title);
  return clean(set ?? '');
}

export function title(): string {
  return ownTitle() || t(isAway() ? 'offlineTitle' : 'launcher');
}
