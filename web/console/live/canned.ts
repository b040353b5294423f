// Answers that agents have ready, for themselves, their department or everybody.
import { signal } from '@preact/signals';

import type { CannedResponse } from '../api/documents.ts';
import { get, post } from '../api/http.ts';
import { chat } from './chat.ts';
import { me } from './people.ts';
import { type Part, partsWith } from './placeholders.ts';
import { reason } from './reasons.ts';
import { complain } from './toasts.ts';

/** Not known until they were read once. */
export const canned = signal<readonly CannedResponse[] | undefined>(undefined);

/** Those of before stay until others are read. */
export async function readCanned(): Promise<void> {
  try {
    const { responses } = await get<{ readonly responses: readonly CannedResponse[] }>('canned-responses.get');
    canned.value = responses;
  } catch {
    canned.value ??= [];
  }
}

/** As it is said in this chat; it counts as used. Without an answer it has been said why. */
export async function fillCanned(rid: string, id: string): Promise<string | undefined> {
  try {
    const { text, uses } = await post<{ readonly text: string; readonly uses: number }>(
      `conversations/${rid}/canned-responses/${encodeURIComponent(id)}:fill`,
      {},
      'hark/v1',
    );
    canned.value = canned.peek()?.map((one) => (one._id === id ? { ...one, uses } : one));
    return text;
  } catch (error) {
    complain(reason(error));
    return undefined;
  }
}

/** What stands in a place of a text, as far as it is known here; nothing: there is no such place. */
function valueOf(name: string): string | undefined {
  const { room, visitor } = chat.value ?? {};
  switch (name) {
    case 'contact.name':
      return room?.fname ?? '';
    case 'contact.email':
      return visitor?.visitorEmails?.[0]?.address ?? '';
    case 'contact.phone':
      return visitor?.phone?.[0]?.phoneNumber ?? '';
    case 'agent.name':
      return me.value?.name ?? '';
    case 'agent.email':
      return me.value?.email ?? '';
    default:
      return undefined;
  }
}

/** A text with what is known of the open chat in its places. */
export const partsOf = (text: string): readonly Part[] => partsWith(text, valueOf);
