import { useEffect } from 'preact/hooks';

import { expired, session } from '../api/session.ts';
import { cannotRead } from '../live/start.ts';
import { me } from '../live/people.ts';
import { Again } from '../pages/log-in/Again.tsx';
import { LogIn } from '../pages/log-in/LogIn.tsx';
import { Inbox } from '../pages/inbox/Inbox.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Toasts } from '../parts/Toasts.tsx';
import { address, go, place } from '../place.ts';
import { t } from '../texts.ts';
import { seesDeliveries } from '../live/deliveries.ts';
import { Later } from './Later.tsx';
import { Rail } from './Rail.tsx';

const crmIntegration = async () => (await import('../pages/webhooks/CrmIntegration.tsx')).CrmIntegration;

export function Console() {
  if (session.value === undefined) {
    return <LogIn />;
  }
  return (
    <>
      <a class="skip button" href="#main">
        {t('skip')}
      </a>
      <Rail />
      <Page />
      {expired.value ? <Again /> : null}
      <Toasts />
    </>
  );
}

function Page() {
  const { path } = place.value;
  const isHome = path === '/' || path === '/login';
  useEffect(() => {
    if (isHome) {
      go('/inbox', 'replace');
    }
  });
  if (isHome) {
    return null;
  }
  if (cannotRead.value && me.value === undefined) {
    return (
      <main id="main" tabIndex={-1} class="nothing">
        <h1>{t('cannotRead')}</h1>
        <p>{t('cannotReadMore')}</p>
      </main>
    );
  }
  if (path === '/inbox' || path.startsWith('/inbox/')) {
    return <Inbox />;
  }
  if (path === '/webhooks/crm' && seesDeliveries()) {
    return <Later page={crmIntegration} />;
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
