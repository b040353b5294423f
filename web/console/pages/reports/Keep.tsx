import { useSignal } from '@preact/signals';

import { removeReport, saveReport } from '../../live/reports.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { go } from '../../place.ts';
import { t } from '../../texts.ts';
import { addressOf, reportOf, type Wish } from './wish.ts';

const LONGEST_NAME = 100;

/** A report that is looked at again is saved under a name; a saved one is removed. */
export function Keep({ wish }: { readonly wish: Wish }) {
  const isOpen = useSignal(false);
  const name = useSignal('');
  const { fault, isBusy, run } = useAttempt();
  const { saved } = wish;
  if (saved !== undefined) {
    const remove = async (): Promise<void> => {
      await removeReport(saved);
      go(addressOf(wish));
    };
    return (
      <>
        <FaultLine words={fault.value} />
        <button type="button" class="button" aria-disabled={isBusy.value} onClick={() => run(remove)}>
          <Icon name="trash" />
          {t('removeReport')}
        </button>
      </>
    );
  }
  const save = async (): Promise<void> => {
    const id = await saveReport(name.peek().trim(), reportOf(wish));
    isOpen.value = false;
    go(`/reports/saved/${id}`);
  };
  return (
    <span class="reports-range">
      <button
        type="button"
        class="button"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name="star" />
        {t('saveReport')}
      </button>
      {isOpen.value ? (
        <Popover
          label={t('saveReport')}
          kind="reports-days reports-keep"
          close={() => {
            isOpen.value = false;
          }}
        >
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (name.peek().trim() !== '') {
                run(save);
              }
            }}
          >
            <label>
              {t('nameOfReport')}
              <input
                class="input"
                maxLength={LONGEST_NAME}
                value={name.value}
                onInput={(event) => {
                  name.value = event.currentTarget.value;
                }}
              />
            </label>
            <FaultLine words={fault.value} />
            <button type="submit" class="button primary" aria-disabled={isBusy.value}>
              {t('saveReport')}
            </button>
          </form>
        </Popover>
      ) : null}
    </span>
  );
}
