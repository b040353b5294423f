import { useSignal } from '@preact/signals';

import { renewPassword } from '../../api/entry.ts';
import { end, session } from '../../api/session.ts';
import { FaultBanner } from '../../parts/FaultBanner.tsx';
import { Mark } from '../../parts/Icon.tsx';
import { address, go } from '../../place.ts';
import { t } from '../../texts.ts';
import { Door } from './Door.tsx';
import { Password } from './Password.tsx';
import { useSending } from './sending.ts';

/** Where the link in the mail leads. Its token stands where no server and no other site is told of it. */
export function NewPassword() {
  const token = useSignal(location.hash.slice(1));
  const password = useSignal('');
  const isDone = useSignal(false);
  const { fault, isBusy, submit } = useSending(async () => {
    isDone.value = await renewPassword(token.peek(), password.peek());
    if (!isDone.peek()) {
      fault.value = t('linkOver');
    } else if (session.peek() !== undefined) {
      // Whoever was logged in here may be the one who is not any more.
      go('/login', 'replace');
      end();
    }
  });
  return (
    <Door title={t('newPasswordTitle')} intro={t('newPasswordIntro')}>
      {() => (
        <form onSubmit={submit}>
          <FaultBanner words={fault.value} />
          <div role="status">
            {isDone.value ? (
              <p class="line strong">
                <Mark state="delivered" />
                <span>{t('passwordRenewed')}</span>
              </p>
            ) : null}
          </div>
          {isDone.value ? null : (
            <>
              <div class="field">
                <label for="new-password">{t('newPassword')}</label>
                <Password
                  id="new-password"
                  isNew
                  focused
                  value={password.value}
                  change={(value) => {
                    password.value = value;
                  }}
                />
              </div>
              <button type="submit" class="button primary" aria-disabled={isBusy.value}>
                {t('save')}
              </button>
            </>
          )}
          <a class="forgot" href={address(isDone.value || fault.value === '' ? '/login' : '/login/forgotten')} data-inside>
            {t(isDone.value || fault.value === '' ? 'toLogIn' : 'askAgain')}
          </a>
        </form>
      )}
    </Door>
  );
}
