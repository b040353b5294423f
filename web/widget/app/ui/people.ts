// By which names a chat is shown: of those who answer, and of whose site it is.
import { config, screen } from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { siteTheme } from '../look.ts';
import { t } from '../texts.ts';
import { en } from '../../texts/en.ts';
import type { Agent } from '../wire/documents.ts';

/** Nothing where the operator does not want visitors to know who answers. */
export const nameOf = (person: Pick<Agent, 'name' | 'username'> | undefined): string =>
  config.value?.settings.agentHiddenInfo === true
    ? ''
    : clean(person?.name ?? person?.username ?? '');

/** What the site or its operator calls it, if they do. */
export const ownTitle = (): string =>
  clean(siteTheme.value.title ?? config.value?.theme?.title ?? '');

/** The same while nobody is there: the server's own words are one language's, and no name. */
function awayTitle(): string {
  const set = siteTheme.value.offlineTitle ?? config.value?.theme?.offlineTitle ?? '';
  return set === en.offlineTitle ? '' : clean(set);
}

/** Where nothing can be said there is nothing to call it by either. */
export function title(): string {
  const isOffline = screen.value === 'offline';
  const isShut = screen.value === 'unavailable' || screen.value === 'off';
  const set = ((isOffline || isShut) && awayTitle()) || ownTitle();
  return set || (isShut ? '' : t(isOffline ? 'offlineTitle' : 'launcher'));
}
