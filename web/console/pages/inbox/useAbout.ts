import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { type About, readAbout } from '../../live/about.ts';
import type { Chat } from '../../live/chat.ts';

/** What is known around a chat, read again with each message; of no chat nothing is. */
export function useAbout(chat: Chat | undefined): About | undefined {
  const about = useSignal<About | undefined>(undefined);
  const rid = chat?.rid;
  const lastMessage = chat?.room?.lm;
  useEffect(() => {
    const look = async (of: string): Promise<void> => {
      about.value = (await readAbout(of).catch(() => undefined)) ?? about.peek();
    };
    if (rid !== undefined) {
      void look(rid);
    }
  }, [rid, lastMessage === undefined ? 0 : millis(lastMessage)]);
  return about.value;
}
