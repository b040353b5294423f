import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { askNow } from '../live/asking.ts';
import { chat, missed } from '../live/chat.ts';
import { connection, hurry } from '../live/connection.ts';
import { hasUpdate } from '../live/updates.ts';
import { Icon } from '../parts/Icon.tsx';
import { openChat } from '../place.ts';
import { count, t, time } from '../texts.ts';

/** A blink is not worth a word. */
const AFTER_MS = 1500;
const BACK_MS = 4000;
/** So long it is waited for what came meanwhile. */
const READ_MS = 15_000;

/** Above every page: whether what is on it is what there is. */
export function ConnectionBanner() {
  const shown = useSignal<'none' | 'lost' | 'back'>('none');
  const state = connection.value;
  const since = state.is === 'lost' ? state.since : undefined;
  useEffect(() => {
    if (since !== undefined) {
      if (shown.peek() === 'none') {
        // What came during a blink, or was read later than it could be told.
        missed.value = undefined;
      }
      const timer = setTimeout(() => {
        shown.value = 'lost';
      }, AFTER_MS);
      return () => clearTimeout(timer);
    }
    // Where no socket passes, the server may answer all the same.
    if ((state.is === 'live' || state.is === 'asking') && shown.peek() === 'lost') {
      shown.value = 'back';
    }
    return undefined;
  }, [since, state.is]);
  const came = missed.value;
  useEffect(() => {
    if (shown.value !== 'back') {
      return undefined;
    }
    const isRead = came !== undefined || chat.peek() === undefined;
    const timer = setTimeout(() => {
      shown.value = 'none';
      missed.value = undefined;
    }, isRead ? BACK_MS : READ_MS);
    return () => clearTimeout(timer);
    // What came meanwhile is known a little later, and read from then on.
  }, [shown.value, came]);
  return (
    <div role="status">
      {shown.value === 'lost' && since !== undefined ? (
        <div class="banner banner-wait">
          <Icon name="off" />
          <span>
            <b class="strong">{t('lost', { time: time(since, true) })}</b> {openChat.value === undefined ? '' : t('lostMore')}
          </span>
          <span class="push" />
          <button type="button" class="button tiny" onClick={hurry}>
            {t('tryNow')}
          </button>
        </div>
      ) : null}
      {state.is === 'asking' ? (
        <div class="banner banner-wait">
          <Icon name="off" />
          <span>
            <b class="strong">{t('noSocket')}</b> {count('askedEvery', Math.round(state.everyMs / 1000))}
          </span>
          <span class="push" />
          <button type="button" class="button tiny" onClick={askNow}>
            {t('tryNow')}
          </button>
        </div>
      ) : null}
      {hasUpdate.value ? (
        <div class="banner">
          <Icon name="retry" />
          <span>
            {t('updated')} {t('textsKept')}
          </span>
          <span class="push" />
          <button type="button" class="button tiny" onClick={() => location.reload()}>
            {t('reload')}
          </button>
        </div>
      ) : null}
      {shown.value === 'back' ? (
        <div class="banner banner-good">
          <Icon name="check" />
          <span>
            <b class="strong">{t('connectedAgain')}</b>{' '}
            {came === undefined || came === 0 ? '' : count('missed', came)}
          </span>
        </div>
      ) : null}
    </div>
  );
}
