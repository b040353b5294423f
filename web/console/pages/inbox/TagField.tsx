import type { Signal } from '@preact/signals';

import { Chip } from '../../parts/Chip.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Wrong } from '../../parts/Wrong.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly tags: readonly string[];
  readonly offered: readonly string[];
  readonly isNeeded: boolean;
  /** What is written and no tag yet. */
  readonly text: Signal<string>;
  /** What is wrong with those that are there. */
  readonly error: string;
  readonly change: (tags: readonly string[]) => void;
}

export function TagField({ tags, offered, isNeeded, text, error, change }: Props) {
  const add = (tag: string): void => {
    const trimmed = tag.trim();
    if (trimmed !== '' && !tags.includes(trimmed)) {
      change([...tags, trimmed]);
    }
    text.value = '';
  };
  const others = offered.filter((tag) => !tags.includes(tag));
  return (
    <div class="field">
      <span class="label" id="tags">
        {t('tags')}
        {isNeeded ? <span class="quiet needed">{t('tagsNeeded')}</span> : null}
      </span>
      <div class={error === '' ? 'input tag-field' : 'input tag-field is-invalid'} role="group" aria-labelledby="tags">
        {tags.map((tag) => (
          <Chip key={tag} word={tag} remove={() => change(tags.filter((one) => one !== tag))} />
        ))}
        <input
          aria-label={t('anotherTag')}
          placeholder={t('anotherTag')}
          {...(error === '' ? {} : { 'aria-invalid': true, 'aria-describedby': 'tags-wrong' })}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            const isDone = event.key === 'Enter' || event.key === ',';
            if (isDone && text.peek().trim() !== '' && !event.metaKey && !event.ctrlKey) {
              event.preventDefault();
              add(text.peek());
            } else if (event.key === 'Backspace' && text.peek() === '') {
              change(tags.slice(0, -1));
            }
          }}
        />
      </div>
      {error === '' ? null : <Wrong id="tags-wrong" words={error} />}
      {others.length === 0 ? null : (
        <p class="suggest meta">
          {others.map((tag) => (
            <button key={tag} type="button" class="chip" onClick={() => add(tag)}>
              <Icon name="plus" size={12} />
              <bdi>{tag}</bdi>
            </button>
          ))}
        </p>
      )}
    </div>
  );
}
