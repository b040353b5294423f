import { useSignal } from '@preact/signals';

import { heard, type Heard, isListening, isWhole } from '../../live/receiver.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { LiveDot } from '../../parts/LiveDot.tsx';
import { count, t, time } from '../../texts.ts';

/** What arrives, the latest on top, and the body of one of them. */
export function Receiver() {
  const chosen = useSignal<number | undefined>(undefined);
  const all = heard.value;
  const shown = all.find(({ id }) => id === chosen.value) ?? all[0];
  return (
    <section class="receiver" aria-label={t('receiver')}>
      <header>
        <Icon name="hook" />
        <h2>{t('receiver')}</h2>
        <span class="line meta">
          <LiveDot state={isListening.value ? 'on' : 'off'} />
          {t(isListening.value ? 'listening' : 'notListening')}
        </span>
      </header>
      {all.length === 0 ? <p class="empty-list">{t('nothingHeard')}</p> : null}
      <ol class="events" aria-live="polite">
        {all.map((one, index) => (
          <li key={one.id}>
            <button
              type="button"
              class={one === shown ? 'is-selected' : ''}
              aria-pressed={one === shown}
              onClick={() => {
                chosen.value = one.id;
              }}
            >
              <Mark state={one.isGenuine === false ? 'failed' : 'delivered'} label={t('received')} />
              <time class="meta">{time(one.at, true)}</time>
              <span class="cut-text">
                <span class="mono">{one.kind}</span> <bdi class="quiet">{about(one)}</bdi>
              </span>
              {index === 0 ? <span class="new">{t('newEvent')}</span> : null}
            </button>
          </li>
        ))}
      </ol>
      {shown === undefined ? null : (
        <>
          <div class="whole">
            {isWhole.value ? (
              <span class="line good">
                <Icon name="check" />
                {count('inOrder', all.length)}
              </span>
            ) : null}
            <span class="push" />
            <Copy text={JSON.stringify(shown.body)} />
          </div>
          {shown.isGenuine === undefined ? null : (
            <p class="line meta signed">
              <span class="mono">webhook-signature</span>
              <span class={shown.isGenuine ? 'line good' : 'line fault'}>
                <Icon name={shown.isGenuine ? 'check' : 'alert'} />
                {t(shown.isGenuine ? 'genuine' : 'notGenuine')}
              </span>
            </p>
          )}
          <Json value={shown.body} label={t('eventBody')} />
        </>
      )}
    </section>
  );
}

function about({ kind, body: { data } }: Heard): string {
  return kind === 'chat.taken' ? (data.agent?.name ?? '') : (data.message?.text ?? '');
}
