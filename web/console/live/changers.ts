// Who changed something last, by the audit.
import { type Line, readAudit } from './audit.ts';
import { may, nameOf } from './people.ts';

export interface Changer {
  readonly name: string;
  readonly at: number;
}

/** A line speaks of other things as well: who was given a role, or which agents a department has. */
async function lastLine(id: string): Promise<Line | undefined> {
  const { items } = await readAudit({ text: id, kind: '', person: '', from: '', until: '' });
  return items.find(({ changes }) => changes.some(({ subject }) => subject === id));
}

/** Who was the last to change one of the things of these ids, for those who may read the audit. */
export async function lastChanger(ids: ReadonlySet<string>): Promise<Changer | undefined> {
  if (!may('can-audit-log')) {
    return undefined;
  }
  const lines = await Promise.all([...ids].map(lastLine));
  const [last] = lines.flatMap((line) => line ?? []).toSorted((one, other) => other.at.localeCompare(one.at));
  return last === undefined || last.by === null ? undefined : { name: nameOf(last.by.username), at: new Date(last.at).getTime() };
}
