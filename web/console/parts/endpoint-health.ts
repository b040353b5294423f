// How it stands with an endpoint, in words.
import { millis } from '../api/documents.ts';
import { type Dialect, isUnset, type Known, pausers } from '../live/endpoints.ts';
import { count, t, when } from '../texts.ts';
import type { State } from './Icon.tsx';
import { answerOf } from './outcome.ts';
import { withPhrase } from './statuses.ts';

/** They are names. */
export const DIALECTS: Readonly<Record<Dialect, string>> = {
  standard: 'Standard',
  rocketchat: 'Rocket.Chat',
  comm100: 'Comm100',
};

export interface Need {
  readonly what: string;
  /** What came back, which is the same in every language. */
  readonly answer?: string;
  readonly why?: readonly string[];
  /** In the words of the server, which are English. */
  readonly detail?: string;
  /** What becomes of it. */
  readonly more?: string;
  readonly isFault: boolean;
  /** It asks for patience. */
  readonly isSlow?: boolean;
}

const at = (moment: string): string => when(millis(moment), Date.now());

/** How the server begins its sentences: with what the class of a fault says already. */
const LEAD = /^(?:the name cannot be resolved|no connection|no TLS|the answer is not valid|the connection broke|it answered with status \d+)(?:: )?/;

/** What the server says of a fault besides its class. */
export const detailOf = (words: string): string => words.replace(LEAD, '');

const TOO_MANY = 429;
const statusIn = (words: string): number => Number(/^it answered (?:with status )?(\d{3})/.exec(words)?.[1] ?? 0);

/** The address that is not public, in what the server says of a URL to which it sends nothing. */
export const privateIn = (complaint: string): string | undefined => /([\d.:a-f]+),? (?:which )?is no public address/i.exec(complaint)?.[1];

/** Whether it says that this is no URL at all. */
export const isNoUrl = (complaint: string): boolean => /^(?:it is not an http|the URL cannot be used)/.test(complaint);

/** Why nothing is sent to an address. */
function refusalOf(complaint: string): Pick<Need, 'why' | 'detail'> {
  const address = privateIn(complaint);
  return address === undefined
    ? { why: isNoUrl(complaint) ? [t('badUrl')] : [], detail: complaint }
    : // It is read from left to right among words of every language.
      { why: [t('privateAddress', { option: `\u2066--webhook-allow ${address}\u2069` })], detail: complaint.replace(/;.*/, '') };
}

/** What somebody should know of it, if there is anything. */
export function needOf({ endpoint, stats }: Known): Need | undefined {
  const { id, state, stateSince, reason, complaint, trouble } = endpoint;
  if (state === 'disabled') {
    const what = stateSince === null ? t('disabled') : t('disabledSince', { time: at(stateSince) });
    const status = statusIn(reason ?? '');
    return { what, ...(status === 0 ? { detail: reason ?? '' } : { answer: withPhrase(status) }), more: t('eventsAreKept'), isFault: true };
  }
  if (state === 'paused') {
    const by = pausers.value.get(`${id} ${stateSince}`) ?? '';
    const time = stateSince === null ? '' : at(stateSince);
    const what = time === '' ? t('paused') : by === '' ? t('pausedSince', { time }) : t('pausedSinceBy', { time, name: by });
    return { what, more: t('eventsAreKept'), isFault: false };
  }
  if (complaint !== null) {
    return { what: t('notSentThere'), ...refusalOf(complaint), isFault: true };
  }
  if (trouble === null && stats.failingSince === null) {
    return undefined;
  }
  const status = statusIn(trouble?.reason ?? '');
  if (status === TOO_MANY && stats.givenUp === 0) {
    return { what: t('slowedDown'), answer: withPhrase(status), more: t('nothingToDo'), isFault: false, isSlow: true };
  }
  const words = [trouble === null ? '' : answerOf(null, trouble.error), stats.givenUp === 0 ? '' : count('manyGivenUp', stats.givenUp)];
  return {
    what: t('failingSince', { time: at(trouble?.since ?? stats.failingSince ?? '') }),
    answer: status === 0 ? '' : withPhrase(status),
    why: words.filter((part) => part !== ''),
    detail: detailOf(trouble?.reason ?? ''),
    isFault: true,
  };
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
  const need = needOf(known);
  if (need !== undefined) {
    return need.isFault ? ['failed', t('failing')] : ['slowed', shortOf(need)];
  }
  if (isUnset(known)) {
    return ['idle', t('notSetUp')];
  }
  return stats.lastSuccessAt === null ? ['idle', t('nothingYet')] : ['delivered', t('workingOnes')];
}

/** Host and path, without what everybody knows. */
export const placeOf = (url: string): string => url.replace(/^https:\/\//, '').replace(/\/$/, '');
