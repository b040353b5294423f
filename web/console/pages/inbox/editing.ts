// What of one's own is being changed or taken back, if anything.
import { signal } from '@preact/signals';

import type { Message } from '../../api/documents.ts';
import type { Mode } from '../../live/drafts.ts';
import { wordsOf } from '../../live/quotes.ts';

export interface Edited {
  readonly is: Mode;
  readonly rid: string;
  readonly id: string;
  readonly text: string;
  /** What stands in front of the words, and stays there. */
  readonly quotes?: string;
}

export const editing = signal<Edited | undefined>(undefined);

export function changeOf({ rid, _id: id, msg }: Message): Edited {
  const text = wordsOf(msg);
  return { is: 'reply', rid, id, text, quotes: msg.slice(0, msg.length - text.length) };
}

export interface Removed {
  /** By which it is known. */
  readonly words: string;
  readonly act: () => Promise<unknown>;
}

/** Asked for before it is done, as nobody can bring it back. */
export const removing = signal<Removed | undefined>(undefined);
