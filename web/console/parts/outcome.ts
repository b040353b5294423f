// How a delivery went, as a mark and in words.
import type { Delivery } from '../api/documents.ts';
import { duration, t } from '../texts.ts';
import type { State } from './Icon.tsx';

const STATES: Readonly<Record<string, State>> = {
  delivered: 'delivered',
  pending: 'waiting',
  'given-up': 'failed',
};

export const stateOf = (delivery: Delivery): State => STATES[delivery.state] ?? 'waiting';

/** `now` only matters to one that is tried again. */
export function answerOf({ state, status, error, nextAttemptAt, attempts }: Delivery, now = 0): string {
  const answer = status === null ? (error ?? '') : String(status);
  if (state === 'pending' && nextAttemptAt !== null && attempts > 0) {
    const time = duration(new Date(nextAttemptAt).getTime() - now);
    return [answer, t('againIn', { time })].filter((part) => part !== '').join(' · ');
  }
  return answer;
}

const WORDS = { delivered: 'delivered', waiting: 'deliveryWaits', failed: 'givenUp' } as const;

export const wordOf = (delivery: Delivery): string => t(WORDS[stateOf(delivery) as keyof typeof WORDS]);
