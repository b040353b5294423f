import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { type Command, commandsNow } from '../commands.ts';
import { everything, mine, waiting } from '../live/lists.ts';
import { Icon } from '../parts/Icon.tsx';
import { Key } from '../parts/Key.tsx';
import { go } from '../place.ts';
import { t } from '../texts.ts';

/** Chats of a name that fits, at most. */
const MOST = 8;

function chatsNow(): readonly Command[] {
  const all = new Map<string, string>();
  for (const room of [...mine.value, ...(everything.value?.rooms ?? [])]) {
    all.set(room._id, room.fname ?? '');
  }
  for (const inquiry of waiting.value) {
    all.set(inquiry.rid, inquiry.name ?? '');
  }
  return [...all].map(([rid, title]) => ({ icon: 'chats', title, act: () => go(`/inbox/${rid}`) }));
}

/** Each word that was written begins a word of the title. */
function fits(title: string, wanted: string): boolean {
  const words = title.toLowerCase().split(/\s+/);
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}

export function Palette({ close }: { readonly close: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  const wanted = useSignal('');
  const at = useSignal(0);
  const commands = useRef(commandsNow());
  useEffect(() => {
    const shown = element.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const groups = [
    [t('commands'), commands.current.filter(({ title }) => fits(title, wanted.value))],
    [t('chats'), chatsNow().filter(({ title }) => fits(title, wanted.value)).slice(0, MOST)],
  ] as const;
  const all = groups.flatMap(([, found]) => found);
  const chosen = all[Math.min(at.value, all.length - 1)];
  const run = (command: Command | undefined): void => {
    if (command !== undefined) {
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
      onClick={(event) => {
        if (event.target === element.current) {
          close();
        }
      }}
    >
      <div class="find">
        <Icon name="search" />
        <input
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
              run(chosen);
            }
          }}
        />
        <Key keys="escape" />
      </div>
      {all.length === 0 ? (
        <p class="none">{t('nothingFound')}</p>
      ) : (
        <div id="palette-found" class="found" role="listbox" aria-label={t('palette')}>
          {groups.map(([title, found]) =>
            found.length === 0 ? null : (
              <ul key={title} role="group" aria-label={title}>
                <li role="presentation" class="title">
                  {title}
                </li>
                {found.map((command) => (
                  <li
                    key={command.title}
                    id={`found-${all.indexOf(command)}`}
                    role="option"
                    aria-selected={command === chosen}
                    class={command === chosen ? 'option is-active' : 'option'}
                    onClick={() => run(command)}
                  >
                    <Icon name={command.icon} />
                    <bdi class="cut-text">{command.title}</bdi>
                    <span class="push" />
                    {command.keys?.split(',').map((keys) => <Key key={keys} keys={keys} />)}
                  </li>
                ))}
              </ul>
            ),
          )}
        </div>
      )}
    </dialog>
  );
}
