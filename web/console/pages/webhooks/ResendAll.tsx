import { useEffect, useRef } from 'preact/hooks';

import type { Wanted } from '../../live/sent.ts';
import { Icon } from '../../parts/Icon.tsx';
import { count, number, t } from '../../texts.ts';
import { resendAll, resent, stopResending } from './resending.ts';

interface Props {
  readonly wanted: Wanted;
  /** How many that are; nothing where there are more than were read. */
  readonly known: number | undefined;
  readonly done: () => void;
}

/** Sends again all that was given up and is looked for, and shows how far that is. */
export function ResendAll({ wanted, known, done }: Props) {
  const sum = resent.value;
  const isBusy = sum !== undefined;
  const wasBusy = useRef(isBusy);
  useEffect(() => {
    if (wasBusy.current && !isBusy) {
      done();
    }
    wasBusy.current = isBusy;
  }, [isBusy]);
  return isBusy ? (
    <>
      <span class="meta" role="status">
        {count('sentAgain', sum)}
      </span>
      <button type="button" class="button small" onClick={stopResending}>
        {t('stopIt')}
      </button>
    </>
  ) : (
    <button type="button" class="button small" onClick={() => void resendAll(wanted)}>
      <Icon name="retry" size={14} />
      {known === undefined ? t('resendAll') : t('resendMany', { count: number(known) })}
    </button>
  );
}
