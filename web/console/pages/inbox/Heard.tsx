import { useSignal } from '@preact/signals';

import type { Delivery } from '../../api/documents.ts';
import { resend } from '../../live/deliveries.ts';
import { now } from '../../live/clock.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { outcomeOf, stateOf, wordOf } from '../../parts/outcome.ts';
import { Popover } from '../../parts/Popover.tsx';
import { count, t } from '../../texts.ts';

/** Who heard it: grey while all is well, colour only where somebody has to look. */
export function Heard({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  const isOpen = useSignal(false);
  if (deliveries.length === 0) {
    return <span class="heard" />;
  }
  const failed = deliveries.filter(({ state }) => state === 'given-up');
  const pending = deliveries.filter(({ state }) => state === 'pending');
  const label =
    failed.length > 0
      ? count('heardFailed', failed.length)
      : pending.length > 0
        ? count('heardWaits', pending.length)
        : t('heardAll');
  return (
    <span class="heard">
      <button
        type="button"
        class="heard-mark"
        aria-label={label}
        title={label}
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {failed.length > 0 ? (
          <Mark state="failed" size={14} />
        ) : pending.length > 0 ? (
          <Mark state="waiting" size={14} />
        ) : (
          <Icon name="check" size={12} />
        )}
      </button>
      {isOpen.value ? (
        <Popover
          label={t('whoHeard')}
          kind="who-heard"
          close={() => {
            isOpen.value = false;
          }}
        >
          <h3>{t('whoHeard')}</h3>
          <ul class="heard-by">
            {deliveries.map((delivery) => (
              <HeardBy key={delivery.id} delivery={delivery} />
            ))}
          </ul>
        </Popover>
      ) : null}
    </span>
  );
}

function HeardBy({ delivery }: { readonly delivery: Delivery }) {
  return (
    <li>
      <Mark state={stateOf(delivery)} label={wordOf(delivery)} />
      <bdi class="cut-text">{delivery.endpoint?.name ?? t('someone')}</bdi>
      <span class="meta num">{outcomeOf(delivery, delivery.state === 'pending' ? now.value : undefined)}</span>
      {delivery.state === 'given-up' ? (
        <button type="button" class="button tiny" onClick={() => void resend(delivery.id)}>
          <Icon name="retry" size={14} />
          {t('resend')}
        </button>
      ) : null}
    </li>
  );
}
