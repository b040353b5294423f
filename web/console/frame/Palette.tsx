import './palette.css';

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import { type Command, commandsNow } from '../commands.ts';
import { chat } from '../live/chat.ts';
import { may } from '../live/people.ts';
import { Icon } from '../parts/Icon.tsx';
import { useBeside } from '../parts/beside.ts';
import { Key } from '../parts/Key.tsx';
import { MarkedLine } from '../parts/MarkedLine.tsx';
import { address } from '../place.ts';
import { t } from '../texts.ts';
import { type Looked, lookedAt, marksOf, ONLY_BY_WHOLE, type Ranked, ranked, wordsOf } from './finding.ts';
import { knownChats, type Option, optionOf } from './found-chats.tsx';
import type { Shown } from './found-words.tsx';

/** Of what there is much, so many that fit. */
const MOST = 8;
/** What is not here is asked for by so many letters, when nobody types for a moment. */
const LEAST = 2;
const SETTLED_MS = 250;

interface Entry extends Looked {
  readonly command: Command;
}

const entryOf = (command: Command): Entry => ({
  ...lookedAt(command.title, command.note, `${command.whole ?? ''} ${command.alias ?? ''}`),
  command,
});

function commandOption({ of, whole, title, note, isCode, value, key, icon, path, keys, act }: Command, words: readonly string[]): Option {
  const behind = note ?? value ?? '';
  return {
    id: `${of ?? ''} ${key ?? `${whole ?? ''} ${title}`}`,
    icon,
    title,
    marks: marksOf(title, words),
    act,
    // What is done with a chat points somewhere.
    turns: of === 'chat',
    ...(whole === undefined ? {} : { whole: t('oneOf', { whole, title: '' }) }),
    ...(path === undefined ? {} : { path }),
    ...(keys === undefined ? {} : { keys }),
    ...(behind === '' ? {} : { note: <bdi class={isCode === true ? 'cut-text mono' : 'cut-text'}>{behind}</bdi> }),
  };
}

/** By more than what it is a part of. */
const isOwn = ({ rank }: Ranked<Entry>): boolean => rank < ONLY_BY_WHOLE;

