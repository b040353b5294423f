// How a delivery went, as a mark and in words, and what came of its requests.
import { type Delivery, millis } from '../api/documents.ts';
import { duration, t } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';
import type { State } from './Icon.tsx';

const STATES: Readonly<Record<string, State>> = {
  delivered: 'delivered',
  pending: 'waiting',
  'given-up': 'failed',
};

export const stateOf = (delivery: Delivery): State => STATES[delivery.state] ?? 'waiting';

/** What may have come of a request without a good answer, as the API names it. */
const NAMES: Readonly<Record<string, TextKey>> = {
  redirect: 'wasRedirect',
  timeout: 'wasTimeout',
  connect: 'wasConnect',
  broken: 'wasBroken',
  tls: 'wasTls',
  dns: 'wasDns',
  protocol: 'wasProtocol',
  forbidden: 'wasForbidden',
};

/** What came of a request, in words. */
export function answerName(answer: string): string {
  const name = NAMES[answer];
  return name === undefined ? answer : t(name);
}

/** What came of a request that may have had an answer. */
export function answerOf(status: number | null, error: string | null): string {
  const isNamed = error !== null && error !== 'status' && error !== 'not-200';
  return [status === null ? '' : String(status), isNamed ? answerName(error) : ''].filter((part) => part !== '').join(' ');
}

/** `now` only matters to one that is tried again. */
export function outcomeOf({ state, status, error, nextAttemptAt, attempts }: Delivery, now = 0): string {
  const answer = answerOf(status, error);
  if (state === 'pending' && nextAttemptAt !== null && attempts > 0) {
    const time = duration(millis(nextAttemptAt) - now);
    return [answer, t('againIn', { time })].filter((part) => part !== '').join(' · ');
  }
  return answer;
}

const WORDS = { delivered: 'delivered', waiting: 'deliveryWaits', failed: 'givenUp' } as const;

export const wordOf = (delivery: Delivery): string => t(WORDS[stateOf(delivery) as keyof typeof WORDS]);
