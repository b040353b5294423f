import { useSignal } from '@preact/signals';

import { forgotten } from '../../api/entry.ts';
import { FaultBanner } from '../../parts/FaultBanner.tsx';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { address } from '../../place.ts';
import { t } from '../../texts.ts';
import { Door } from './Door.tsx';
import { useSending } from './sending.ts';

/** Whoever has forgotten their password asks for a link. */
export function Forgotten() {
  const login = useSignal('');
  const isSent = useSignal(false);
  const { fault, isBusy, submit } = useSending(async () => {
    await forgotten(login.peek().trim());
    isSent.value = true;
  });
  return (
    <Door title={t('forgotten')} intro={t('forgottenIntro')}>
      {() => (
        <form onSubmit={submit}>
          <FaultBanner words={fault.value} />
          <div role="status">
            {isSent.value ? (
              <>
                <p class="line strong">
                  <Mark state="delivered" />
                  <span>{t('linkSent')}</span>
                </p>
                <p class="quiet">{t('linkSentMore')}</p>
              </>
            ) : null}
          </div>
          {isSent.value ? null : (
            <>
              <div class="field">
                <label for="login">{t('nameOrEmail')}</label>
                <input
                  id="login"
                  class="input"
                  autocomplete="username"
                  autocapitalize="none"
                  spellcheck={false}
                  required
                  autofocus
                  value={login.value}
                  onInput={(event) => {
                    login.value = event.currentTarget.value;
                  }}
                />
              </div>
              <button type="submit" class="button primary" aria-disabled={isBusy.value}>
                {t('sendLink')}
              </button>
            </>
          )}
          <a class="forgot" href={address('/login')} data-inside>
            <Icon name="left" turns />
            {t('toLogIn')}
          </a>
        </form>
      )}
    </Door>
  );
}
