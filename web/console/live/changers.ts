// Who changed something last, by the audit.
import { get } from '../api/http.ts';
import { may } from './people.ts';

export interface Changer {
  readonly name: string;
  readonly at: number;
}

interface Line {
  readonly at: string;
  readonly by: { readonly username: string } | null;
}

/** Who changed the thing of this id last, for those who may read the audit. */
export async function lastChanger(id: string): Promise<Changer | undefined> {
  if (!may('can-audit-log')) {
    return undefined;
  }
  const { items } = await get<{ readonly items: readonly Line[] }>('audit', { text: id, limit: 1 }, 'hark/v1');
  const last = items[0];
  return last === undefined || last.by === null ? undefined : { name: last.by.username, at: new Date(last.at).getTime() };
}
