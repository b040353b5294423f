import { t } from '../texts.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly word: string;
  readonly remove: () => void;
}

/** One word of several, which can be taken away. */
export function Chip({ word, remove }: Props) {
  return (
    <span class="chip">
      <bdi>{word}</bdi>
      <button type="button" class="icon-button" aria-label={t('removeTag', { tag: word })} onClick={remove}>
        <Icon name="x" size={12} />
      </button>
    </span>
  );
}
