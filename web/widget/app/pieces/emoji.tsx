// A small choice of emoji, drawn by the visitor's system. Loaded when it is asked for.
import { useEffect, useRef, useState } from 'preact/hooks';

import { CHOICE } from '../../../shared/emoji.ts';
import { memory, remember } from '../memory.ts';
import { t } from '../texts.ts';

// It comes with what is drawn here, so that nothing else has to be loaded.
export { named } from './emoji-names.ts';

const MOST_RECENT = 8;

/** Along the line, or from line to line. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: 1,
  ArrowUp: -1,
};

export function Emoji({ pick }: { readonly pick: (emoji: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  /** The one that the tab key comes to; the arrows lead to the others. */
  const [stop, setStop] = useState(0);
  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  const { recentEmoji: recent } = memory.value;
  const choose = (emoji: string) => {
    remember({
      recentEmoji: [emoji, ...recent.filter((other) => other !== emoji)].slice(0, MOST_RECENT),
    });
    pick(emoji);
  };
  const go = (event: KeyboardEvent) => {
    const all = [...(box.current?.querySelectorAll('button') ?? [])];
    const now = all.find((one) => one === document.activeElement);
    const step = STEPS[event.key];
    if (now === undefined || step === undefined) {
      return;
    }
    event.preventDefault();
    const isUpright = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    const line = isUpright ? all.filter(({ offsetLeft }) => offsetLeft === now.offsetLeft) : all;
    const turn = !isUpright && document.documentElement.dir === 'rtl' ? -1 : 1;
    line[line.indexOf(now) + step * turn]?.focus();
  };
  const button = (emoji: string, index: number) => (
    <button
      key={emoji}
      type="button"
      tabIndex={index === stop ? 0 : -1}
      onFocus={() => setStop(index)}
      onClick={() => choose(emoji)}
    >
      {emoji}
    </button>
  );
  return (
    <div class="emoji" ref={box} role="toolbar" aria-label={t('emoji')} onKeyDown={go}>
      {recent.length > 0 ? (
        <div role="group" aria-label={t('emojiRecent')}>
          {recent.map(button)}
        </div>
      ) : null}
      <div>{CHOICE.map((emoji, index) => button(emoji, recent.length + index))}</div>
    </div>
  );
}
