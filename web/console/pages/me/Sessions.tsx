import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { millis, type OwnSession } from '../../api/documents.ts';
import { logOut } from '../../api/entry.ts';
import { endSession, readSessions } from '../../live/profile.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { t, when } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { programOf } from './program.ts';

/** Where one is logged in. */
export function Sessions() {
  const all = useSignal<readonly OwnSession[]>([]);
  const { fault, isBusy, run } = useAttempt();
  const heading = useRef<HTMLHeadingElement>(null);
  const look = async (): Promise<void> => {
    all.value = await readSessions();
  };
  useEffect(() => run(look), []);
  const end = (one: OwnSession): void =>
    run(async () => {
      if (one.current) {
        await logOut();
        return;
      }
      await endSession(one.id);
      await look();
      heading.current?.focus();
    });
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions" ref={heading} tabIndex={-1}>{t('sessions')}</h2>
      <p class="meta">{t('sessionsMore')}</p>
      <ul class="session-list">
        {all.value.map((one) => {
          const [icon, program] = programOf(one.userAgent ?? '');
          const name = program === '' ? t('unknownProgram') : program;
          const began = when(millis(one.beganAt), Date.now());
          return (
            <li key={one.id} class="line">
              <Icon name={icon} />
              <span class="cut-text">
                <bdi title={one.userAgent ?? undefined}>{name}</bdi>
                <span class="meta">
                  {t('sessionSince', { date: began })}
                  {one.current ? <b class="strong"> · {t('thisSession')}</b> : null}
                </span>
              </span>
              <span class="push" />
              <button
                type="button"
                class="button small"
                aria-label={`${t('logOut')}: ${name}, ${t('sessionSince', { date: began })}`}
                aria-disabled={isBusy.value}
                onClick={() => end(one)}
              >
                {t('logOut')}
              </button>
            </li>
          );
        })}
      </ul>
      <FaultLine words={fault.value} />
    </section>
  );
}
