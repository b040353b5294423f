import { useSignal } from '@preact/signals';

import { setAvailable } from '../../live/acts.ts';
import { isFull, load, most, readCapacity } from '../../live/capacity.ts';
import { me } from '../../live/people.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { number, t } from '../../texts.ts';

/** Whether new chats come to the one who looks. */
export function Status() {
  const isOpen = useSignal(false);
  const own = me.value;
  if (own?.statusLivechat === undefined) {
    return null;
  }
  const isAvailable = own.statusLivechat === 'available';
  const hasNoRoom = isAvailable && isFull.value;
  const choose = (available: boolean): void => {
    isOpen.value = false;
    void setAvailable(available);
  };
  return (
    <div class="status-holder">
      <button
        type="button"
        class={hasNoRoom ? 'status is-full' : 'status'}
        aria-expanded={isOpen.value}
        aria-haspopup="dialog"
        onClick={() => {
          isOpen.value = !isOpen.value;
          readCapacity().catch(() => undefined);
        }}
      >
        <span class="is">
          {hasNoRoom ? <Mark state="failed" size={14} /> : <span class={isAvailable ? 'pip' : 'pip is-away'} />}
          <span class="unseen">{t('yourStatus')} </span>
          {t(hasNoRoom ? 'full' : isAvailable ? 'available' : 'away')}
        </span>{' '}
        <span class="quiet num">{most.value === undefined ? number(load.value) : t('arrivedOf', { count: load.value, total: most.value })}</span>
        <Icon name="down" size={14} />
      </button>
      {isOpen.value ? (
        <Popover
          label={t('yourStatus')}
          kind="status-choice"
          close={() => {
            isOpen.value = false;
          }}
        >
          {[true, false].map((one) => (
            <button
              key={String(one)}
              type="button"
              class={one === isAvailable ? 'option is-active' : 'option'}
              aria-pressed={one === isAvailable}
              onClick={() => choose(one)}
            >
              <span class={one ? 'pip' : 'pip is-away'} />
              <span>
                {t(one ? 'available' : 'away')}
                <span class="meta">{t(one ? (isFull.value ? 'fullMore' : 'availableMore') : 'awayMore')}</span>
              </span>
            </button>
          ))}
        </Popover>
      ) : null}
    </div>
  );
}
