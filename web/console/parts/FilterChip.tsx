import { t } from '../texts.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly label: string;
  /** What is looked for. */
  readonly shown: string;
  readonly remove: () => void;
}

/** A filter that is set, which a click takes away. */
export function FilterChip({ label, shown, remove }: Props) {
  return (
    <button type="button" class="filter is-set" title={t('removeFilter')} onClick={remove}>
      {label} <b><bdi>{shown}</bdi></b>
      <Icon name="x" size={12} />
      <span class="unseen">{t('removeFilter')}</span>
    </button>
  );
}
