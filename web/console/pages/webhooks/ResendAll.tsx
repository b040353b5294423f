import { useEffect, useRef } from 'preact/hooks';

import { sendAllAgain, sendTheseAgain, type Wanted } from '../../live/sent.ts';
import { useKeys } from '../../keys.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { count, number, t } from '../../texts.ts';
import { resendAll, resent, stopResending } from './resending.ts';

interface Props {
  readonly wanted: Wanted;
  /** How many that are; nothing where there are more than were read. */
  readonly known: number | undefined;
  /** Only these, if there are any. */
  readonly chosen: readonly string[];
  readonly done: () => void;
}

/** Sends again what is chosen, or all that was given up and is looked for, and shows how far that is. */
export function ResendAll({ wanted, known, chosen, done }: Props) {
  const sum = resent.value;
  const isBusy = sum !== undefined;
  const wasBusy = useRef(isBusy);
  useEffect(() => {
    if (wasBusy.current && !isBusy) {
      done();
    }
    wasBusy.current = isBusy;
  }, [isBusy]);
  const hasChosen = chosen.length > 0;
  const send = (): void => void resendAll(async (...how) => await (hasChosen ? sendTheseAgain(chosen, ...how) : sendAllAgain(wanted, ...how)));
  useKeys(hasChosen && !isBusy ? { s: send } : {});
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
    <button type="button" class="button small" onClick={send}>
      <Icon name="retry" size={14} />
      {known === undefined ? t('resendAll') : t('resendMany', { count: number(known) })}
      {hasChosen ? <Key keys="S" /> : null}
    </button>
  );
}
