import { useEffect, useRef } from 'preact/hooks';

import { putAway, toasts } from '../live/toasts.ts';
import { t } from '../texts.ts';
import { Icon } from './Icon.tsx';

export function Toasts() {
  const element = useRef<HTMLDivElement>(null);
  const all = toasts.value;
  useEffect(() => {
    // Above a dialog too, of those that have come before.
    element.current?.hidePopover();
    if (all.length > 0) {
      element.current?.showPopover();
    }
  }, [all]);
  return (
    <div ref={element} class="toasts" role="status" popover="manual">
      {all.map(({ id, words, isFault }) => (
        <div key={id} class={isFault ? 'toast is-fault' : 'toast'}>
          <Icon name={isFault ? 'alert' : 'done'} />
          <span>{words}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label={t('putAway')}
            onClick={() => putAway(id)}
          >
            <Icon name="x" />
          </button>
        </div>
      ))}
    </div>
  );
}
