// The panel: one screen at a time below a head that stays.
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
import { Offline, Unavailable } from './Offline.tsx';
import { Questions } from './Questions.tsx';
import { Register } from './Register.tsx';
import { isAtDoor, Privacy } from './Welcome.tsx';

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
  return (
    <div class="card form">
      <h2 tabIndex={-1}>{t('consentTitle')}</h2>
      <p class="intro" dir="auto">
        <Formatted text={words === '' ? t('consentText') : words} />
      </p>
      {unfinished === '' ? null : (
        <p class="intro" dir="auto">
          <Formatted text={unfinished} />
        </p>
      )}
      <div class="buttons">
        <button class="secondary" type="button" onClick={() => tell('minimizeWindow')}>
          {t('cancel')}
        </button>
        <button class="primary" type="button" onClick={() => remember({ consent: true })}>
          {t('consentAccept')}
        </button>
      </div>
    </div>
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

function Screen() {
  switch (screen.value) {
    case 'loading':
      return <Loading />;
    case 'consent':
      return <Consent />;
    case 'register':
      return <Register />;
    case 'chat':
      return <Chat />;
    case 'offline':
      return <Offline />;
    case 'off':
    case 'unavailable':
      return <Unavailable />;
    case 'forgotten':
      return <Forgotten />;
    default:
      return null;
  }
}

export function Panel() {
  const main = useRef<HTMLElement>(null);
  const isInside = !isAtDoor.value;
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
          {isInside ? null : <Privacy />}
        </main>
      </div>
      <Questions />
    </>
  );
}
