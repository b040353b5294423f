// How it stands with each endpoint of webhooks: what waits, what was given up.
import { get } from '../api/http.ts';

/** As many as a page has. */
const MOST = 200;

export interface Stats {
  readonly endpoint: string;
  readonly backlog: number;
  readonly givenUp: number;
  readonly lastSuccessAt: string | null;
  readonly failingSince: string | null;
}

/** Of all endpoints. */
export async function readStats(): Promise<readonly Stats[]> {
  return (await get<{ readonly items: readonly Stats[] }>('stats', { limit: MOST }, 'hark/v1')).items;
}
