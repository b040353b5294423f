import type { Delivery } from '../../api/documents.ts';
import { deliveries, resend } from '../../live/deliveries.ts';
import { now } from '../../live/clock.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { outcomeOf, stateOf, wordOf } from '../../parts/outcome.ts';
import { address, openChat } from '../../place.ts';
import { t } from '../../texts.ts';
import { useSection } from './useSection.ts';

/** What each endpoint has heard of the chat. */
export function Webhooks() {
  const section = useSection('webhooks');
  const byEndpoint = new Map<string, Delivery[]>();
  for (const delivery of deliveries.value) {
    const id = delivery.endpoint?.id ?? '';
    byEndpoint.set(id, [...(byEndpoint.get(id) ?? []), delivery]);
  }
  if (byEndpoint.size === 0) {
    return null;
  }
  return (
    <section ref={section} aria-label={t('webhooks')} tabIndex={-1}>
      <h3>
        {t('webhooks')}{' '}
        <a class="link-button" href={address(`/webhooks/deliveries?chat=${openChat.value ?? ''}`)} data-inside>
          {t('allOf', { count: deliveries.value.length })}
        </a>
      </h3>
      <ul class="heard-by">
        {[...byEndpoint].map(([id, all]) => {
          const arrived = all.filter(({ state }) => state === 'delivered').length;
          const worst = all.find(({ state }) => state === 'given-up') ?? all.find(({ state }) => state === 'pending') ?? all[0];
          return worst === undefined ? null : (
            <li key={id}>
              <Mark state={stateOf(worst)} label={wordOf(worst)} />
              <bdi class="cut-text">{worst.endpoint?.name ?? t('someone')}</bdi>
              <span class="meta num">
                {[t('arrivedOf', { count: arrived, total: all.length }), worst.state === 'pending' ? outcomeOf(worst, now.value) : '']
                  .filter((part) => part !== '')
                  .join(' · ')}
              </span>
              {worst.state === 'given-up' ? (
                <span class="why">
                  <span class="meta fault cut-text">
                    <span class="mono">{worst.kind}</span> {wordOf(worst)}, {outcomeOf(worst)}
                  </span>
                  <span class="push" />
                  <button type="button" class="button tiny" onClick={() => void resend(worst.id)}>
                    <Icon name="retry" size={14} />
                    {t('resend')}
                  </button>
                </span>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
