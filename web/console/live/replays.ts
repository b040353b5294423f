// What happened, sent to an endpoint once more: how much that would be, and how far the server is with it.
import { get, post } from '../api/http.ts';

export interface Stretch {
  readonly from: string;
  /** Nothing: until now. */
  readonly to?: string;
  /** Only what was given up. */
  readonly failedOnly: boolean;
}

export interface Counted {
  /** What was counted lies between these places in the log. */
  readonly afterEvent: number;
  readonly untilEvent: number;
  /** Deliveries that would be sent. */
  readonly queued: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly conversations: number;
  /** There are more than were counted. */
  readonly isPartial: boolean;
}

export interface Replay {
  readonly id: string;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly failedOnly: boolean;
  /** From 0 to 1. */
  readonly progress: number;
  readonly queued: number;
  readonly createdAt: string;
}

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
