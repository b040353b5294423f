import { FaultBanner } from '../../parts/FaultBanner.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { address } from '../../place.ts';
import { t } from '../../texts.ts';
import { Code } from './Code.tsx';
import { Door } from './Door.tsx';
import { Password } from './Password.tsx';
import { useEntering } from './entering.ts';

export function LogIn() {
  const entering = useEntering();
  const isCode = entering.step.value === 'code';
  return (
    <Door
      title={isCode ? t('codeTitle') : t('logIn')}
      intro={isCode ? t('codeIntro') : t('logInIntro', { host: location.host })}
    >
      {({ resetsPasswords }) => (
        <form onSubmit={(event) => void entering.enter(event)}>
          <FaultBanner words={entering.fault.value} />
          {isCode ? (
            <Code entering={entering} />
          ) : (
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
                  value={entering.login.value}
                  onInput={(event) => {
                    entering.login.value = event.currentTarget.value;
                  }}
                />
              </div>
              <div class="field">
                <span class="line">
                  <label for="password">{t('password')}</label>
                  {resetsPasswords ? (
                    <a class="push forgot meta" href={address('/login/forgotten')} data-inside>
                      {t('forgottenShort')}
                    </a>
                  ) : null}
                </span>
                <Password
                  id="password"
                  value={entering.password.value}
                  change={(value) => {
                    entering.password.value = value;
                  }}
                />
              </div>
            </>
          )}
          <label class="stay">
            <input
              type="checkbox"
              checked={entering.stays.value}
              onChange={(event) => {
                entering.stays.value = event.currentTarget.checked;
              }}
            />
            {t('stayLoggedIn')}
          </label>
          <button type="submit" class="button primary" aria-disabled={entering.busy.value}>
            <span>{t('logIn')}</span>
            <Key keys="enter" />
          </button>
          {isCode ? (
            <button type="button" class="button quiet" onClick={entering.back}>
              <Icon name="left" turns />
              {t('back')}
            </button>
          ) : null}
        </form>
      )}
    </Door>
  );
}
