import { dayRange } from '../../days.ts';
import { useSignal } from '@preact/signals';

import { dayAfter, daysBetween } from '../../live/figures.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { count, t } from '../../texts.ts';
import { ask, MOST_DAYS, type Wish } from './wish.ts';

const PRESETS = [1, 7, 28, 90, 365] as const;

/** The days that a report is of. */
export function Range({ wish }: { readonly wish: Wish }) {
  const isOpen = useSignal(false);
  const { from, until, today } = wish;
  const many = daysBetween(from, until);
  const choose = (changed: Partial<Wish>): void => ask(wish, changed);
  return (
    <span class="reports-range">
      <button
        type="button"
        class="select"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name="calendar" />
        <span>
          <b>{dayRange(from, until)}</b> <span class="quiet">{count('daysCount', many)}</span>
        </span>
        <Icon name="down" size={14} />
      </button>
      {isOpen.value ? (
        <Popover
          label={t('stretch')}
          kind="reports-days"
          close={() => {
            isOpen.value = false;
          }}
        >
          <div class="reports-presets">
            {PRESETS.map((days) => (
              <button
                key={days}
                type="button"
                class="option"
                aria-pressed={until === today && many === days}
                onClick={() => {
                  choose({ from: dayAfter(today, 1 - days), until: today });
                  isOpen.value = false;
                }}
              >
                {days === 1 ? t('today') : count('lastSoManyDays', days)}
              </button>
            ))}
          </div>
          <label>
            {t('firstDay')}
            <input
              class="input"
              type="date"
              value={from}
              max={until}
              min={dayAfter(until, 1 - MOST_DAYS)}
              onChange={({ currentTarget: { value, validity } }) => {
                if (value !== '' && validity.valid) {
                  choose({ from: value });
                }
              }}
            />
          </label>
          <label>
            {t('lastDay')}
            <input
              class="input"
              type="date"
              value={until}
              min={from}
              max={dayAfter(from, MOST_DAYS - 1)}
              onChange={({ currentTarget: { value, validity } }) => {
                if (value !== '' && validity.valid) {
                  choose({ until: value });
                }
              }}
            />
          </label>
        </Popover>
      ) : null}
    </span>
  );
}
