// How it goes with the server: what it is, what waits, what does its work, and what somebody should do.
import { get } from '../api/http.ts';

/** What a job is doing, the worst first. `elsewhere`: another node has the work. */
const STATES = { failing: 0, working: 1, elsewhere: 2 } as const;

/** Moments are texts in ISO 8601. */
export interface Job {
  readonly name: string;
  readonly state: keyof typeof STATES;
  /** Why it fails, in the server's own words. */
  readonly error: string | null;
  readonly restarts: number;
  readonly succeededAt: string | null;
}

/** What somebody should look at. */
export interface Finding {
  readonly kind: string;
  /** The name of the job, or the id of the endpoint, that it is about. */
  readonly subject: string | null;
  /** What is known of it besides, in the server's own words. */
  readonly detail: string | null;
}

/** So many wait, the oldest one since then. */
export interface Queue {
  readonly waiting: number;
  readonly oldestAt: string | null;
}

export interface Health {
  readonly version: string;
  readonly speaks: string;
  readonly engine: string;
  readonly begunAt: string;
  readonly databaseBytes: number;
  readonly diskFreeBytes: number | null;
  /** Nothing where there is none, or where that is not known. */
  readonly backedUpAt: string | null;
  readonly events: number;
  readonly waitingWrites: number;
  readonly waitingReads: number;
  readonly sockets: number;
  readonly openChats: number;
  readonly queuedChats: number;
  readonly agents: number;
  readonly webhooks: Queue & { readonly givenUp: number };
  readonly mail: Queue;
  readonly search: { readonly messagesLeft: number };
  readonly jobs: readonly Job[];
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** The jobs that fail come first. */
export async function readHealth(): Promise<Health> {
  const health = await get<Health>('health', {}, 'hark/v1');
  const jobs = health.jobs.toSorted((one, other) => STATES[one.state] - STATES[other.state] || one.name.localeCompare(other.name));
  return { ...health, jobs };
}
