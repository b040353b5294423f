// What was sent to endpoints of webhooks, of all chats, and how it went.
import { get, post } from '../api/http.ts';
import type { Delivery } from '../api/documents.ts';
import type { Attempt } from './crm.ts';

/** So many come at once. */
export const PAGE = 50;

export interface SentPage {
  readonly items: readonly SentOne[];
  readonly nextCursor: string | null;
}

export interface SentOne extends Delivery {
  readonly conversation: string | null;
}

export interface SentInFull extends SentOne {
  readonly body: string;
  readonly attemptLog: readonly Attempt[];
}

export interface Wanted {
  /** Empty: whatever became of them. */
  readonly state: string;
  /** Empty: to all. */
  readonly endpoint: string;
}

/** The newest first. */
export const readSent = ({ state, endpoint }: Wanted, cursor?: string): Promise<SentPage> =>
  get<SentPage>(
    endpoint === '' ? 'deliveries' : `endpoints/${endpoint}/deliveries`,
    { state: state === '' ? undefined : state, limit: PAGE, cursor },
    'hark/v1',
  );

export const readOne = (id: string): Promise<SentInFull> => get<SentInFull>(`deliveries/${id}`, {}, 'hark/v1');

export const sendAgain = (id: string): Promise<SentOne> => post<SentOne>(`deliveries/${id}:resend`, {}, 'hark/v1');
