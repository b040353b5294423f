import { useSignal } from '@preact/signals';

import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { later } from '../../parts/later.tsx';
import { t } from '../../texts.ts';
import type { Next } from './Sends.tsx';

const Sends = later(async () => (await import('./Sends.tsx')).Sends);

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
            onFocus={Sends.prepare}
            onPointerEnter={Sends.prepare}
            onClick={() => {
              isChoosing.value = !isChoosing.value;
            }}
          >
            <Icon name="down" />
          </button>
        )}
      </span>
      {isChoosing.value && sendAnd !== undefined ? (
        <Sends.Part
          choose={sendAnd}
          close={() => {
            isChoosing.value = false;
          }}
        />
      ) : null}
    </>
  );
}
