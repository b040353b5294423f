import './close.css';

import { effect, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';

import type { Room } from '../../api/documents.ts';
import { close as closeChat } from '../../live/acts.ts';
import { chat } from '../../live/chat.ts';
import { whoHears } from '../../live/deliveries.ts';
import { begunOf, keepBegun } from '../../live/drafts.ts';
import { departments, needsComment } from '../../live/people.ts';
import { queueRows } from '../../live/row.ts';
import { isEmail } from '../../parts/addresses.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { Wrong } from '../../parts/Wrong.tsx';
import { count, listed, t } from '../../texts.ts';
import { takeNext } from './List.tsx';
import { TagField } from './TagField.tsx';

/** What has to be mended before the chat can be closed. */
type Part = 'comment' | 'tags' | 'email';

/** Endpoints that are named; the others are counted. */
const MOST_NAMED = 3;

interface Props {
  readonly room: Room;
  readonly close: () => void;
}

export function CloseDialog({ room, close }: Props) {
  const name = room.fname ?? '';
  const department = departments.value.find(({ _id }) => _id === room.departmentId);
  const needsTag = department?.requestTagBeforeClosingChat === true;
  const known = chat.value?.visitor?.visitorEmails?.[0]?.address ?? '';
  const begun = begunOf(room._id, 'closing');
  const comment = useSignal(begun?.comment ?? '');
  const own = room.tags ?? [];
  const tags = useSignal<readonly string[]>([...new Set([...own, ...(begun?.tags ?? [])])]);
  const another = useSignal(begun?.another ?? '');
  const isMailed = useSignal(begun?.email !== undefined);
  const email = useSignal(begun?.email ?? known);
  const wrong = useSignal<'' | Part>('');
  const isBusy = useSignal(false);
  const takesNext = useSignal(false);
  const hearers = useSignal<readonly string[]>([]);
  useEffect(() => {
    const look = async (): Promise<void> => {
      hearers.value = await whoHears('chat.closed').catch(() => []);
    };
    void look();
  }, []);
  // At once, and not after the next frame: who leaves quickly has written it, too.
  useLayoutEffect(
    () =>
      effect(() => {
        const added = tags.value.filter((tag) => !own.includes(tag));
        const isElsewhere = isMailed.value && email.value !== known;
        const isBegun = comment.value !== '' || another.value !== '' || added.length > 0 || isElsewhere;
        const now = { comment: comment.value, tags: added, another: another.value, ...(isElsewhere ? { email: email.value } : {}) };
        keepBegun(room._id, 'closing', isBegun ? now : undefined);
      }),
    [],
  );
  const act = async (): Promise<void> => {
    if (isBusy.peek()) {
      return;
    }
    const all = [...new Set([...tags.peek(), another.peek().trim()])].filter((tag) => tag !== '');
    wrong.value =
      needsComment.value && comment.peek().trim() === '' ? 'comment' : needsTag && all.length === 0 ? 'tags' : isMailed.peek() && !isEmail(email.peek().trim()) ? 'email' : '';
    if (wrong.peek() !== '') {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.close [aria-invalid]')?.focus());
      return;
    }
    isBusy.value = true;
    const transcript = { email: email.peek().trim(), subject: t('transcriptSubject') };
    const done = await closeChat(room, {
      comment: comment.peek().trim(),
      tags: all,
      ...(isMailed.peek() ? { transcript } : {}),
    });
    isBusy.value = false;
    if (done) {
      keepBegun(room._id, 'closing', undefined);
      close();
      if (takesNext.peek()) {
        takeNext();
      }
    }
  };
  const mended = (field: Part): void => {
    if (wrong.peek() === field) {
      wrong.value = '';
    }
  };
  const named = hearers.value.slice(0, MOST_NAMED);
  const others = hearers.value.length - named.length;
  const foot = (
    <>
      {hearers.value.length === 0 ? null : (
        <span class="line quiet hearers">
          <Icon name="hook" />
          <span>{t('willHear', { names: listed(others === 0 ? named : [...named, count('otherEndpoints', others)]) })}</span>
        </span>
      )}
      <span class="push" />
      <button type="button" class="button primary" aria-disabled={isBusy.value} onClick={() => void act()}>
        <span>{t('closeChat')}</span>
        <Key keys="mod enter" />
      </button>
    </>
  );
  return (
    <Dialog title={t('closeTitle', { name })} kind="close" close={close} act={() => void act()} foot={foot}>
      <div class="field">
        <label for="comment">
          {t('comment')}
          {needsComment.value ? <span class="quiet needed"> {t('isNeeded')}</span> : null}
        </label>
        <textarea
          id="comment"
          class={wrong.value === 'comment' ? 'input is-invalid' : 'input'}
          autofocus
          dir="auto"
          aria-describedby={wrong.value === 'comment' ? 'comment-wrong' : 'comment-help'}
          {...(wrong.value === 'comment' ? { 'aria-invalid': true } : {})}
          value={comment.value}
          onInput={(event) => {
            comment.value = event.currentTarget.value;
            mended('comment');
          }}
        />
        {wrong.value === 'comment' ? <Wrong id="comment-wrong" words={t('commentNeeded')} /> : null}
        <p id="comment-help" class="help">
          {t('commentHelp', { name })}
        </p>
      </div>
      <TagField
        tags={tags.value}
        offered={department?.chatClosingTags ?? []}
        isNeeded={needsTag}
        text={another}
        error={wrong.value === 'tags' ? t('tagNeeded') : ''}
        change={(next) => {
          tags.value = next;
          mended('tags');
        }}
      />
      <div class="mailed">
        <Switch
          label={t('sendTranscript')}
          on={isMailed.value}
          change={(on) => {
            isMailed.value = on;
            mended('email');
          }}
        />
        <input
          class={wrong.value === 'email' ? 'input is-invalid' : 'input'}
          type="email"
          aria-label={t('transcriptAddress')}
          {...(wrong.value === 'email' ? { 'aria-invalid': true, 'aria-describedby': 'email-wrong' } : {})}
          value={email.value}
          onInput={(event) => {
            email.value = event.currentTarget.value;
            isMailed.value = true;
            mended('email');
          }}
        />
        {wrong.value === 'email' ? (
          <Wrong id="email-wrong" words={t(email.value.trim() === '' ? 'addressNeeded' : 'noEmail')} />
        ) : null}
      </div>
      {queueRows.value.length === 0 ? null : (
        <Switch
          label={t('thenTakeNext')}
          on={takesNext.value}
          change={(on) => {
            takesNext.value = on;
          }}
        />
      )}
    </Dialog>
  );
}
