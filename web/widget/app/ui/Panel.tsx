// The panel: one screen at a time below a head that stays.
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { connection, screen } from '../chat/state.ts';
import { tell } from '../host.ts';
import { t } from '../texts.ts';
import { Chat } from './Chat.tsx';
import { keepFocus } from './focus.ts';
import { Header } from './Header.tsx';
import { Dots } from './Meanwhile.tsx';
import { asking, away } from './later.ts';
import { isAtDoor, Privacy } from './Welcome.tsx';

function Loading() {
  return (
    <div class="card place loading" tabIndex={-1} role="status">
      <Dots />
      <p>{connection.value === 'lost' ? t('reconnecting') : t('loading')}</p>
    </div>
  );
}

type Name = 'Consent' | 'Register' | 'Forgotten' | 'Offline' | 'Unavailable';

interface Later {
  readonly from: typeof asking | typeof away;
  readonly name: Name;
}

/** A screen that is shown when it has come. */
function Later({ from, name }: Later) {
  useEffect(from.bring, [from]);
  const pieces: Partial<Record<Name, ComponentType>> = from.there.value ?? {};
  const Shown = pieces[name];
  return Shown === undefined ? <Loading /> : <Shown />;
}

function Screen() {
  switch (screen.value) {
    case 'loading':
      return <Loading />;
    case 'consent':
      return <Later from={asking} name="Consent" />;
    case 'register':
      return isAtDoor.value ? <Chat /> : <Later from={asking} name="Register" />;
    case 'chat':
      return <Chat />;
    case 'offline':
      return <Later from={away} name="Offline" />;
    case 'off':
    case 'unavailable':
      return <Later from={away} name="Unavailable" />;
    case 'forgotten':
      return <Later from={asking} name="Forgotten" />;
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
