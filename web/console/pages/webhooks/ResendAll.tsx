import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { countGivenUp } from '../../live/given-up.ts';
import { sendAllAgain, type Wanted } from '../../live/sent.ts';
import { readStats } from '../../live/stats.ts';
import { say } from '../../live/toasts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { count, number, t } from '../../texts.ts';

interface Props {
  readonly wanted: Wanted;
  /** How many that are; nothing where there are more than were read. */
  readonly known: number | undefined;
  readonly done: () => void;
}

/** Sends again all that was given up and is looked for, a piece at a time. */
export function ResendAll({ wanted, known, done }: Props) {
  const sent = useSignal(0);
  const { fault, isBusy, run } = useAttempt();
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const begin = (): void =>
    run(async () => {
      stop.current = new AbortController();
      sent.value = 0;
      const heard = (resent: number): void => {
        sent.value = resent;
      };
      await sendAllAgain(wanted, heard, stop.current.signal);
      say(count('sentAgain', sent.peek()));
      countGivenUp(await readStats());
      done();
    });
  return (
    <>
      <FaultLine words={fault.value} />
      {isBusy.value ? (
        <>
          <span class="meta" role="status">
            {count('sentAgain', sent.value)}
          </span>
          <button type="button" class="button small" onClick={() => stop.current.abort()}>
            {t('stopIt')}
          </button>
        </>
      ) : (
        <button type="button" class="button small" onClick={begin}>
          <Icon name="retry" size={14} />
          {known === undefined ? t('resendAll') : t('resendMany', { count: number(known) })}
        </button>
      )}
    </>
  );
}
