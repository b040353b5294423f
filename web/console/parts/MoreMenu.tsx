import { useSignal } from '@preact/signals';

import { t } from '../texts.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';

export interface Act {
  readonly icon: string;
  readonly name: string;
  readonly act: () => void;
}

/** What is done seldom, behind a button. */
export function MoreMenu({ acts }: { readonly acts: readonly Act[] }) {
  const isOpen = useSignal(false);
  const close = (): void => {
    isOpen.value = false;
  };
  return acts.length === 0 ? null : (
    <span class="more-menu">
      <button
        type="button"
        class={isOpen.value ? 'icon-button is-open' : 'icon-button'}
        aria-label={t('more')}
        title={t('more')}
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.peek();
        }}
      >
        <Icon name="more" />
      </button>
      {isOpen.value ? (
        <Popover label={t('more')} kind="of-more" close={close}>
          {acts.map(({ icon, name, act }) => (
            <button
              key={name}
              type="button"
              class="option"
              onClick={() => {
                close();
                act();
              }}
            >
              <Icon name={icon} />
              {name}
            </button>
          ))}
        </Popover>
      ) : null}
    </span>
  );
}
