import '../../parts/steps.css';
import './setup.css';

import { useEffect } from 'preact/hooks';

import { may, me, peopleAreRead } from '../../live/people.ts';
import { maySetUp } from '../../live/setup.ts';
import { Logo, Mark } from '../../parts/Icon.tsx';
import { NotAllowed } from '../../parts/NotAllowed.tsx';
import { address, go, place } from '../../place.ts';
import { number, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { FirstDepartment } from './FirstDepartment.tsx';
import { Snippet } from './Snippet.tsx';
import { TryIt } from './TryIt.tsx';
import { You } from './You.tsx';
import { YourSite } from './YourSite.tsx';

const STEPS = ['you', 'site', 'department', 'snippet', 'try'] as const;
type Step = (typeof STEPS)[number];

const NAMES: Readonly<Record<Step, TextKey>> = {
  you: 'you',
  site: 'yourSite',
  department: 'firstDepartment',
  snippet: 'snippet',
  try: 'tryIt',
};

/** From an empty server to the first chat. */
export function Setup() {
  const named = place.value.path.split('/')[2];
  const step = STEPS.find((one) => one === named) ?? 'you';
  const at = STEPS.indexOf(step);
  useEffect(() => {
    document.title = `${t(NAMES[step])} · Hark`;
    document.querySelector<HTMLElement>('.setup h1')?.focus();
  }, [step]);
  const done = (): void => go(`/setup/${STEPS[at + 1] ?? 'try'}`);
  if (!peopleAreRead.value || me.value === undefined) {
    return <main id="main" tabIndex={-1} class="setup" aria-busy="true" />;
  }
  if (!maySetUp() || !may('view-livechat-webhooks')) {
    return <NotAllowed page={t('setUp')} permission="edit-privileged-setting" />;
  }
  return (
    <div class="setup">
      <header class="setup-head">
        <Logo size={28} />
        <b>Hark</b>
        <nav aria-label={t('steps')}>
          <ol>
            {STEPS.map((one, index) => (
              <li key={one}>
                <a href={address(`/setup/${one}`)} data-inside {...(one === step ? { 'aria-current': 'step' } : {})}>
                  {index < at ? (
                    <Mark state="delivered" label={t('stepDone')} size={18} />
                  ) : (
                    <span class="step-number">{number(index + 1)}</span>
                  )}
                  <span>{t(NAMES[one])}</span>
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <span class="push" />
        <a href={address('/inbox')} data-inside>
          {t('goToInbox')}
        </a>
      </header>
      {step === 'you' ? <You own={me.value} done={done} /> : null}
      {step === 'site' ? <YourSite done={done} /> : null}
      {step === 'department' ? <FirstDepartment done={done} /> : null}
      {step === 'snippet' ? <Snippet done={done} /> : null}
      {step === 'try' ? <TryIt /> : null}
    </div>
  );
}