/** Chats in which words were said, or of which they are known, as far as the server has answered. */
function useFoundWords(words: string): Shown | undefined {
  const found = useSignal<Shown | undefined>(undefined);
  useEffect(() => {
    if (words.length < LEAST || !may('view-l-room')) {
      found.value = undefined;
      return undefined;
    }
    let isWanted = true;
    const look = async (): Promise<void> => {
      const { find } = await import('./found-words.tsx');
      const shown = isWanted ? await find(words) : undefined;
      // What was typed since then counts.
      if (isWanted) {
        found.value = shown;
      }
    };
    const timer = setTimeout(() => void look().catch(() => undefined), SETTLED_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [words]);
  return found.value;
}

/** All settings with what they are now, for those who may see them: read when somebody first types. */
function useSettings(words: string): readonly Entry[] {
  const settings = useSignal<readonly Entry[]>([]);
  const isRead = useRef(false);
  const isWanted = words.length >= LEAST && may('view-privileged-setting');
  useEffect(() => {
    const read = async (): Promise<void> => {
      const { settingCommands } = await import('./found-settings.ts');
      settings.value = (await settingCommands()).map(entryOf);
    };
    if (isWanted && !isRead.current) {
      isRead.current = true;
      // Without them everything else is found.
      read().catch(() => undefined);
    }
  }, [isWanted]);
  return isWanted ? settings.value : [];
}

export function Palette({ close }: { readonly close: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const wanted = useSignal('');
  /** Where arrows have come to. */
  const at = useSignal<string | undefined>(undefined);
  const entries = useMemo(() => commandsNow().map(entryOf), []);
  /** The open chat, whose commands come first until they are not wanted. */
  const about = useSignal(entries.some(({ command }) => command.of === 'chat') ? (chat.peek()?.room?.fname ?? t('thisChat')) : undefined);
  const beside = useBeside(close);
  // Before another key comes.
  useLayoutEffect(() => {
    const shown = element.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const written = wanted.value.trim();
  const words = wordsOf(written);
  const found = useFoundWords(written);
  const settings = useSettings(written);
  const fitting = ranked(entries, words);
  const kind = (of: Command['of']): readonly Ranked<Entry>[] => fitting.filter(({ one }) => one.command.of === of);
  const options = (those: readonly Ranked<Entry>[]): readonly Option[] => those.map(({ one }) => commandOption(one.command, words));
  const ofChat = about.value === undefined ? [] : kind('chat');
  const foundOfChat = about.value === undefined || written === '' ? [] : kind('found').slice(0, MOST);
  const known = ranked(knownChats.value, words)
    .slice(0, MOST)
    .map(({ one }) => optionOf(one, words));
  const withWords = found?.(written, new Set(known.map(({ id }) => id))).slice(0, MOST) ?? [];
  const places = kind('place');
  const groups = [
    [t('thisChat'), options([...ofChat, ...foundOfChat])],
    [t('commands'), options(kind(undefined))],
    [t('chatsAndVisitors'), [...known, ...withWords]],
    [t('goTo'), options([...places.filter(isOwn), ...ranked(settings, words).slice(0, MOST), ...places.filter((one) => !isOwn(one))])],
  ] as const;
  const all = groups.flatMap(([, those]) => those);
  // What was chosen stays so when the server has found more.
  const last = useRef<string | undefined>(undefined);
  const chosen = all.find(({ id }) => id === (at.value ?? last.current)) ?? all[0];
  last.current = chosen?.id;
  const place = chosen === undefined ? -1 : all.indexOf(chosen);
  // Where keys have come to is on the screen.
  useEffect(() => {
    element.current?.querySelector('.is-active')?.scrollIntoView({ block: 'nearest' });
  }, [chosen?.id, all.length]);
  const searchEverywhere = (): void => {
    about.value = undefined;
    begin();
    field.current?.focus();
  };
  const begin = (): void => {
    at.value = undefined;
    last.current = undefined;
  };
  const run = (option: Option | undefined, inNewTab = false): void => {
    if (inNewTab && option?.path !== undefined) {
      window.open(address(option.path), '_blank', 'noopener');
    } else if (option !== undefined) {
      close();
      // After the dialog has given the focus back.
      setTimeout(option.act);
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
        <Icon name="search" size={18} />
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
          aria-activedescendant={chosen === undefined ? undefined : `found-${place}`}
          aria-label={t('palette')}
          placeholder={t('palette')}
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            begin();
          }}
          onKeyDown={(event) => {
            const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (by !== undefined) {
              event.preventDefault();
              at.value = all[Math.min(Math.max(0, place + by), all.length - 1)]?.id;
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
                {those.map((option) => (
                  <li
                    key={option.id}
                    id={`found-${all.indexOf(option)}`}
                    role="option"
                    aria-selected={option === chosen}
                    class={`option${option === chosen ? ' is-active' : ''}${option.isNamed === true ? ' is-named' : ''}`}
                    onClick={(event) => run(option, event.metaKey || event.ctrlKey)}
                  >
                    <Icon name={option.icon} turns={option.turns === true} />
                    {option.whole === undefined ? null : (
                      <span class="palette-whole">
                        <MarkedLine line={option.whole} marks={marksOf(option.whole, words)} />
                      </span>
                    )}
                    <bdi class="cut-text">
                      <MarkedLine line={option.title} marks={option.marks} />
                    </bdi>
                    <span class="push" />
                    {option.note === undefined ? null : <span class="meta palette-note">{option.note}</span>}
                    {option.keys === undefined ? null : (
                      <span class="keys">
                        {option.keys.split(',').map((keys) => (
                          <Key key={keys} keys={keys} />
                        ))}
                      </span>
                    )}
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
        {all.every(({ path }) => path === undefined) ? null : (
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
