// How it stands with an endpoint, in words.
import { millis } from '../api/documents.ts';
import type { Dialect, Known } from '../live/endpoints.ts';
import type { State } from './Icon.tsx';
import { t, when } from '../texts.ts';

/** They are names. */
export const DIALECTS: Readonly<Record<Dialect, string>> = {
  standard: 'Standard',
  rocketchat: 'Rocket.Chat',
  comm100: 'Comm100',
};

export interface Need {
  readonly what: string;
  /** In the words of the server, which are English. */
  readonly reason: string | null;
  /** What becomes of it. */
  readonly more: string;
  readonly isFault: boolean;
}

const at = (moment: string): string => when(millis(moment), Date.now());

/** What somebody should know of it, if there is anything. */
export function needOf({ endpoint, stats }: Known): Need | undefined {
  const { state, stateSince, reason, complaint, trouble } = endpoint;
  if (state === 'disabled') {
    const what = stateSince === null ? t('disabled') : t('disabledSince', { time: at(stateSince) });
    return { what, reason, more: t('eventsAreKept'), isFault: true };
  }
  if (state === 'paused') {
    const what = stateSince === null ? t('paused') : t('pausedSince', { time: at(stateSince) });
    return { what, reason: null, more: t('eventsAreKept'), isFault: false };
  }
  if (complaint !== null) {
    return { what: t('notSentThere'), reason: complaint, more: '', isFault: true };
  }
  if (trouble !== null) {
    return { what: t('failingSince', { time: at(trouble.since) }), reason: trouble.reason, more: '', isFault: true };
  }
  if (stats.failingSince !== null) {
    return { what: t('failingSince', { time: at(stats.failingSince) }), reason: null, more: '', isFault: true };
  }
  return undefined;
}

/** What it is, as a word about it. */
export const shortOf = ({ what }: Need): string => what.replace(/\.$/, '');

export const isInNeed = (known: Known): boolean => needOf(known)?.isFault === true;

export function markOf(known: Known): readonly [mark: State, word: string] {
  const { endpoint, stats } = known;
  if (endpoint.state === 'disabled') {
    return ['disabled', t('disabled')];
  }
  if (endpoint.state === 'paused') {
    return ['paused', t('paused')];
  }
  if (isInNeed(known)) {
    return ['failed', t('failing')];
  }
  return stats.lastSuccessAt === null ? ['idle', t('nothingYet')] : ['delivered', t('workingOnes')];
}

/** Host and path, without what everybody knows. */
export const placeOf = (url: string): string => url.replace(/^https:\/\//, '').replace(/\/$/, '');
