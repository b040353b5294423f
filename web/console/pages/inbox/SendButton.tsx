import { useSignal } from '@preact/signals';

import { may } from '../../live/people.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly word: string;
  readonly isIdle: boolean;
  readonly send: () => void;
  /** Nothing where nothing can follow. */
  readonly sendAnd?: (next: 'close' | 'hold') => void;
}

/** What is written goes out, and if one likes something comes after it. */
export function SendButton({ word, isIdle, send, sendAnd }: Props) {
  const isChoosing = useSignal(false);
  const choose = (next: 'close' | 'hold') => (): void => {
    isChoosing.value = false;
    sendAnd?.(next);
  };
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
          <button type="button" class="option" onClick={choose('close')}>
            <Icon name="done" />
            {t('sendAndClose')}
            <span class="push" />
            <Key keys="mod shift enter" />
          </button>
          {may('on-hold-livechat-room') ? (
            <button type="button" class="option" onClick={choose('hold')}>
              <Icon name="hold" />
              {t('sendAndHold')}
            </button>
          ) : null}
        </Popover>
      ) : null}
    </>
  );
}
