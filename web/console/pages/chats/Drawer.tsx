import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { calledAs, type Message, millis, type Room } from '../../api/documents.ts';
import { departmentName, nameOf } from '../../live/people.ts';
import { addressOf, type FoundLine, searchIn } from '../../live/search.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { address } from '../../place.ts';
import { t, when } from '../../texts.ts';
import { stateOf } from './state.ts';

const SETTLED_MS = 250;

interface Props {
  readonly room: Room;
  /** In which it was found. */
  readonly line: FoundLine | undefined;
  readonly close: () => void;
}

/** One of the chats, beside the table: what it was, and what was said in it. */
export function Drawer({ room, line, close }: Props) {
  const text = useSignal('');
  const found = useSignal<readonly Message[] | undefined>(undefined);
  const wanted = text.value.trim();
  useEffect(() => {
    if (wanted === '') {
      found.value = undefined;
      return undefined;
    }
    const look = async (): Promise<void> => {
      const messages = await searchIn(room._id, wanted).catch(() => undefined);
      if (text.peek().trim() === wanted) {
        found.value = messages;
      }
    };
    const timer = setTimeout(() => void look(), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const [mark, word] = stateOf(room);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('department'), departmentName(room.departmentId)],
    [t('agent'), room.servedBy === undefined ? undefined : nameOf(room.servedBy.username)],
    [t('topic'), room.topic],
    [t('tags'), room.tags?.join(', ')],
    [t('startedAt'), when(millis(room.ts), Date.now())],
  ];
  return (
    <aside class="drawer" aria-label={room.fname}>
      <header>
        <h2 class="cut-text">
          <bdi>{room.fname}</bdi>
        </h2>
        <span class="state">
          <Mark state={mark} />
          {t(word)}
        </span>
        <span class="push" />
        <button type="button" class="icon-button" aria-label={t('hideDrawer')} title={t('hideDrawer')} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <dl class="facts">
        {facts.map(([what, value]) =>
          value === undefined || value === '' ? null : (
            <>
              <dt>{what}</dt>
              <dd>
                <bdi class="cut-text">{value}</bdi>
              </dd>
            </>
          ),
        )}
      </dl>
      <p>
        <a class="button primary" href={address(addressOf(room._id, line))} data-inside>
          <span>{t('openChat')}</span>
          <Key keys="enter" />
        </a>
      </p>
      <span class="input">
        <Icon name="search" />
        <input
          type="search"
          aria-label={t('searchInChat')}
          placeholder={t('searchInChat')}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </span>
      <div role="status">{found.value?.length === 0 ? <p class="quiet">{t('nothingSaid')}</p> : null}</div>
      <ol class="hits">
        {found.value?.map((message) => (
          <li key={message._id}>
            <a href={address(`/inbox/${room._id}?at=${message._id}`)} data-inside>
              <span class="meta">
                <bdi>{calledAs(message.u)}</bdi> · {when(millis(message.ts), Date.now())}
              </span>
              <span dir="auto">{message.msg}</span>
            </a>
          </li>
        ))}
      </ol>
    </aside>
  );
}
