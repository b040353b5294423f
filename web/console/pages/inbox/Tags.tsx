import { useEffect, useRef } from 'preact/hooks';

import type { Room } from '../../api/documents.ts';
import { writeDown } from '../../live/acts.ts';
import { offeredFor } from '../../live/tags.ts';
import { Chip } from '../../parts/Chip.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { t } from '../../texts.ts';
import { focusAgain, useFact } from './InPlace.tsx';
import { wantedSection } from './sections.ts';

/** The tags of a chat, which are changed where they stand. */
export function Tags({ room }: { readonly room: Room }) {
  const field = useRef<HTMLInputElement>(null);
  const { text, begin, write, end } = useFact(room._id, 'tag', field);
  const tags = room.tags ?? [];
  const offered = offeredFor(room);
  const isWanted = wantedSection.value === 'tags';
  useEffect(() => {
    if (isWanted) {
      wantedSection.value = undefined;
      begin('');
    }
  }, [isWanted]);
  const adder = useRef<HTMLButtonElement>(null);
  const keep = (next: readonly string[]): Promise<boolean> => writeDown(room, {}, { tags: next });
  const leave = (): void => {
    end();
    focusAgain(adder);
  };
  const add = async (): Promise<void> => {
    const tag = (text.peek() ?? '').trim();
    if (tag === '' || tags.includes(tag) || (await keep([...tags, tag]))) {
      leave();
    }
  };
  const remove = async (tag: string): Promise<void> => {
    await keep(tags.filter((one) => one !== tag));
    focusAgain(adder);
  };
  return (
    <>
      <dt>{t('tags')}</dt>
      <dd class="tags">
        {tags.map((tag) => (
          <Chip key={tag} word={tag} remove={() => void remove(tag)} />
        ))}
        {text.value !== undefined ? (
          <form
            class="input in-place"
            onSubmit={(event) => {
              event.preventDefault();
              void add();
            }}
          >
            <input
              ref={field}
              aria-label={t('anotherTag')}
              list="offered-tags"
              dir="auto"
              value={text.value}
              onInput={(event) => {
                write(event.currentTarget.value);
              }}
              onKeyDown={(event) => {
                if (event.key === 'Escape') {
                  event.preventDefault();
                  event.stopPropagation();
                  leave();
                }
              }}
            />
            <datalist id="offered-tags">
              {offered.map((tag) => (
                <option key={tag} value={tag} />
              ))}
            </datalist>
            <button type="submit" class="icon-button" aria-label={t('save')}>
              <Icon name="check" size={14} />
            </button>
          </form>
        ) : (
          <button
            ref={adder}
            type="button"
            class="icon-button small"
            aria-label={t('addTag')}
            title={`${t('addTag')}  L`}
            onClick={() => begin('')}
          >
            <Icon name="plus" size={14} />
          </button>
        )}
      </dd>
    </>
  );
}
