import { useSignal } from '@preact/signals';

import { useCommands } from '../../commands.ts';
import { filters, sort } from '../../live/list-filter.ts';
import { Icon } from '../../parts/Icon.tsx';
import { count, number, t } from '../../texts.ts';
import { Choice } from './filtering-later.ts';

/** Which chats of the list are wanted, and in which order. */
export function FilterButton() {
  const isOpen = useSignal(false);
  const set = (open: boolean): void => {
    isOpen.value = open;
  };
  useCommands([{ icon: 'filter', title: t('filterAndSort'), act: () => set(true) }]);
  const many = filters.value.size;
  const isSet = many > 0 || sort.value !== undefined;
  return (
    <div class="filtering-holder">
      <button
        type="button"
        id="filter-and-sort"
        class={`icon-button${isSet ? ' bordered is-set' : ''}${isOpen.value ? ' is-open' : ''}`}
        title={t('filterAndSort')}
        aria-expanded={isOpen.value}
        aria-haspopup="dialog"
        onClick={() => set(!isOpen.peek())}
      >
        <Icon name="filter" />
        <span class="unseen">
          {t('filterAndSort')}
          {many === 0 ? '' : `, ${count('filtersCount', many)}`}
        </span>
        {many === 0 ? null : (
          <span class="number" aria-hidden="true">
            {number(many)}
          </span>
        )}
      </button>
      {isOpen.value ? <Choice.Part close={() => set(false)} /> : null}
    </div>
  );
}
