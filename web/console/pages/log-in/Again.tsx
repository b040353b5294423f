import { session } from '../../api/session.ts';
import { logOut } from '../../api/entry.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { FaultBanner } from '../../parts/FaultBanner.tsx';
import { t } from '../../texts.ts';
import { Code } from './Code.tsx';
import { Password } from './Password.tsx';
import { useEntering } from './entering.ts';

/** The log-in has run out: a new one in the same place, with everything that was written. */
export function Again() {
  const entering = useEntering(session.value?.login);
  return (
    <Dialog title={t('logInAgain')} kind="again">
      <p class="quiet">{t('logInAgainText', { name: entering.login.value })}</p>
      <form onSubmit={(event) => void entering.enter(event)}>
        <FaultBanner words={entering.fault.value} />
        {entering.step.value === 'code' ? (
          <Code entering={entering} />
        ) : (
          <div class="field">
            <label for="again">{t('password')}</label>
            <Password
              id="again"
              focused
              value={entering.password.value}
              change={(value) => {
                entering.password.value = value;
              }}
            />
          </div>
        )}
        <div class="line">
          <button type="submit" class="button primary">
            {t('logIn')}
          </button>
          <button type="button" class="button quiet" onClick={() => void logOut()}>
            {t('logOut')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
