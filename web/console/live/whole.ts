// Lists that are read whole: those of Rocket.Chat's API by how many there are, those of Hark's own by their cursor.
import { get, type Params } from '../api/http.ts';

const PAGE = 100;

/** Every entry of a list that the server bounds, such as all tags. */
export async function whole<T>(path: string, member: string, params: Params = {}): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    // Each page says where the next one begins.
    const found = await get<Readonly<Record<string, unknown>>>(path, { ...params, count: PAGE, offset: all.length });
    const page = (found[member] ?? []) as readonly T[];
    all.push(...page);
    if (page.length === 0 || all.length >= Number(found['total'] ?? 0)) {
      return all;
    }
  }
}

const LARGE_PAGE = 200;
/** What is longer than that is in the API alone. */
const MOST_PAGES = 5;

/** Every entry of a list of Hark's own API, such as all settings. */
export async function wholeInPages<T>(path: string): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await get<{ readonly items: readonly T[]; readonly nextCursor: string | null }>(path, { limit: LARGE_PAGE, cursor }, 'hark/v1');
    all.push(...found.items);
    if (found.nextCursor === null) {
      break;
    }
    cursor = found.nextCursor;
  }
  return all;
}
