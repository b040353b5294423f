// Before a chat: who is there, what is often asked, where the privacy policy is.
import { computed } from '@preact/signals';

import { served, shown, unread } from '../chat/messages.ts';
import { inShort } from '../chat/notices.ts';
import { write } from '../chat/outbox.ts';
import {
  agent,
  atHome,
  config,
  ended,
  firstWords,
  greetings,
  letterIsSent,
  screen,
} from '../chat/state.ts';
import { uploads } from '../chat/uploads.ts';
import { name as clean } from '../formatted.tsx';
import { memory } from '../memory.ts';
import { count, dayAhead, isToday, minutes, t, time } from '../texts.ts';
import { Avatar, hasFaces } from './Avatar.tsx';
import { Icon } from './icons.tsx';
import { nameOf, ownTitle, title } from './people.ts';

/** Who waits longer would rather not be told. */
const LONGEST_MINUTES = 59;

/** Nothing has been said yet, by anybody, or he has gone back. */
export const isAtDoor = computed(
  () =>
    atHome.value ||
    (screen.value === 'register' ? firstWords.value === undefined : screen.value !== 'chat') ||
    (screen.value === 'chat' &&
      memory.value.rid === undefined &&
      !ended.value &&
      memory.value.outbox.length === 0 &&
      greetings.value.length === 0 &&
      uploads.value.length === 0),
);

/** How soon one is answered, where the server knows. */
export function usualReply(): string {
  const wait = Math.ceil((config.value?.welcome?.firstAnswerSeconds ?? Infinity) / 60);
  return wait > LONGEST_MINUTES ? '' : t('replies', { time: minutes(Math.max(1, wait)) });
}

/** When somebody is there again. */
function backAt(): string {
  const { isOpen, changesAt } = config.value?.welcome?.hours ?? {};
  const at = Date.parse(changesAt ?? '');
  return isOpen !== false || Number.isNaN(at) ? '' : t('backAt', { day: dayAhead(at), time: time(at) });
}

/** Who is there, or when somebody will be, where the server tells. */
export function There() {
  const now = config.value;
  if (now === undefined || !now.enabled) {
    return null;
  }
  const { online, settings, welcome } = now;
  const agents = (hasFaces() && welcome?.agents) || [];
  const strong = online ? t('weOnline') : backAt();
  const line = online ? usualReply() : settings.displayOfflineForm
      ? t(letterIsSent.value ? 'replyByMail' : 'offlineTitle')
      : '';
  return (
    <div class="there">
      {agents.length === 0 ? null : (
        <div class="faces">
          {agents.map(({ name, username }, index) => (
            <Avatar
              key={username}
              name={clean(name)}
              username={username}
              kind={index < agents.length - 1 ? '' : online ? 'online' : 'away'}
            />
          ))}
        </div>
      )}
      <p>
        {strong === '' ? null : <b>{strong}</b>}
        {line}
      </p>
    </div>
  );
}

/** Until when somebody is there today. */
export function OpenToday() {
  const { isOpen, changesAt } = config.value?.welcome?.hours ?? {};
  const at = Date.parse(changesAt ?? '');
  return config.value?.online === true && isOpen === true && isToday(at) ? (
    <p class="open">
      <Icon name="clock" />
      {t('openUntil', { time: time(at) })}
    </p>
  ) : null;
}

function goOn(): void {
  atHome.value = false;
}

/** The chat that runs, or has just ended, in place of a composer. */
export function Running() {
  const last = shown.value.findLast((one) => (one.t ?? '') === '');
  const who = agent.value ?? served.value;
  const name = nameOf(who);
  return (
    <div class="card running">
      <button type="button" class="top" onClick={goOn}>
        {name === '' || !hasFaces() ? (
          <Avatar name={title()} kind="shop" />
        ) : (
          <Avatar name={name} username={who?.username ?? ''} kind={ended.value ? '' : 'online'} />
        )}
        <bdi class="strong">{name || title()}</bdi>
        {unread.value > 0 ? (
          <span class="count">
            <span aria-hidden="true">{unread}</span>
            <span class="unseen">{count('unread', unread.value)}</span>
          </span>
        ) : null}
        <span class="words" dir="auto">
          {last && inShort(last)}
        </span>
      </button>
      {ended.value ? null : (
        <button type="button" class="reply" onClick={goOn}>
          {t('reply')}
        </button>
      )}
    </div>
  );
}

/** Questions that are asked with one click: at once, or as soon as it is known who asks. */
export function Starts() {
  const { starts = [] } = config.value?.welcome ?? {};
  if (starts.length === 0) {
    return null;
  }
  return (
    <section class="card starts">
      <h2>{t('starts')}</h2>
      <ul>
        {starts.map((start) => (
          <li key={start}>
            <button type="button" onClick={() => write(start)}>
              <bdi>{start}</bdi>
              <Icon name="send" small />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Privacy() {
  const link = config.value?.welcome?.privacyLink ?? '';
  const shop = ownTitle();
  return link === '' ? null : (
    <p class="privacy" dir="auto">
      {shop === '' ? '' : `${t('privacy', { shop })} `}
      <a href={link} target="_blank" rel="noopener noreferrer">
        {t('privacyLink')}
      </a>
    </p>
  );
}
