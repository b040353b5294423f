// What the form of an endpoint needs besides the endpoint: the kinds of events, and how many of each there are.
import { type Counts, readCounts } from '../../live/crm.ts';
import { type Catalogue, readCatalogue } from '../../live/endpoints.ts';

export interface Choosable {
  readonly catalogue: Catalogue;
  readonly counts: Counts;
}

export async function readChoosable(): Promise<Choosable> {
  const [catalogue, counts] = await Promise.all([readCatalogue(), readCounts()]);
  return { catalogue, counts };
}
