import './emoji.css';

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { CHOICE } from '../../shared/emoji.ts';
import { t } from '../texts.ts';
import { Popover } from './Popover.tsx';

interface Props {
  readonly pick: (emoji: string) => void;
  readonly close: () => void;
}

/** A small choice of emoji, drawn by the system. One is reached by Tab, the others by arrows. */
export function Emoji({ pick, close }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const stop = useSignal(0);
  const walk = (event: KeyboardEvent): void => {
    const all = [...(box.current?.querySelectorAll('button') ?? [])];
    const at = all.findIndex((one) => one === document.activeElement);
    const now = all[at];
    if (now === undefined) {
      return;
    }
    const turn = document.documentElement.dir === 'rtl' ? -1 : 1;
    const along = { ArrowRight: turn, ArrowLeft: -turn }[event.key];
    const across = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (along !== undefined) {
      event.preventDefault();
      all[at + along]?.focus();
    } else if (across !== undefined) {
      event.preventDefault();
      const column = all.filter(({ offsetLeft }) => offsetLeft === now.offsetLeft);
      column[column.indexOf(now) + across]?.focus();
    }
  };
  return (
    <Popover label={t('emoji')} kind="emoji" close={close}>
      <div ref={box} role="toolbar" aria-label={t('emoji')} onKeyDown={walk}>
        {CHOICE.map((emoji, index) => (
          <button
            key={emoji}
            type="button"
            tabIndex={index === stop.value ? 0 : -1}
            onFocus={() => {
              stop.value = index;
            }}
            onClick={() => pick(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
    </Popover>
  );
}
