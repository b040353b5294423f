// What happened, sent to an endpoint once more: how much that would be, and how far the server is with it.
import { millis } from '../api/documents.ts';
import type { Count, EventPage, Replay } from '../api/generated/hark.ts';
import { get, post } from '../api/http.ts';

export interface Stretch {
  readonly from: string;
  /** Nothing: until now. */
  readonly to?: string;
  /** Only what was given up. */
  readonly failedOnly: boolean;
}

export type Counted = Count;

export type { Replay };

/** More than one may be running; the others have ended. */
const LATEST = 10;

export const countReplay = (endpoint: string, stretch: Stretch): Promise<Counted> =>
  post<Counted>(`endpoints/${endpoint}:replay`, { ...stretch, dryRun: true }, 'hark/v1');

/** Of what was counted, and of nothing that has happened since. */
export const startReplay = (endpoint: string, { afterEvent, untilEvent }: Counted, failedOnly: boolean): Promise<Replay> =>
  post<Replay>(`endpoints/${endpoint}:replay`, { afterEvent, untilEvent, failedOnly }, 'hark/v1');

/** The latest first. */
export const readReplays = async (endpoint: string): Promise<readonly Replay[]> =>
  (await get<{ readonly items: readonly Replay[] }>(`endpoints/${endpoint}/replays`, { limit: LATEST }, 'hark/v1')).items;

/** When the first event behind a place in the log happened, if there is one. */
async function momentBehind(after: number): Promise<number | undefined> {
  const { items } = await get<EventPage>('events', { after, limit: 1 }, 'hark/v1');
  const first = items[0]?.['timestamp'];
  return typeof first === 'string' ? millis(first) : undefined;
}

/** From when to when what it sends happened: nothing that is later than itself. */
export async function stretchOf({ afterEvent, untilEvent, createdAt }: Replay): Promise<readonly [from: number, until: number]> {
  const latest = millis(createdAt);
  const [from = latest, until = latest] = await Promise.all([momentBehind(afterEvent), momentBehind(Math.max(0, untilEvent - 1))]);
  return [Math.min(from, latest), Math.min(until, latest)];
}

export const cancelReplay = (id: string): Promise<Replay> => post<Replay>(`replays/${id}:cancel`, {}, 'hark/v1');
