// Who changed what, as the audit has it.
import type { AuditedBy, AuditedChange, AuditLine, AuditLinePage as AuditPage } from '../api/generated/hark.ts';
import { Refused } from '../../shared/answers.ts';
import { get } from '../api/http.ts';

export type Change = AuditedChange;

export type Line = AuditLine;

export type { AuditPage };

export interface Wanted {
  readonly text: string;
  readonly kind: string;
  readonly person: string;
  /** The id of what was changed. */
  readonly subject: string;
  /** Days, as fields for dates have them. */
  readonly from: string;
  readonly until: string;
}

/** What somebody is called; of one who is gone the user name is left. */
export const whoOf = ({ name, username }: AuditedBy): string => name ?? username;

const PAGE = 50;
/** A page may be empty and go on: so many are asked for before somebody is asked. */
const MOST_ASKED = 5;
const DAY_MS = 86_400_000;

const moment = (day: string, after = 0): string | undefined => {
  const at = new Date(`${day}T00:00`).getTime();
  return Number.isNaN(at) ? undefined : new Date(at + after).toISOString();
};
const filled = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** One line; nothing if it is not kept any more. */
export async function readLine(id: string): Promise<Line | undefined> {
  try {
    return await get<Line>(`audit/${encodeURIComponent(id)}`, {}, 'hark/v1');
  } catch (error) {
    if (error instanceof Refused && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

/** The latest first, or those that come after a page. */
export async function readAudit({ text, kind, person, subject, from, until }: Wanted, after?: string): Promise<AuditPage> {
  const found: Line[] = [];
  let cursor = after ?? null;
  for (let asked = 0; asked < MOST_ASKED; asked += 1) {
    const page: AuditPage = await get<AuditPage>(
      'audit',
      {
        limit: PAGE,
        text: filled(text),
        kind: filled(kind),
        person: filled(person),
        subject: filled(subject),
        from: moment(from),
        to: moment(until, DAY_MS),
        cursor: cursor ?? undefined,
      },
      'hark/v1',
    );
    found.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null || found.length >= PAGE) {
      break;
    }
  }
  return { items: found, nextCursor: cursor };
}
