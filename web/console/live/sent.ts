// What was sent to endpoints of webhooks, of all chats, and how it went.
import type { Delivery, DeliveryInFull, DeliveryPage } from '../api/generated/hark.ts';
import { get, given, post } from '../api/http.ts';

/** So many come at once. */
export const PAGE = 100;
/** As many as the server takes at once. */
const RESENT_AT_ONCE = 200;

export type SentPage = DeliveryPage;

export type SentOne = Delivery;

export type SentInFull = DeliveryInFull;

/** Which of them are wanted; what is empty is not asked for. */
export interface Wanted {
  readonly state: string;
  readonly endpoint: string;
  /** Kinds, and families of them, with commas between. */
  readonly kinds: string;
  /** Such as `503`, `5xx`, `timeout`, with commas between. */
  readonly answers: string;
  readonly from: string;
  readonly until: string;
  /** The id of a chat. */
  readonly chat: string;
}

const several = (value: string): readonly string[] | undefined => (value === '' ? undefined : value.split(','));

/** The newest first. */
export function readSent({ state, endpoint, kinds, answers, from, until, chat }: Wanted, cursor?: string): Promise<SentPage> {
  const params = {
    state: given(state),
    kinds: given(kinds),
    answers: given(answers),
    from: given(from),
    to: given(until),
    conversation: given(chat),
    limit: PAGE,
    cursor,
  };
  return get<SentPage>(endpoint === '' ? 'deliveries' : `endpoints/${endpoint}/deliveries`, params, 'hark/v1');
}

export const readOne = (id: string): Promise<SentInFull> => get<SentInFull>(`deliveries/${id}`, {}, 'hark/v1');

export const sendAgain = (id: string): Promise<SentOne> => post<SentOne>(`deliveries/${id}:resend`, {}, 'hark/v1');

/** Sends these again, one after the other, and says how many that were so far. */
export async function sendTheseAgain(ids: readonly string[], heard: (resent: number) => void, stop: AbortSignal): Promise<void> {
  for (const [before, id] of ids.entries()) {
    if (stop.aborted) {
      break;
    }
    await sendAgain(id);
    heard(before + 1);
  }
}

/** Sends again all that was given up and is wanted, and says how many that were so far. */
export async function sendAllAgain(wanted: Wanted, heard: (resent: number) => void, stop: AbortSignal): Promise<void> {
  let cursor: string | null = null;
  let sum = 0;
  do {
    const page: { readonly resent: number; readonly nextCursor: string | null } = await post(
      'deliveries/resend',
      {
        endpoint: given(wanted.endpoint),
        kinds: several(wanted.kinds),
        answers: several(wanted.answers),
        conversation: given(wanted.chat),
        from: given(wanted.from),
        to: given(wanted.until),
        limit: RESENT_AT_ONCE,
        ...(cursor === null ? {} : { cursor }),
      },
      'hark/v1',
    );
    sum += page.resent;
    heard(sum);
    cursor = page.nextCursor;
  } while (cursor !== null && !stop.aborted);
}
