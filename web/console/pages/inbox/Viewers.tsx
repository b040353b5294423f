import './viewers.css';

import { useSignal } from '@preact/signals';

import { typing } from '../../live/typing.ts';
import { viewers } from '../../live/viewers.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { count, listed, t } from '../../texts.ts';
import { isPhone, isWide } from '../../width.ts';
import { Dots } from './ListRow.tsx';

/** So many have a picture. */
const MOST = 3;

/** Colleagues who have this chat open, and who of them write in it. */
export function Viewers({ rid }: { readonly rid: string }) {
  const isOpen = useSignal(false);
  const all = viewers.value;
  const [first] = all;
  if (first === undefined) {
    return null;
  }
  const names = all.map(({ name }) => name);
  const replying = typing.value.get(rid) ?? [];
  const writes = (username: string): boolean =>
    replying.includes(username) || all.some((viewer) => viewer.username === username && viewer.writes);
  const writing = all.filter(({ username }) => writes(username)).map(({ name }) => name);
  const words = [
    count('haveItOpen', names.length, { names: listed(names) }),
    ...writing.map((name) => t('typingNow', { name })),
  ].join('. ');
  return (
    <span class="viewers-place">
      <button
        type="button"
        class="viewers meta"
        title={words}
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {isPhone.value ? null : <Icon name="eye" />}
        <span class="unseen">{words}</span>
        <span class="stack" aria-hidden="true">
          {all.slice(0, MOST).map(({ id, username, name }) => (
            <Avatar key={id} name={name} username={username} size={22} />
          ))}
        </span>
        {isWide.value ? (
          <bdi class="cut-text" aria-hidden="true">
            {all.length === 1 ? first.name.split(' ')[0] : all.length}
          </bdi>
        ) : null}
        {writing.length > 0 ? <Dots /> : null}
      </button>
      {isOpen.value ? (
        <Popover
          label={t('whoIsHere')}
          kind="who-is-here"
          close={() => {
            isOpen.value = false;
          }}
        >
          <p class="title">{t('whoIsHere')}</p>
          <ul>
            {all.map(({ id, username, name }) => (
              <li key={id}>
                <Avatar name={name} username={username} size={22} />
                <bdi class="cut-text">{name}</bdi>
                <span class="push" />
                {writes(username) ? <span class="meta">{t('isTyping')}</span> : null}
              </li>
            ))}
          </ul>
        </Popover>
      ) : null}
    </span>
  );
}
