// A chat of before, read beside the open one.
import type { Message } from '../api/documents.ts';
import { call } from '../api/http.ts';

/** The end of it; all of it is there when it is opened itself. */
const MOST = 100;

/** What was said in it, the first at the top. */
export async function readPast(rid: string): Promise<readonly Message[]> {
  const { messages } = await call<{ readonly messages: readonly Message[] }>('loadHistory', [rid, null, MOST, null]);
  return messages.filter(({ t }) => t === undefined).toReversed();
}
