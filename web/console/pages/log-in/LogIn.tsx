import './log-in.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { siteName } from '../../api/entry.ts';
import { SERVER } from '../../api/http.ts';
import { Icon, Logo } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { t } from '../../texts.ts';
import { Code } from './Code.tsx';
import { Fault } from './Fault.tsx';
import { Password } from './Password.tsx';
import { useEntering } from './entering.ts';
import { Waves } from './Waves.tsx';

export function LogIn() {
  const site = useSignal('Hark');
  const entering = useEntering();
  useEffect(() => {
    document.title = `${t('logIn')} · Hark`;
    const look = async (): Promise<void> => {
      const name = await siteName().catch(() => '');
      site.value = name === '' ? 'Hark' : name;
    };
    void look();
  }, []);
  const isCode = entering.step.value === 'code';
  return (
    <main class="door">
      <section class="form">
        <div class="brand">
          <Logo size={36} />
          <bdi>{site.value}</bdi>
        </div>
        <h1>{isCode ? t('codeTitle') : t('logIn')}</h1>
        <p>{isCode ? t('codeIntro') : t('logInIntro', { host: location.host })}</p>
        <form onSubmit={(event) => void entering.enter(event)}>
          <Fault words={entering.fault.value} />
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
                <label for="password">{t('password')}</label>
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
        <footer>
          <a href={`${SERVER}about`}>{t('aboutServer')}</a>
        </footer>
      </section>
      <div class="side">
        <Waves />
      </div>
    </main>
  );
}
