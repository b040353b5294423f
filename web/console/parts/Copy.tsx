import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { t } from '../texts.ts';
import { copy } from './copying.ts';
import { Icon } from './Icon.tsx';

const SAID_MS = 2000;

interface Props {
  readonly text: string;
  readonly label?: string;
  /** A sign alone, beside what is copied in a line. */
  readonly isSign?: boolean;
}

/** Puts a text where it can be pasted from. */
export function Copy({ text, label = t('copy'), isSign = false }: Props) {
  const isCopied = useSignal(false);
  const copied = isCopied.value;
  useEffect(() => {
    const timer = copied
      ? setTimeout(() => {
          isCopied.value = false;
        }, SAID_MS)
      : undefined;
    return () => clearTimeout(timer);
  }, [copied]);
  const put = async (): Promise<void> => {
    isCopied.value = await copy(text);
  };
  return (
    <button type="button" class={isSign ? 'icon-button small' : 'button tiny'} title={isSign ? label : ''} onClick={() => void put()}>
      <Icon name={copied ? 'check' : 'copy'} size={14} />
      <span class={isSign ? 'unseen' : ''} aria-live="polite">{copied ? t('copied') : label}</span>
    </button>
  );
}
