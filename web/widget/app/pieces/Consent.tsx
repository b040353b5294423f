// What the visitor agrees to before anything of theirs is kept.
import { config } from '../chat/state.ts';
import { Formatted } from '../formatted.tsx';
import { tell } from '../host.ts';
import { remember } from '../memory.ts';
import { t } from '../texts.ts';
import { OpenToday } from '../ui/Welcome.tsx';

export function Consent() {
  const { dataProcessingConsentText: words = '', unfinishedWordsConsentText: unfinished } =
    config.value?.messages ?? {};
  const link = config.value?.welcome?.privacyLink ?? '';
  return (
    <>
      <div class="card asks">
        <h2 tabIndex={-1}>{t('consentTitle')}</h2>
        <p class="intro" dir="auto">
          <Formatted text={words === '' ? t('consentText') : words} />
        </p>
        {unfinished === undefined ? null : (
          <p class="intro" dir="auto">
            <Formatted text={unfinished === '' ? t('unfinishedText') : unfinished} />
          </p>
        )}
        {link === '' ? null : (
          <p>
            <a href={link} target="_blank" rel="noopener noreferrer">
              {t('privacyLink')}
            </a>
          </p>
        )}
        <div class="buttons">
          <button class="secondary" type="button" onClick={() => tell('minimizeWindow')}>
            {t('decline')}
          </button>
          <button class="primary" type="button" onClick={() => remember({ consent: true })}>
            {t('consentAccept')}
          </button>
        </div>
      </div>
      <OpenToday />
    </>
  );
}
