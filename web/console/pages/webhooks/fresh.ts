// Secrets that were made a moment ago. The server shows each this once; they are kept as long as they are on the screen.
import { signal } from '@preact/signals';

export interface Fresh {
  /** The endpoint's. */
  readonly id: string;
  readonly secret: string;
  /** Until when the one before is good as well; nothing where there was none. */
  readonly overlap: number | undefined;
  /** A test was signed with it, and the endpoint is not there yet. */
  readonly isTried?: true;
}

export const fresh = signal<Fresh | undefined>(undefined);
