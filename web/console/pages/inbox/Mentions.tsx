import './mentions.css';

import { useEffect } from 'preact/hooks';

import { calledAs, millis } from '../../api/documents.ts';
import { mentions, seeMentions } from '../../live/mentions.ts';
import { minute } from '../../live/clock.ts';
import { Popover } from '../../parts/Popover.tsx';
import { address } from '../../place.ts';
import { t, when } from '../../texts.ts';

/** Where colleagues have mentioned the one who looks. Whoever closes it has seen them. */
export function Mentions({ close }: { readonly close: () => void }) {
  useEffect(() => () => void seeMentions().catch(() => undefined), []);
  const all = mentions.value ?? [];
  return (
    <Popover label={t('mentions')} kind="mentions" close={close}>
      <p class="title">{t('mentions')}</p>
      {all.length === 0 ? <p class="quiet none">{t('noMentions')}</p> : null}
      <ul>
        {all.map(({ note, visitor, read }) => (
          <li key={note.id}>
            <a
              class={read ? 'option' : 'option is-new'}
              href={`${address(`/inbox/${note.conversation}`)}?at=${note.id}&noted=${millis(note.addedAt)}`}
              data-inside
              onClick={close}
            >
              <span class="line">
                <bdi class="strong cut-text">{calledAs(note.author)}</bdi>
                <span class="push meta num">{when(millis(note.addedAt), minute.value)}</span>
              </span>
              <span class="words" dir="auto">
                {note.text}
              </span>
              <span class="line meta">
                <span class="cut-text">{t('inChatWith', { name: visitor ?? t('someone') })}</span>
                {read ? null : <span class="push strong">{t('newEvent')}</span>}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
