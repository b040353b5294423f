import './palette.css';

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { type Command, commandsNow, leadTo } from '../commands.ts';
import { chat } from '../live/chat.ts';
import { everything, mine, waiting } from '../live/lists.ts';
import { may } from '../live/people.ts';
import { addressOf, chatsWith, type Page } from '../live/search.ts';
import { Icon } from '../parts/Icon.tsx';
import { Found } from './Found.tsx';
import { useBeside } from '../parts/beside.ts';
import { Key } from '../parts/Key.tsx';
import { plain } from '../parts/plain.ts';
import { address } from '../place.ts';
import { t } from '../texts.ts';

/** Chats of a name that fits, at most. */
const MOST = 8;
/** Chats of all times are asked for by so many letters, when nobody types for a moment. */
const LEAST = 2;
const SETTLED_MS = 250;

function chatsNow(): readonly Command[] {
  const all = new Map<string, string>();
  for (const room of [...mine.value, ...(everything.value?.rooms ?? [])]) {
    all.set(room._id, room.fname ?? '');
  }
  for (const inquiry of waiting.value) {
    all.set(inquiry.rid, inquiry.name ?? '');
  }
  return [...all].map(([rid, title]) => ({ icon: 'chats', title, key: rid, ...leadTo(`/inbox/${rid}`) }));
}

/** Each word that was written begins a word of the title, or of what else is known. */
function fits({ title, note = '' }: Command, wanted: string): boolean {
  const words = plain(`${title} ${note}`).split(/[\s/]+/);
  return plain(wanted)
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}

export function Palette({ close }: { readonly close: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const wanted = useSignal('');
  const at = useSignal(0);
  const found = useSignal<Page | undefined>(undefined);
  const commands = useRef(commandsNow());
  /** The open chat, whose commands come first until they are not wanted. */
  const about = useSignal(commands.current.some(({ of }) => of === 'chat') ? (chat.peek()?.room?.fname ?? t('thisChat')) : undefined);
  const beside = useBeside(close);
  // Before another key comes.
  useLayoutEffect(() => {
    const shown = element.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const words = wanted.value.trim();
  const named = chatsNow()
    .filter((command) => fits(command, wanted.value))
    .slice(0, MOST);
  useEffect(() => {
    if (words.length < LEAST || !may('view-l-room')) {
      found.value = undefined;
      return undefined;
    }
    const look = async (): Promise<void> => {
      const page = await chatsWith(words).catch(() => undefined);
      if (wanted.peek().trim() === words) {
        found.value = page;
      }
    };
    const timer = setTimeout(() => void look(), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const withWords = (found.value?.rooms ?? [])
    .filter(({ _id }) => !named.some(({ key }) => key === _id))
    .map((room): Command => {
      const line = found.value?.lines.get(room._id);
      return { icon: 'history', title: room.fname ?? '', key: room._id, ...(line === undefined || line.place === 'name' ? {} : { note: line.line }), ...leadTo(addressOf(room._id, line)) };
    });
  const fitting = commands.current.filter((command) => fits(command, wanted.value));
  const ofChat = about.value === undefined ? [] : fitting.filter(({ of }) => of === 'chat');
  const foundOfChat = about.value === undefined || words === '' ? [] : fitting.filter(({ of }) => of === 'found').slice(0, MOST);
  const groups = [
    [t('thisChat'), [...ofChat, ...foundOfChat]],
    [t('commands'), fitting.filter(({ of }) => of === undefined)],
    [t('chats'), named],
    [t('chatsWithWords'), withWords.slice(0, MOST)],
    [t('goTo'), fitting.filter(({ of }) => of === 'place')],
  ] as const;
  const all = groups.flatMap(([, those]) => those);
  const chosen = all[Math.min(at.value, all.length - 1)];
  // Where keys have come to is on the screen.
  useEffect(() => {
    element.current?.querySelector('.is-active')?.scrollIntoView({ block: 'nearest' });
  }, [at.value, all.length]);
  const searchEverywhere = (): void => {
    about.value = undefined;
    at.value = 0;
    field.current?.focus();
  };
  const run = (command: Command | undefined, inNewTab = false): void => {
    if (inNewTab && command?.path !== undefined) {
      window.open(address(command.path), '_blank', 'noopener');
    } else if (command !== undefined) {
      close();
      // After the dialog has given the focus back.
      setTimeout(command.act);
    }
  };
  return (
    <dialog
      ref={element}
      class="dialog palette"
      aria-label={t('palette')}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      {...beside}
    >
      <div class="find">
        <Icon name="search" />
        {about.value === undefined ? null : (
          <button type="button" class="chip cut-text" title={t('hintEverywhere')} onClick={searchEverywhere}>
            <bdi>{about.value}</bdi>
          </button>
        )}
        <input
          ref={field}
          autofocus
          role="combobox"
          aria-expanded={all.length > 0}
          aria-controls="palette-found"
          aria-activedescendant={chosen === undefined ? undefined : `found-${all.indexOf(chosen)}`}
          aria-label={t('palette')}
          placeholder={t('palette')}
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={(event) => {
            const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (by !== undefined) {
              event.preventDefault();
              at.value = Math.min(Math.max(0, at.peek() + by), all.length - 1);
            } else if (event.key === 'Enter' && !event.isComposing) {
              event.preventDefault();
              run(chosen, event.metaKey || event.ctrlKey);
            } else if (event.key === 'Backspace' && wanted.peek() === '') {
              searchEverywhere();
            }
          }}
        />
        <Key keys="escape" />
      </div>
      {all.length === 0 ? (
        <p class="none">{t('nothingFound')}</p>
      ) : (
        <div id="palette-found" class="found" role="listbox" aria-label={t('palette')}>
          {groups.map(([title, those]) =>
            those.length === 0 ? null : (
              <ul key={title} role="group" aria-label={title}>
                <li role="presentation" class="title">
                  {title}
                </li>
                {those.map((command) => (
                  <li
                    key={command.key ?? command.title}
                    id={`found-${all.indexOf(command)}`}
                    role="option"
                    aria-selected={command === chosen}
                    class={command === chosen ? 'option is-active' : 'option'}
                    onClick={(event) => run(command, event.metaKey || event.ctrlKey)}
                  >
                    <Icon name={command.icon} />
                    <bdi class="cut-text">
                      <Found title={command.title} wanted={wanted.value} />
                    </bdi>
                    <span class="push" />
                    {command.note === undefined ? null : <bdi class="meta palette-note">{command.note}</bdi>}
                    {command.keys?.split(',').map((keys) => <Key key={keys} keys={keys} />)}
                  </li>
                ))}
              </ul>
            ),
          )}
        </div>
      )}
      <footer class="meta" aria-hidden="true">
        <span>
          <Key keys="↑" /> <Key keys="↓" /> {t('hintChoose')}
        </span>
        <span>
          <Key keys="enter" /> {t('hintDoIt')}
        </span>
        {chosen?.path === undefined ? null : (
          <span>
            <Key keys="mod enter" /> {t('hintNewTab')}
          </span>
        )}
        <span class="push" />
        {about.value === undefined ? null : (
          <span>
            <Key keys="⌫" /> {t('hintEverywhere')}
          </span>
        )}
      </footer>
    </dialog>
  );
}
