import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { Icon } from '../../parts/Icon.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly what: string;
  readonly value: string;
  readonly save: (value: string) => Promise<boolean>;
}

/** A fact that is changed where it stands: Enter saves, Escape undoes. */
export function InPlace({ what, value, save }: Props) {
  const text = useSignal<string | undefined>(undefined);
  const saved = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // What the server has now counts.
    saved.value = undefined;
  }, [value]);
  const isOpen = text.value !== undefined;
  useEffect(() => {
    if (isOpen) {
      field.current?.select();
    }
  }, [isOpen]);
  const leave = (): void => {
    text.value = undefined;
    requestAnimationFrame(() => button.current?.focus());
  };
  const keep = async (): Promise<void> => {
    const next = (text.peek() ?? '').trim();
    if (next === value || (await save(next))) {
      saved.value = next;
      leave();
    }
  };
  const shown = saved.value ?? value;
  return (
    <>
      <dt>{what}</dt>
      <dd>
        {isOpen ? (
          <form
            class="input in-place"
            onSubmit={(event) => {
              event.preventDefault();
              void keep();
            }}
          >
            <input
              ref={field}
              aria-label={what}
              dir="auto"
              value={text.value}
              onInput={(event) => {
                text.value = event.currentTarget.value;
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
            class={shown === '' ? 'fact add' : 'fact'}
            title={t('change', { what })}
            onClick={() => {
              text.value = shown;
            }}
          >
            <bdi class="cut-text">{shown === '' ? t('add') : shown}</bdi>
            <span class="unseen">, {t('change', { what })}</span>
          </button>
        )}
      </dd>
    </>
  );
}
