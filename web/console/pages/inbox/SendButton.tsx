import { useSignal } from '@preact/signals';

import { may } from '../../live/people.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { t } from '../../texts.ts';

type Next = 'close' | 'hold';

/** What came after words last, in this browser. */
const LAST = 'hark.console.send-and';

interface Props {
  readonly word: string;
  readonly isIdle: boolean;
  readonly send: () => void;
  /** Nothing where nothing can follow. */
  readonly sendAnd?: (next: Next) => void;
}

/** What is written goes out, and if one likes something comes after it. */
export function SendButton({ word, isIdle, send, sendAnd }: Props) {
  const isChoosing = useSignal(false);
  const choose = (next: Next): void => {
    isChoosing.value = false;
    localStorage.setItem(LAST, next);
    sendAnd?.(next);
  };
  const nexts: readonly Next[] = may('on-hold-livechat-room') ? ['close', 'hold'] : ['close'];
  return (
    <>
      <span class={sendAnd === undefined ? '' : 'split'}>
        <button type="button" class="button primary" aria-disabled={isIdle} onClick={send}>
          <span>{word}</span>
          <Key keys="enter" />
        </button>
        {sendAnd === undefined ? null : (
          <button
            type="button"
            class="button primary"
            aria-label={t('otherSends')}
            aria-disabled={isIdle}
            title={t('otherSends')}
            aria-expanded={isChoosing.value}
            onClick={() => {
              isChoosing.value = !isChoosing.value;
            }}
          >
            <Icon name="down" />
          </button>
        )}
      </span>
      {isChoosing.value ? (
        <Popover
          label={t('otherSends')}
          kind="sends"
          close={() => {
            isChoosing.value = false;
          }}
        >
          {(localStorage.getItem(LAST) === 'hold' ? nexts.toReversed() : nexts).map((next) => (
            <button key={next} type="button" class="option" onClick={() => choose(next)}>
              <Icon name={next === 'close' ? 'done' : 'hold'} />
              {t(next === 'close' ? 'sendAndClose' : 'sendAndHold')}
              <span class="push" />
              {next === 'close' ? <Key keys="mod shift enter" /> : null}
            </button>
          ))}
        </Popover>
      ) : null}
    </>
  );
}
