// The panel: one screen at a time below a head that stays.
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { startAnew } from '../chat/chat.ts';
import { config, connection, forgotten, screen } from '../chat/state.ts';
import { Formatted } from '../formatted.tsx';
import { tell } from '../host.ts';
import { remember } from '../memory.ts';
import { t } from '../texts.ts';
import { Chat } from './Chat.tsx';
import { keepFocus } from './focus.ts';
import { Problem, said } from './form.tsx';
import { Header } from './Header.tsx';
import { Icon } from './icons.tsx';
import { Dots } from './Meanwhile.tsx';
import { asking, away } from './later.ts';
import { isAtDoor, OpenToday, Privacy } from './Welcome.tsx';

function Loading() {
  return (
    <div class="card place loading" tabIndex={-1} role="status">
      <Dots />
      <p>{connection.value === 'lost' ? t('reconnecting') : t('loading')}</p>
    </div>
  );
}

function Consent() {
  const { dataProcessingConsentText: words = '', unfinishedWordsConsentText: unfinished = '' } =
    config.value?.messages ?? {};
  const link = config.value?.welcome?.privacyLink ?? '';
  return (
    <>
      <div class="card asks">
        <h2 tabIndex={-1}>{t('consentTitle')}</h2>
        <p class="intro" dir="auto">
          <Formatted text={words === '' ? t('consentText') : words} />
        </p>
        {unfinished === '' ? null : (
          <p class="intro" dir="auto">
            <Formatted text={unfinished} />
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

function Forgotten() {
  const [problem, setProblem] = useState<string>();
  return (
    <div class="card place" role="status">
      <span class="tick">
        <Icon name="check" />
      </span>
      <p>{t('forgotten')}</p>
      <Problem text={problem} />
      <button
        class="primary"
        type="button"
        onClick={() => {
          forgotten.value = false;
          startAnew().catch((error: unknown) => setProblem(said(error)));
        }}
      >
        {t('newChat')}
      </button>
    </div>
  );
}

/** What is shown while nobody is there, when it has come. */
function Away({ form }: { readonly form: boolean }) {
  useEffect(away.bring, []);
  const pieces = away.there.value;
  const Shown: ComponentType | undefined = form ? pieces?.Offline : pieces?.Unavailable;
  return Shown === undefined ? <Loading /> : <Shown />;
}

/** Who he is, asked when he has written something. */
function Asked() {
  useEffect(asking.bring, []);
  const Form = asking.there.value?.Register;
  return Form === undefined ? <Loading /> : <Form />;
}

function Screen() {
  switch (screen.value) {
    case 'loading':
      return <Loading />;
    case 'consent':
      return <Consent />;
    case 'register':
      return isAtDoor.value ? <Chat /> : <Asked />;
    case 'chat':
      return <Chat />;
    case 'offline':
      return <Away form />;
    case 'off':
    case 'unavailable':
      return <Away form={false} />;
    case 'forgotten':
      return <Forgotten />;
    default:
      return null;
  }
}

export function Panel() {
  const main = useRef<HTMLElement>(null);
  const isInside = !isAtDoor.value;
  const Questions = asking.there.value?.Questions;
  useLayoutEffect(() => (main.current === null ? undefined : keepFocus(main.current)), []);
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        tell('minimizeWindow');
      }
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, []);
  return (
    <>
      <div class={isInside ? 'inside' : 'home'}>
        <Header />
        <main ref={main} class={`screen screen-${screen.value}`}>
          <Screen />
          {isInside || screen.value === 'consent' ? null : <Privacy />}
        </main>
      </div>
      {Questions === undefined ? null : <Questions />}
    </>
  );
}
