import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { type Message, millis, type Room } from '../../api/documents.ts';
import { draftOf, keepDraft } from '../../live/drafts.ts';
import { send } from '../../live/outbox.ts';
import { me, nameOf } from '../../live/people.ts';
import { sayTyping, typing } from '../../live/typing.ts';
import { useKeys } from '../../keys.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Key } from '../../parts/Key.tsx';
import { t } from '../../texts.ts';
import { Dots } from './ListRow.tsx';

interface Props {
  readonly room: Room;
  readonly messages: readonly Message[];
}

const isColleagues = (message: Message): boolean =>
  message.t === undefined && message.token === undefined && message.u._id !== me.value?._id;

export function Composer({ room, messages }: Props) {
  const rid = room._id;
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSignal(draftOf(rid));
  /** When the text was begun: what colleagues have said since then the writer may not have read. */
  const begun = useSignal(Date.now());
  const isAsking = useSignal(false);
  const hasFine = matchMedia('(pointer: fine)').matches;
  useEffect(() => {
    if (hasFine) {
      field.current?.focus();
    }
    return () => sayTyping(rid, false);
  }, [rid]);
  useKeys({ r: () => field.current?.focus() });

  const write = (next: string): void => {
    if (text.peek() === '' && next !== '') {
      begun.value = Date.now();
    }
    text.value = next;
    keepDraft(rid, next);
    sayTyping(rid, next.trim() !== '');
  };
  const quicker = messages.findLast((message) => isColleagues(message) && millis(message.ts) > begun.value);
  const sendNow = (): void => {
    send(rid, text.peek().trim());
    write('');
    isAsking.value = false;
    field.current?.focus();
  };
  const trySend = (): void => {
    if (text.peek().trim() === '') {
      return;
    }
    if (quicker !== undefined && !isAsking.peek()) {
      isAsking.value = true;
    } else {
      sendNow();
    }
  };
  const readFirst = (): void => {
    isAsking.value = false;
    begun.value = Date.now();
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.isComposing) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      trySend();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (isAsking.peek()) {
        readFirst();
      } else {
        document.querySelector<HTMLElement>('a.row.is-selected, a.row[tabindex="0"]')?.focus();
      }
    }
  };
  const colleague = typing.value.get(rid)?.find((name) => name !== room.v?.username);
  const label = t('replyTo', { name: room.fname ?? '' });
  return (
    <div class="composer">
      {isAsking.value && quicker !== undefined ? (
        <div class="guard" role="alert">
          <p class="strong">{t('quicker', { name: quicker.u.name ?? quicker.u.username })}</p>
          <blockquote dir="auto">{quicker.msg}</blockquote>
          <div class="line">
            <span class="meta">{t('textKept')}</span>
            <span class="push" />
            <button type="button" class="button small" onClick={readFirst}>
              {t('readFirst')}
              <Key keys="escape" />
            </button>
            <button type="button" class="button small" onClick={sendNow}>
              {t('sendAnyway')}
              <Key keys="enter" />
            </button>
          </div>
        </div>
      ) : null}
      {colleague !== undefined && !isAsking.value ? (
        <p class="collision">
          <Avatar name={nameOf(colleague)} size={18} />
          <span>
            <b class="strong">{t('colleagueTyping', { name: nameOf(colleague) })}</b> {t('colleagueTypingMore')}
          </span>
          <span class="push" />
          <Dots />
        </p>
      ) : null}
      <textarea
        ref={field}
        class="text"
        rows={2}
        dir={text.value === '' ? undefined : 'auto'}
        aria-label={label}
        placeholder={t('writeTo', { name: room.fname ?? '' })}
        value={text.value}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={pressed}
      />
      <div class="tools">
        <span class="push" />
        <span class="meta new-line" aria-hidden="true">
          <Key keys="shift" /> <Key keys="enter" /> {t('newLine')}
        </span>
        <button
          type="button"
          class="button primary"
          aria-disabled={text.value.trim() === ''}
          onClick={trySend}
        >
          <span>{t('send')}</span>
          <Key keys="enter" />
        </button>
      </div>
    </div>
  );
}
