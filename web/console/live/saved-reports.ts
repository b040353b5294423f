// The reports that somebody has saved: their names stand in the menu.
import { signal } from '@preact/signals';

export type Kind = 'overview' | 'chats' | 'agents' | 'departments' | 'tags' | 'satisfaction' | 'webhooks';

export interface Report {
  readonly kind: Kind;
  readonly days?: number;
  readonly from?: string;
  readonly until?: string;
  readonly against?: 'before' | 'year';
  readonly department?: string;
}

export interface Saved {
  readonly id: string;
  readonly name: string;
  readonly report: Report;
}

/** Nothing as long as they are not read. */
export const savedReports = signal<readonly Saved[] | undefined>(undefined);
