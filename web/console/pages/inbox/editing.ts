// What of one's own is being changed, if anything.
import { signal } from '@preact/signals';

import type { Mode } from '../../live/drafts.ts';

export interface Edited {
  readonly is: Mode;
  readonly rid: string;
  readonly id: string;
  readonly text: string;
}

export const editing = signal<Edited | undefined>(undefined);
