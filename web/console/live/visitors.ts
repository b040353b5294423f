// Visitors: who they are, all that is kept of them, and how they are forgotten.
import type { Moment, Visitor } from '../api/documents.ts';
import type { Export, ExportedConversation } from '../api/generated/hark.ts';
import { erase, get } from '../api/http.ts';

const PAGE = 50;
/** Messages that come at once. */
const MESSAGES = 200;

export interface VisitorInShort extends Visitor {
  readonly lastChat?: { readonly _id: string; readonly ts: Moment };
}

export interface VisitorPage {
  readonly visitors: readonly VisitorInShort[];
  readonly total: number;
}

/** By a part of their name, an address or a number; those who wrote last come first. */
export const findVisitors = (term: string, offset: number): Promise<VisitorPage> =>
  get<VisitorPage>('livechat/visitors.search', { term, sort: JSON.stringify({ 'lastChat.ts': -1 }), count: PAGE, offset });

interface VisitorInFull extends VisitorInShort {
  readonly contactId?: string;
  readonly host?: string;
  readonly ts: Moment;
}

export const readVisitor = async (visitorId: string): Promise<VisitorInFull> =>
  (await get<{ readonly visitor: VisitorInFull }>('livechat/visitors.info', { visitorId })).visitor;

/** All that is kept of a visitor. */
export interface Kept {
  readonly amount: Amount;
  readonly visitor: unknown;
  readonly conversations: readonly ExportedConversation[];
}

/** How much there is of it. */
export interface Amount {
  readonly chats: number;
  /** Those that are not over, by their ids. */
  readonly open: readonly string[];
  readonly messages: number;
  readonly files: number;
  readonly pages: number;
}

/** Reads all that is kept, and says after each page how much there is so far. */
export async function readKept(id: string, soFar: (amount: Amount) => void, stop: AbortSignal): Promise<Kept> {
  const conversations: ExportedConversation[] = [];
  let cursor: string | undefined;
  for (;;) {
    stop.throwIfAborted();
    // Each page says where the next one begins.
    const page: Export = await get<Export>(`visitors/${encodeURIComponent(id)}/export`, { limit: MESSAGES, cursor }, 'hark/v1');
    for (const one of page.items) {
      const last = conversations.at(-1);
      // A long chat goes on where the page before ended.
      if (last?.conversation.id === one.conversation.id) {
        conversations[conversations.length - 1] = { ...last, messages: [...last.messages, ...one.messages] };
      } else {
        conversations.push(one);
      }
    }
    const amount = amountOf(conversations);
    soFar(amount);
    if (page.nextCursor === null) {
      return { amount, visitor: page.visitor, conversations };
    }
    cursor = page.nextCursor;
  }
}

function amountOf(conversations: readonly ExportedConversation[]): Amount {
  const said = conversations.flatMap(({ messages }) => messages);
  return {
    chats: conversations.length,
    open: conversations.filter(({ conversation }) => conversation.state !== 'closed').map(({ conversation }) => conversation.id),
    messages: said.filter(({ notice }) => notice === null).length,
    files: said.filter(({ file }) => file !== null).length,
    pages: conversations.reduce((sum, { pages }) => sum + pages.length, 0),
  };
}

/** They are gone with all that they said; it cannot be undone. */
export const eraseVisitor = (id: string): Promise<unknown> => erase(`visitors/${encodeURIComponent(id)}`, 'hark/v1');
