import './me.css';

import { useEffect } from 'preact/hooks';

import { me, may } from '../../live/people.ts';
import { setSound, sound } from '../../live/sound.ts';
import { hasSingleKeys, setSingleKeys } from '../../keys.ts';
import { Language } from '../../parts/Language.tsx';
import { Modes } from '../../parts/Modes.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { chosenLanguage, t } from '../../texts.ts';
import { Factor } from './Factor.tsx';
import { Password } from './Password.tsx';
import { Push } from './Push.tsx';
import { Sessions } from './Sessions.tsx';
import { Tokens } from './Tokens.tsx';
import { You } from './You.tsx';

export function Profile() {
  useEffect(() => {
    document.title = `${t('profile')} · Hark`;
  }, [chosenLanguage.value]);
  const own = me.value;
  if (own === undefined) {
    return <main id="main" tabIndex={-1} class="page" aria-busy="true" />;
  }
  return (
    <main id="main" tabIndex={-1} class="page me-page">
      <header class="page-head">
        <h1>{t('profile')}</h1>
      </header>
      <div class="page-body">
        <div class="sections">
          <You own={own} />
          <section aria-labelledby="device">
            <h2 id="device">{t('thisDevice')}</h2>
            <div class="field">
              <label for="language">{t('languageIs')}</label>
              <Language id="language" />
            </div>
            <div class="field">
              <span class="label">{t('appearance')}</span>
              <Modes />
            </div>
            <Switch label={t('soundOfNews')} on={sound.value} change={setSound} />
            <Push />
            <Switch label={t('singleKeys')} on={hasSingleKeys.value} change={setSingleKeys} />
            <p class="meta">{t('singleKeysMore')}</p>
          </section>
          <Password />
          <Sessions />
          <Factor isOn={own.services?.totp?.enabled === true} />
          {may('create-personal-access-tokens') ? <Tokens user={own._id} /> : null}
        </div>
      </div>
    </main>
  );
}
