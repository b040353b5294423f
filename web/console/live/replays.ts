// What happened, sent to an endpoint once more: how much that would be, and how far the server is with it.
import type { Count, Replay } from '../api/generated/hark.ts';
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

export const cancelReplay = (id: string): Promise<Replay> => post<Replay>(`replays/${id}:cancel`, {}, 'hark/v1');
