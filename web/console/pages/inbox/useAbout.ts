import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { type About, readAbout } from '../../live/about.ts';
import type { Chat } from '../../live/chat.ts';

/** In a chat in which much is said it is not read with each message. */
const AGAIN_MS = 5000;

/** What is known around a chat, read again after messages; of no chat nothing is. */
export function useAbout(chat: Chat | undefined): About | undefined {
  const about = useSignal<About | undefined>(undefined);
  const rid = chat?.rid;
  const lastMessage = chat?.room?.lm;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const look = async (): Promise<void> => {
    timer.current = undefined;
    if (rid !== undefined) {
      about.value = (await readAbout(rid).catch(() => undefined)) ?? about.peek();
    }
  };
  useEffect(() => {
    void look();
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [rid]);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) {
      timer.current ??= setTimeout(() => void look(), AGAIN_MS);
    }
    isFirst.current = false;
  }, [lastMessage === undefined ? 0 : millis(lastMessage)]);
  return about.value;
}
