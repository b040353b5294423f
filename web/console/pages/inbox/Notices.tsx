// What is said above the field in which one writes.
import type { ComponentChildren } from 'preact';

import { calledAs, type Message } from '../../api/documents.ts';
import { nameOf } from '../../live/people.ts';
import { quoting, wordsOf } from '../../live/quotes.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { t } from '../../texts.ts';
import { Dots } from './ListRow.tsx';

interface GuardProps {
  readonly quicker: Message;
  readonly readFirst: () => void;
  readonly sendAnyway: () => void;
}

/** A colleague has answered since the reply was begun. */
export function Guard({ quicker: { u, msg }, readFirst, sendAnyway }: GuardProps) {
  return (
    <div class="guard" role="alert">
      <p class="strong">{t('quicker', { name: calledAs(u) })}</p>
      <blockquote dir="auto">{msg}</blockquote>
      <div class="line">
        <span class="meta">{t('textKept')}</span>
        <span class="push" />
        <button type="button" class="button small" onClick={readFirst}>
          {t('readFirst')}
          <Key keys="escape" />
        </button>
        <button type="button" class="button small" onClick={sendAnyway}>
          {t('sendAnyway')}
          <Key keys="mod enter" />
        </button>
      </div>
    </div>
  );
}

export function Quoting({ quote: { u, msg } }: { readonly quote: Message }) {
  return (
    <About
      icon="reply"
      leave={() => {
        quoting.value = undefined;
      }}
    >
      <blockquote class="cut-text" dir="auto">
        <b class="strong">{t('youQuote', { name: calledAs(u) })}</b> {wordsOf(msg)}
      </blockquote>
    </About>
  );
}

export function Editing({ isNote, leave }: { readonly isNote: boolean; readonly leave: () => void }) {
  return (
    <About icon="edit" leave={leave}>
      <span>{t(isNote ? 'youEditNote' : 'youEdit')}</span>
    </About>
  );
}

interface AboutProps {
  readonly icon: string;
  readonly leave: () => void;
  readonly children: ComponentChildren;
}

/** What the words are about, and how to leave it. */
function About({ icon, leave, children }: AboutProps) {
  return (
    <div class="editing">
      <Icon name={icon} size={14} turns={icon === 'reply'} />
      {children}
      <span class="push" />
      <button type="button" class="button tiny" onClick={leave}>
        {t('cancel')}
        <Key keys="escape" />
      </button>
    </div>
  );
}

/** A colleague writes here, too. */
export function Collision({ username }: { readonly username: string }) {
  const name = nameOf(username);
  return (
    <p class="collision">
      <Avatar name={name} username={username} size={18} />
      <span>
        <b class="strong">{t('colleagueTyping', { name })}</b> <span class="collision-more">{t('colleagueTypingMore')}</span>
      </span>
      <span class="push" />
      <Dots />
    </p>
  );
}
