// Before a chat: who is there, what is often asked, where the privacy policy is.
import { computed } from '@preact/signals';

import { write } from '../chat/outbox.ts';
import { config, ended, firstWords, greetings, screen } from '../chat/state.ts';
import { uploads } from '../chat/uploads.ts';
import { name as clean } from '../formatted.tsx';
import { memory } from '../memory.ts';
import { minutes, t } from '../texts.ts';
import { Avatar } from './Avatar.tsx';
import { Icon } from './icons.tsx';

/** Who waits longer would rather not be told. */
const LONGEST_MINUTES = 59;

/** Nothing has been said yet, by anybody. */
export const isAtDoor = computed(
  () =>
    screen.value !== 'chat' ||
    (memory.value.rid === undefined &&
      !ended.value &&
      memory.value.outbox.length === 0 &&
      greetings.value.length === 0 &&
      uploads.value.length === 0),
);

/** Who is there, where the server tells. */
export function There() {
  const { agents = [], firstAnswerSeconds } = config.value?.welcome ?? {};
  if (config.value?.online !== true) {
    return null;
  }
  const wait = Math.ceil((firstAnswerSeconds ?? Infinity) / 60);
  return (
    <div class="there">
      {agents.length === 0 ? null : (
        <div class="faces">
          {agents.map(({ name, username }, index) => (
            <Avatar
              key={username}
              name={clean(name)}
              username={username}
              kind={index === agents.length - 1 ? 'online' : ''}
            />
          ))}
        </div>
      )}
      <p>
        <b>{t('online')}</b>
        {wait > LONGEST_MINUTES ? null : t('replies', { time: minutes(Math.max(1, wait)) })}
      </p>
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
            <button
              type="button"
              dir="auto"
              onClick={() => {
                if (screen.value === 'chat') {
                  write(start);
                } else {
                  firstWords.value = start;
                  document.querySelector<HTMLElement>('.form input')?.focus();
                }
              }}
            >
              {start}
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
  return link === '' ? null : (
    <p class="privacy">
      <a href={link} target="_blank" rel="noopener noreferrer">
        {t('privacyLink')}
      </a>
    </p>
  );
}
