import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { begunOf, keepFact } from '../../live/drafts.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Wrong } from '../../parts/Wrong.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly rid: string;
  /** Which fact it is, in every language. */
  readonly fact: string;
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

interface Writing {
  /** Nothing while the fact is only shown. */
  readonly text: ReadonlySignal<string | undefined>;
  readonly begin: (value: string) => void;
  readonly write: (next: string) => void;
  readonly end: () => void;
}

/** A fact that is written. What was begun is there again for those who come back to the chat, and takes no focus from them. */
export function useFact(rid: string, fact: string, field: RefObject<HTMLInputElement | null>): Writing {
  const text = useSignal(begunOf(rid, 'facts')?.[fact]);
  const isBegun = useSignal(false);
  useEffect(() => {
    if (isBegun.value) {
      field.current?.focus();
      field.current?.select();
    }
  }, [isBegun.value]);
  const write = (next: string | undefined): void => {
    text.value = next;
    keepFact(rid, fact, next);
  };
  return {
    text,
    begin: (value) => {
      text.value ??= value;
      isBegun.value = true;
    },
    write,
    end: () => {
      write(undefined);
      isBegun.value = false;
    },
  };
}

/** A fact that is changed where it stands: Enter saves, Escape undoes. */
export function InPlace({ rid, fact, what, value, faultOf, save }: Props) {
  const fault = useSignal('');
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { text, begin, write, end } = useFact(rid, fact, field);
  const leave = (): void => {
    end();
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
        {text.value !== undefined ? (
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
                write(event.currentTarget.value);
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
            onClick={() => begin(value)}
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
