import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { type Message, millis, type Room } from '../../api/documents.ts';
import { edit } from '../../live/acts.ts';
import { draftOf, keepDraft } from '../../live/drafts.ts';
import { send } from '../../live/outbox.ts';
import { me, nameOf } from '../../live/people.ts';
import { sayTyping, typing } from '../../live/typing.ts';
import { sendFiles } from '../../live/uploads.ts';
import { useKeys } from '../../keys.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { t } from '../../texts.ts';
import { editing } from './editing.ts';
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
  const isOver = useSignal(false);
  const picker = useRef<HTMLInputElement>(null);
  const hasFine = matchMedia('(pointer: fine)').matches;
  useEffect(() => {
    if (hasFine) {
      field.current?.focus();
    }
    return () => sayTyping(rid, false);
  }, [rid]);
  useKeys({ r: () => field.current?.focus() });

  const changed = editing.value;
  const isEditing = changed !== undefined && changed.rid === rid;
  useEffect(() => {
    if (changed !== undefined && isEditing) {
      text.value = changed.msg;
      field.current?.focus();
    }
  }, [changed]);
  /** The draft of before is there again. */
  const leaveEditing = (): void => {
    editing.value = undefined;
    text.value = draftOf(rid);
  };
  const saveEdit = async (): Promise<void> => {
    const next = text.peek().trim();
    if (changed !== undefined && (next === changed.msg || (await edit(rid, changed._id, next)))) {
      leaveEditing();
    }
  };

  const write = (next: string): void => {
    if (isEditing) {
      text.value = next;
      return;
    }
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
    if (isEditing) {
      void saveEdit();
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
      if (isEditing) {
        leaveEditing();
      } else if (isAsking.peek()) {
        readFirst();
      } else {
        document.querySelector<HTMLElement>('a.row.is-selected, a.row[tabindex="0"]')?.focus();
      }
    } else if (event.key === 'ArrowUp' && text.peek() === '') {
      const last = messages.findLast(({ t: kind, u, msg }) => kind === undefined && u._id === me.peek()?._id && msg !== '');
      if (last !== undefined) {
        event.preventDefault();
        editing.value = last;
      }
    }
  };
  const colleague = typing.value.get(rid)?.find((name) => name !== room.v?.username);
  const label = t('replyTo', { name: room.fname ?? '' });
  return (
    <div
      class={isOver.value ? 'composer is-over' : 'composer'}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        sendFiles(rid, [...(event.dataTransfer?.files ?? [])]);
      }}
    >
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
      {isEditing ? (
        <p class="editing">
          <Icon name="edit" size={14} />
          <span>{t('youEdit')}</span>
          <span class="push" />
          <button type="button" class="button tiny" onClick={leaveEditing}>
            {t('cancel')}
            <Key keys="escape" />
          </button>
        </p>
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
        onPaste={(event) => {
          const files = event.clipboardData?.files;
          if (files !== undefined && files.length > 0) {
            event.preventDefault();
            sendFiles(rid, files);
          }
        }}
      />
      <div class="tools">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            sendFiles(rid, [...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={t('attach')}
          title={t('attach')}
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" />
        </button>
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
          <span>{t(isEditing ? 'save' : 'send')}</span>
          <Key keys="enter" />
        </button>
      </div>
    </div>
  );
}
