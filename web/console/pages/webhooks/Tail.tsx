import './webhooks.css';
import './endpoints.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { heard, type Heard, hearEvents, isListening } from '../../live/receiver.ts';
import { useKeys } from '../../keys.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { address, place } from '../../place.ts';
import { number, t, time } from '../../texts.ts';
import { ask } from './asking.ts';
import { familyOf } from './wanted.ts';

/** Events as they happen, the latest first, each as a webhook of the standard dialect is told of it. */
export function Tail() {
  const { query } = place.value;
  const family = query.get('family') ?? '';
  const open = Number(query.get('open') ?? '0');
  /** What was there when the list was stopped. */
  const stopped = useSignal<readonly Heard[] | undefined>(undefined);
  useEffect(() => {
    document.title = `${t('liveTail')} · Hark`;
    return hearEvents([]);
  }, []);
  const now = heard.value;
  const all = stopped.value ?? now;
  const families = [...new Set(now.map(({ kind }) => familyOf(kind)))].toSorted();
  const rows = all.filter(({ kind }) => family === '' || familyOf(kind) === family);
  const shown = rows.find(({ id }) => id === open) ?? rows[0];
  const missed = stopped.value === undefined ? 0 : now.filter(({ id }) => id > (all[0]?.id ?? 0)).length;
  const hold = (): void => {
    stopped.value = stopped.peek() === undefined ? heard.peek() : undefined;
  };
  const step = (by: number) => (): void => {
    const next = rows[rows.findIndex(({ id }) => id === shown?.id) + by];
    if (next !== undefined) {
      ask({ open: String(next.id) });
    }
  };
  useKeys({ j: step(1), k: step(-1), p: hold });
  return (
    <main id="main" tabIndex={-1} class="page tail-page">
      <header class="page-head">
        <h1>{t('liveTail')}</h1>
        <span class="line meta">
          <span class={isListening.value ? 'live-dot' : 'live-dot is-off'} />
          {t(isListening.value ? 'listening' : 'notListening')}
        </span>
        <span class="push" />
        {missed > 0 ? <span class="meta">{t('moreSince', { count: number(missed) })}</span> : null}
        <select class={family === '' ? 'filter' : 'filter is-set'} aria-label={t('event')} value={family} onChange={(event) => ask({ family: event.currentTarget.value })}>
          <option value="">{t('everything')}</option>
          {families.map((one) => (
            <option key={one} value={one}>
              {one}.*
            </option>
          ))}
        </select>
        <button type="button" class="button" aria-pressed={stopped.value !== undefined} onClick={hold}>
          <Icon name={stopped.value === undefined ? 'pause' : 'play'} />
          {t(stopped.value === undefined ? 'pauseIt' : 'resumeIt')}
        </button>
      </header>
      {rows.length === 0 ? (
        <div class="empty">
          <Icon name="live" size={24} />
          <h2>{t('nothingHeard')}</h2>
        </div>
      ) : (
        <div class="two">
          <div class="left">
            <ol class="catalogue">
              {rows.map((one) => (
                <li key={one.id}>
                  <button type="button" class={one === shown ? 'is-shown' : ''} aria-pressed={one === shown} onClick={() => ask({ open: String(one.id) })}>
                    <span class="mono">{one.kind}</span>
                    <span class="meta cut-text">
                      <bdi>{one.body.data.message?.text ?? ''}</bdi>
                    </span>
                    <time class="meta num">{time(one.at, true)}</time>
                  </button>
                </li>
              ))}
            </ol>
          </div>
          {shown === undefined ? null : (
            <div class="right">
              <header>
                <h2 class="mono">{shown.kind}</h2>
                <span class="push" />
                {shown.chat === undefined ? null : (
                  <a href={address(`/inbox/${shown.chat}`)} data-inside>
                    {t('openChat')}
                  </a>
                )}
                <Copy text={JSON.stringify(shown.body, undefined, 2)} />
              </header>
              <Json value={shown.body} label={t('eventBody')} />
            </div>
          )}
        </div>
      )}
    </main>
  );
}
