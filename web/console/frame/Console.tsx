import { computed } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { asked } from '../api/proof.ts';
import { expired, session } from '../api/session.ts';
import { cannotRead } from '../live/start.ts';
import { may, me, peopleAreRead } from '../live/people.ts';
import { isNew } from '../live/setup.ts';
import { Again } from '../pages/log-in/Again.tsx';
import { LogIn } from '../pages/log-in/LogIn.tsx';
import { Inbox } from '../pages/inbox/Inbox.tsx';
import { Icon } from '../parts/Icon.tsx';
import { NotAllowed } from '../parts/NotAllowed.tsx';
import { Toasts } from '../parts/Toasts.tsx';
import { address, go, place } from '../place.ts';
import { t } from '../texts.ts';
import type { TextKey } from '../texts/en.ts';
import { seesDeliveries } from '../live/deliveries.ts';
import { Later } from './Later.tsx';
import { Proof } from './Proof.tsx';
import { Rail } from './Rail.tsx';

const setup = async () => (await import('../pages/setup/Setup.tsx')).Setup;
const profile = async () => (await import('../pages/me/Profile.tsx')).Profile;
const chats = async () => (await import('../pages/chats/Chats.tsx')).Chats;
const crmIntegration = async () => (await import('../pages/webhooks/CrmIntegration.tsx')).CrmIntegration;

const endpoints = async () => (await import('../pages/webhooks/Endpoints.tsx')).Endpoints;
const editor = async () => (await import('../pages/webhooks/Editor.tsx')).Editor;
const tail = async () => (await import('../pages/webhooks/Tail.tsx')).Tail;
const catalogue = async () => (await import('../pages/webhooks/Catalogue.tsx')).Catalogue;
const check = async () => (await import('../pages/webhooks/Check.tsx')).Check;
const deliveries = async () => (await import('../pages/webhooks/Deliveries.tsx')).Deliveries;

const WEBHOOKS: Readonly<Record<string, readonly [name: TextKey, page: typeof crmIntegration]>> = {
  '/webhooks/endpoints': ['endpoints', endpoints],
  '/webhooks/crm': ['crmIntegration', crmIntegration],
  '/webhooks/deliveries': ['deliveries', deliveries],
  '/webhooks/given-up': ['givenUpOnes', deliveries],
  '/webhooks/live': ['liveTail', tail],
  '/webhooks/catalogue': ['eventCatalogue', catalogue],
  '/webhooks/check': ['checkSignature', check],
};

/** It has the whole window. */
const isSetup = computed(() => /^\/setup(\/|$)/.test(place.value.path));

const forgotten = async () => (await import('../pages/log-in/Forgotten.tsx')).Forgotten;
const newPassword = async () => (await import('../pages/log-in/NewPassword.tsx')).NewPassword;

export function Console() {
  const { path } = place.value;
  // A link in a mail leads there, whoever is logged in.
  if (path === '/login/new-password') {
    return <Later page={newPassword} />;
  }
  if (session.value === undefined) {
    return path === '/login/forgotten' ? <Later key={path} page={forgotten} /> : <LogIn />;
  }
  return (
    <>
      <a class="skip button" href="#main">
        {t('skip')}
      </a>
      {isSetup.value ? <Later page={setup} /> : (
        <>
          <Rail />
          <Page />
        </>
      )}
      {asked.value === undefined ? null : <Proof asked={asked.value} />}
      {expired.value ? <Again /> : null}
      <Toasts />
    </>
  );
}

function Page() {
  const { path } = place.value;
  const isHome = path === '/' || path === '/login' || path === '/login/forgotten';
  const goesOn = isHome && peopleAreRead.value;
  useEffect(() => {
    if (goesOn) {
      go(isNew.peek() ? '/setup' : '/inbox', 'replace');
    }
  });
  if (cannotRead.value && me.value === undefined) {
    return (
      <main id="main" tabIndex={-1} class="nothing">
        <h1>{t('cannotRead')}</h1>
        <p>{t('cannotReadMore')}</p>
      </main>
    );
  }
  if (isHome) {
    return null;
  }
  if (path === '/inbox' || path.startsWith('/inbox/')) {
    return <Inbox />;
  }
  if (path === '/me') {
    return <Later page={profile} />;
  }
  const isEndpoint = path.startsWith('/webhooks/endpoints/');
  const ofWebhooks = isEndpoint ? (['endpoint', editor] as const) : WEBHOOKS[path];
  if (ofWebhooks !== undefined && peopleAreRead.value) {
    const [name, page] = ofWebhooks;
    return seesDeliveries() ? <Later key={path} page={page} /> : <NotAllowed page={t(name)} permission="view-livechat-webhooks" />;
  }
  if (path === '/chats' && peopleAreRead.value) {
    return may('view-l-room') ? <Later page={chats} /> : <NotAllowed page={t('allChats')} permission="view-l-room" />;
  }
  if (!peopleAreRead.value) {
    return <main id="main" tabIndex={-1} class="page" aria-busy="true" />;
  }
  return (
    <main id="main" tabIndex={-1} class="nothing">
      <h1>{t('notFound')}</h1>
      <a class="button" href={address('/inbox')} data-inside>
        <Icon name="inbox" />
        {t('toInbox')}
      </a>
    </main>
  );
}
