// How it stands with each endpoint of webhooks: what waits, what was given up.
import type { StatsOfEndpoint } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';

/** As many as a page has. */
const MOST = 200;

export type Stats = StatsOfEndpoint;

/** Of all endpoints. */
export async function readStats(): Promise<readonly Stats[]> {
  return (await get<{ readonly items: readonly Stats[] }>('stats', { limit: MOST }, 'hark/v1')).items;
}
