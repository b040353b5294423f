// The conversation as it is shown: what was said, what is on its way, and the days between.
import { computed } from '@preact/signals';

import { at, isArrival, isOwn, shown } from '../chat/messages.ts';
import { greetings, type Greeting } from '../chat/state.ts';
import { type Upload, uploads } from '../chat/uploads.ts';
import { memory, type Outgoing } from '../memory.ts';
import { startOfDay } from '../texts.ts';
import type { Message } from '../wire/documents.ts';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'notice'; readonly key: string; readonly message: Message }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: Message;
      readonly own: boolean;
      /** Goes on what the same person has just said. */
      readonly follows: boolean;
      /** More of the same person follows, whose time stands for all. */
      followed: boolean;
      /** The last of one's own: it says that everything arrived. */
      readonly isLastOwn: boolean;
    }
  | { readonly kind: 'greeting'; readonly key: string; readonly greeting: Greeting }
  | { readonly kind: 'outgoing'; readonly key: string; readonly outgoing: Outgoing }
  | { readonly kind: 'upload'; readonly key: string; readonly upload: Upload };

const TOGETHER_MS = 5 * 60_000;

export const rows = computed<readonly Row[]>(() => {
  const list: Row[] = greetings.value.map((greeting, index) => ({
    kind: 'greeting',
    key: `greeting-${index}`,
    greeting,
  }));
  const sent = new Set(shown.value.map(({ _id }) => _id));
  const waiting = memory.value.outbox.filter(({ id }) => !sent.has(id));
  const lastOwn = waiting.length > 0 ? undefined : shown.value.findLast((one) => isOwn(one));
  let before: Message | undefined;
  for (const message of shown.value) {
    const when = at(message);
    if (before === undefined || startOfDay(when) !== startOfDay(at(before))) {
      list.push({ kind: 'day', key: `day-${startOfDay(when)}-${message._id}`, at: when });
      before = undefined;
    }
    if (message.t === undefined || message.t === '') {
      const follows =
        before !== undefined &&
        (before.t ?? '') === '' &&
        before.u._id === message.u._id &&
        when - at(before) < TOGETHER_MS;
      const previous = list.at(-1);
      if (follows && previous?.kind === 'message') {
        previous.followed = true;
      }
      list.push({
        kind: 'message',
        key: message._id,
        message,
        own: isOwn(message),
        follows,
        followed: false,
        isLastOwn: message === lastOwn,
      });
    } else if (isArrival(message) || message.transferData?.transferredTo === undefined) {
      // Who it goes to says so by coming.
      list.push({ kind: 'notice', key: message._id, message });
    }
    before = message;
  }
  for (const outgoing of waiting) {
    list.push({ kind: 'outgoing', key: outgoing.id, outgoing });
  }
  for (const upload of uploads.value) {
    list.push({ kind: 'upload', key: upload.id, upload });
  }
  return list;
});
