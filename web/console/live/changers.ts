// Who changed something last, by the audit.
import { millis } from '../api/documents.ts';
import { type Change, type Line, readAudit, whoOf } from './audit.ts';
import { may } from './people.ts';

export interface Changer {
  readonly name: string;
  readonly at: number;
}

/** A thing that was changed, and which of its fields; without any it is one value. */
export interface Changed {
  readonly id: string;
  readonly fields: readonly string[];
}

const fieldOf = (thing: unknown, field: string): unknown =>
  typeof thing === 'object' && thing !== null ? (thing as Readonly<Record<string, unknown>>)[field] : undefined;

/** A thing stands in its line as it was as a whole, and as it is. */
const touches = ({ from, to }: Change, fields: readonly string[]): boolean =>
  fields.some((field) => JSON.stringify(fieldOf(from, field)) !== JSON.stringify(fieldOf(to, field)));

/** The last line of these fields, or of the thing where they are called otherwise there. */
async function lastLine({ id, fields }: Changed): Promise<Line | undefined> {
  const { items } = await readAudit({ text: '', kind: '', person: '', subject: id, from: '', until: '' });
  return items.find(({ changes }) => changes.some((change) => change.subject === id && touches(change, fields))) ?? items[0];
}

const changerOf = (line: Line | undefined): Changer | undefined =>
  line === undefined || line.by === null ? undefined : { name: whoOf(line.by), at: millis(line.at) };

/** Who was the last to change one of them, for those who may read the audit. */
export async function lastChanger(changed: readonly Changed[]): Promise<Changer | undefined> {
  if (!may('can-audit-log')) {
    return undefined;
  }
  const lines = await Promise.all(changed.map(lastLine));
  return changerOf(lines.flatMap((line) => line ?? []).toSorted((one, other) => other.at.localeCompare(one.at))[0]);
}

/** Who removed a thing, for those who may read the audit. */
export async function remover(id: string): Promise<Changer | undefined> {
  const line = may('can-audit-log') ? await lastLine({ id, fields: [] }) : undefined;
  return line?.kind.endsWith('.removed') === true ? changerOf(line) : undefined;
}
