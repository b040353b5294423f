import { computed } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { asked } from '../api/proof.ts';
import { expired, session } from '../api/session.ts';
import { cannotRead } from '../live/start.ts';
import { me, peopleAreRead } from '../live/people.ts';
import { isNew } from '../live/setup.ts';
import { Again } from '../pages/log-in/Again.tsx';
import { LogIn } from '../pages/log-in/LogIn.tsx';
import { Inbox } from '../pages/inbox/Inbox.tsx';
import { NotAllowed } from '../parts/NotAllowed.tsx';
import { Toasts } from '../parts/Toasts.tsx';
import { go, leaving, place } from '../place.ts';
import { t } from '../texts.ts';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { Later } from './Later.tsx';
import { Leaving } from './Leaving.tsx';
import { Menu } from './Menu.tsx';
import { type Place, placeAt, profile, type Section } from './places.ts';
import { Proof } from './Proof.tsx';
import { Rail } from './Rail.tsx';
import { isFor, placesOf } from './seen.ts';

const setup = async () => (await import('../pages/setup/Setup.tsx')).Setup;

/** It has the whole window. */
const isSetup = computed(() => /^\/setup(\/|$)/.test(place.value.path));

const forgotten = async () => (await import('../pages/log-in/Forgotten.tsx')).Forgotten;
const elsewhere = async () => (await import('./Elsewhere.tsx')).Elsewhere;
const newPassword = async () => (await import('../pages/log-in/NewPassword.tsx')).NewPassword;

export function Console() {
  const { path } = place.value;
  // A link in a mail leads there, whoever is logged in.
  if (path === '/login/new-password') {
    return <Later page={newPassword} area="base" />;
  }
  if (session.value === undefined) {
    return path === '/login/forgotten' ? <Later key={path} page={forgotten} area="base" /> : <LogIn />;
  }
  return (
    <>
      <a class="skip button" href="#main">
        {t('skip')}
      </a>
      {isSetup.value ? null : <Rail />}
      <div class="framed">
        <ConnectionBanner />
        <div class="place">{isSetup.value ? <Later page={setup} area="setup" /> : <Page />}</div>
      </div>
      {asked.value === undefined ? null : <Proof asked={asked.value} />}
      {expired.value ? <Again /> : null}
      {leaving.value === undefined ? null : <Leaving leave={leaving.value} />}
      <Toasts />
    </>
  );
}

function Page() {
  const { path } = place.value;
  const isHome = /^\/(login(\/(code|forgotten))?)?$/.test(path);
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
    return <Later page={profile} area="me" />;
  }
  if (!peopleAreRead.value) {
    return <main id="main" tabIndex={-1} class="page" aria-busy="true" />;
  }
  const found = placeAt(path);
  if (found !== undefined) {
    return <InSection section={found.section} place={found.place} />;
  }
  return <Later key={path} page={elsewhere} area="base" />;
}

interface SectionProps {
  readonly section: Section;
  readonly place: Place;
}

/** A page with the menu of its section, if that has others. */
function InSection({ section, place: at }: SectionProps) {
  if (!isFor(at)) {
    return <NotAllowed page={t(at.name)} permission={at.needs[0]} />;
  }
  const others = placesOf(section);
  const page = <Later key={at.path} page={at.page} area={at.area} {...(at.also === undefined ? {} : { also: at.also })} />;
  return others.length < 2 ? (
    page
  ) : (
    <div class="area">
      <Menu section={section} places={others} />
      {page}
    </div>
  );
}
