// Lists of Rocket.Chat's API that are read whole.
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
