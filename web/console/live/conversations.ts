// Chats of all times by what they have in common, a page at a time that no new chat moves.
import type { FoundConversation, FoundConversationPage } from '../api/generated/hark.ts';
import { get } from '../api/http.ts';

const PAGE = 200;

export type Conversation = FoundConversation;

export interface Wanted {
  readonly text?: string;
  readonly state?: string;
  readonly agent?: string;
  readonly department?: string;
  readonly tag?: string;
  readonly visitor?: string;
  /** Moments in ISO 8601. */
  readonly from?: string;
  readonly to?: string;
}

/** The latest of them. */
export const readLatest = async (wanted: Wanted, limit: number): Promise<readonly Conversation[]> =>
  (await get<FoundConversationPage>('conversations', { ...wanted, limit }, 'hark/v1')).items;

/** All of them, and after each page how many there are so far. */
export async function readConversations(wanted: Wanted, soFar: (many: number) => void, stop: AbortSignal): Promise<readonly Conversation[]> {
  const all: Conversation[] = [];
  let cursor: string | undefined;
  for (;;) {
    stop.throwIfAborted();
    const page: FoundConversationPage = await get<FoundConversationPage>('conversations', { ...wanted, limit: PAGE, cursor }, 'hark/v1');
    all.push(...page.items);
    soFar(all.length);
    if (page.nextCursor === null) {
      return all;
    }
    cursor = page.nextCursor;
  }
}
