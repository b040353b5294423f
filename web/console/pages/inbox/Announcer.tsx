import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { calledAs, millis } from '../../api/documents.ts';
import { chat } from '../../live/chat.ts';
import { areRead, waitingCount } from '../../live/lists.ts';
import { count, t } from '../../texts.ts';

/** The queue is not spoken of more often. */
const SELDOM_MS = 10_000;

/** What those hear who do not see: new words of the visitor in the open chat, and that somebody waits. */
export function Announcer() {
  const said = useSignal('');
  const queued = useSignal('');
  const opened = useRef({ rid: '', at: 0 });
  const open = chat.value;
  if (open !== undefined && open.rid !== opened.current.rid) {
    opened.current = { rid: open.rid, at: Date.now() };
  }
  const last = open?.messages.findLast(({ token, t: kind }) => token !== undefined && kind === undefined);
  useEffect(() => {
    if (last !== undefined && millis(last.ts) > opened.current.at) {
      said.value = t('says', { name: calledAs(last.u), text: last.msg });
    }
  }, [last?._id]);
  const many = waitingCount.value;
  const before = useRef<number | undefined>(undefined);
  const spokenAt = useRef(0);
  useEffect(() => {
    const isMore = before.current !== undefined && many > before.current;
    before.current = areRead.value ? many : undefined;
    if (!isMore) {
      return undefined;
    }
    const wait = Math.max(0, SELDOM_MS - (Date.now() - spokenAt.current));
    const timer = setTimeout(() => {
      spokenAt.current = Date.now();
      queued.value = count('queueWaits', many);
    }, wait);
    return () => clearTimeout(timer);
  }, [many, areRead.value]);
  return (
    <div class="unseen">
      <p aria-live="polite">{said.value}</p>
      <p aria-live="polite">{queued.value}</p>
    </div>
  );
}
