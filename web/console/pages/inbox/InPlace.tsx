import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { Icon } from '../../parts/Icon.tsx';
import { Wrong } from '../../parts/Wrong.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly what: string;
  readonly value: string;
  /** What is wrong with a value, in a sentence; nothing if it may be saved. */
  readonly faultOf?: (value: string) => string;
  readonly save: (value: string) => Promise<boolean>;
}

/** Once what had the focus is gone, and unless it was taken elsewhere meanwhile. */
export function focusAgain(button: RefObject<HTMLElement | null>): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) {
      button.current?.focus();
    }
  });
}

/** A fact that is changed where it stands: Enter saves, Escape undoes. */
export function InPlace({ what, value, faultOf, save }: Props) {
  const text = useSignal<string | undefined>(undefined);
  const fault = useSignal('');
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = text.value !== undefined;
  useEffect(() => {
    if (isOpen) {
      field.current?.select();
    }
  }, [isOpen]);
  const leave = (): void => {
    text.value = undefined;
    fault.value = '';
    focusAgain(button);
  };
  const keep = async (): Promise<void> => {
    const next = (text.peek() ?? '').trim();
    fault.value = next === value ? '' : (faultOf?.(next) ?? '');
    if (fault.peek() !== '') {
      field.current?.focus();
    } else if (next === value || (await save(next))) {
      leave();
    }
  };
  return (
    <>
      <dt>{what}</dt>
      <dd>
        {isOpen ? (
          <form
            class={fault.value === '' ? 'input in-place' : 'input in-place is-invalid'}
            onSubmit={(event) => {
              event.preventDefault();
              void keep();
            }}
          >
            <input
              ref={field}
              aria-label={what}
              dir="auto"
              {...(fault.value === '' ? {} : { 'aria-invalid': true, 'aria-describedby': id })}
              value={text.value}
              onInput={(event) => {
                text.value = event.currentTarget.value;
                fault.value = '';
              }}
              onKeyDown={(event) => {
                if (event.key === 'Escape') {
                  event.preventDefault();
                  event.stopPropagation();
                  leave();
                }
              }}
            />
            <button type="submit" class="icon-button" aria-label={t('save')}>
              <Icon name="check" size={14} />
            </button>
            <button type="button" class="icon-button" aria-label={t('undo')} onClick={leave}>
              <Icon name="x" size={14} />
            </button>
          </form>
        ) : (
          <button
            ref={button}
            type="button"
            class={value === '' ? 'fact add' : 'fact'}
            title={t('change', { what })}
            onClick={() => {
              text.value = value;
            }}
          >
            <bdi class="cut-text">{value === '' ? t('add') : value}</bdi>
            <span class="unseen">, {t('change', { what })}</span>
          </button>
        )}
        {fault.value === '' ? null : <Wrong id={id} words={fault.value} />}
      </dd>
    </>
  );
}
