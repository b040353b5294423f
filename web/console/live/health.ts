// How it goes with the server: what it is, what waits, what does its work, and what somebody should do.
import type { Health, HealthFinding, HealthJob } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';

/** What a job is doing, the worst first. `elsewhere`: another node has the work. */
const STATES = { failing: 0, working: 1, elsewhere: 2 } as const;

export type Job = HealthJob;

/** What somebody should look at. */
export type Finding = HealthFinding;

export type { Health };

/** The jobs that fail come first. */
export async function readHealth(): Promise<Health> {
  const health = await get<Health>('health', {}, 'hark/v1');
  const jobs = health.jobs.toSorted((one, other) => STATES[one.state] - STATES[other.state] || one.name.localeCompare(other.name));
  return { ...health, jobs };
}
