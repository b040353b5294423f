import { useEffect, useRef } from 'preact/hooks';

import { areKept, putAway, toasts, undoLast, undoOne } from '../live/toasts.ts';
import { useKeys } from '../keys.ts';
import { t } from '../texts.ts';
import { Icon } from './Icon.tsx';
import { Key } from './Key.tsx';

const keep = (): void => {
  areKept.value = true;
};
const letGo = (): void => {
  areKept.value = false;
};

export function Toasts() {
  const element = useRef<HTMLDivElement>(null);
  const all = toasts.value;
  useKeys({ z: undoLast });
  useEffect(() => {
    // Above a dialog too, of those that have come before.
    element.current?.hidePopover();
    if (all.length > 0) {
      element.current?.showPopover();
    } else {
      letGo();
    }
  }, [all]);
  return (
    <div
      ref={element}
      class="toasts"
      role="status"
      popover="manual"
      onPointerEnter={keep}
      onPointerLeave={letGo}
      onFocusIn={keep}
      onFocusOut={letGo}
    >
      {all.map((toast) => (
        <div key={toast.id} class={toast.isFault ? 'toast is-fault' : 'toast'}>
          <Icon name={toast.isFault ? 'alert' : 'done'} />
          <span>{toast.words}</span>
          {toast.undo === undefined ? null : (
            <button type="button" class="button small" onClick={() => undoOne(toast)}>
              {t('undo')}
              <Key keys="Z" />
            </button>
          )}
          <button
            type="button"
            class="icon-button small"
            aria-label={t('putAway')}
            onClick={() => putAway(toast.id)}
          >
            <Icon name="x" />
          </button>
        </div>
      ))}
    </div>
  );
}
