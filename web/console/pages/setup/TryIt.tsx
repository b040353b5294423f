import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { heard, hearEvents, OF_CHATS, type Heard } from '../../live/receiver.ts';
import { me } from '../../live/people.ts';
import { TRIAL } from '../../live/setup.ts';
import { useKeys } from '../../keys.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { address, go } from '../../place.ts';
import { duration, t, time } from '../../texts.ts';
import { Receiver } from './Receiver.tsx';

const firstOf = (kind: RegExp): Heard | undefined => heard.value.findLast((one) => kind.test(one.kind));

const goOn = (): void => go('/inbox');

/** A visitor's page in the middle, and beside it what a webhook would be told. */
export function TryIt() {
  const isPhone = useSignal(false);
  useEffect(() => hearEvents(OF_CHATS), []);
  useKeys({ Enter: goOn });
  const first = heard.value.at(-1);
  return (
    <>
      <main id="main" tabIndex={-1} class="trial">
        <section class="say">
          <h1 tabIndex={-1}>{t(first === undefined ? 'tryWaits' : 'tryWorks')}</h1>
          <p>{t('tryMore')}</p>
          <Todo />
          {first === undefined ? null : <FirstAfter event={first} />}
        </section>
        <section class={isPhone.value ? 'shop-frame is-phone' : 'shop-frame'} aria-label={t('trialPage')}>
          <div class="chrome">
            <span class="where mono">
              <Icon name="globe" size={12} />
              <span class="cut-text">{TRIAL.replace(/^https?:\/\//, '')}</span>
            </span>
            <button
              type="button"
              class="icon-button small"
              aria-label={t('asOnPhone')}
              title={t('asOnPhone')}
              aria-pressed={isPhone.value}
              onClick={() => {
                isPhone.value = !isPhone.value;
              }}
            >
              <Icon name="phone" />
            </button>
            <a class="icon-button small" href={TRIAL} target="_blank" rel="noopener" aria-label={t('ownWindow')} title={t('ownWindow')}>
              <Icon name="out" turns />
            </a>
          </div>
          <iframe src={TRIAL} title={t('trialPage')} />
        </section>
        <Receiver />
      </main>
      <footer class="setup-foot">
        <p class="meta">{t('keepsNothing')}</p>
        <span class="push" />
        <a class="button" href={address('/webhooks/crm')} data-inside>
          <Icon name="link" />
          {t('addCrm')}
        </a>
        <button type="button" class="button primary" onClick={goOn}>
          <span>{t('openInbox')}</span>
          <Key keys="enter" />
        </button>
      </footer>
    </>
  );
}

function Todo() {
  const wrote = firstOf(/^message\.visitor$/);
  const answered = firstOf(/^message\.agent$/);
  const lead = firstOf(/^lead\.captured$/);
  const closed = firstOf(/^chat\.closed$/);
  const inbox = (
    <a href={address('/inbox')} target="_blank" rel="noopener">
      {t('inboxInWindow')}
    </a>
  );
  const all = [
    [wrote, t('todoWrite'), t('todoWriteMore')],
    [answered, t('todoAnswer'), inbox],
    [lead, t('todoLead'), t('todoLeadMore')],
    [closed, t('todoClose'), t('todoCloseMore')],
  ] as const;
  return (
    <ul class="todo">
      {all.map(([event, what, more]) => (
        <li key={what}>
          {event === undefined ? (
            <Mark state="idle" label={t('stepOpen')} size={18} />
          ) : (
            <Mark state="delivered" label={t('stepDone')} size={18} />
          )}
          <span>{what}</span>
          <span class="meta">{event === undefined ? more : time(event.at, true)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The account of the first administrator is as old as the server. */
function FirstAfter({ event }: { readonly event: Heard }) {
  const begun = me.value?.createdAt;
  return begun === undefined ? null : (
    <div class="first-after">
      <p class="meta">{t('sinceStart')}</p>
      <p class="figure">{duration(event.at - millis(begun))}</p>
    </div>
  );
}
