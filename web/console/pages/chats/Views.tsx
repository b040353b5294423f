import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { complain, say } from '../../live/toasts.ts';
import { reason } from '../../live/reasons.ts';
import type { Wish } from '../../live/search.ts';
import { isSameWish, readViews, removeView, savedViews, saveView, wishOf } from '../../live/views.ts';
import { ask } from '../../parts/asking.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { t } from '../../texts.ts';
import { namesOf } from './FilterBar.tsx';

const remove = async (id: string, name: string): Promise<void> => {
  try {
    await removeView(id);
    say(t('rowRemoved', { name }));
  } catch (error) {
    complain(reason(error));
  }
};

/** What one looks for again and again, with one click. */
export function Views({ wish }: { readonly wish: Wish }) {
  const isNamed = useSignal(false);
  useEffect(() => {
    // Without them everything else works.
    readViews().catch((error: unknown) => complain(reason(error)));
  }, []);
  const views = savedViews.value;
  const names = namesOf(wish);
  const shown = views.find(({ filter }) => isSameWish(wishOf(filter), wish));
  const mayBeSaved = names.length > 0 && shown === undefined;
  return views.length === 0 && !mayBeSaved ? null : (
    <div class="chats-views" role="group" aria-label={t('savedViews')}>
      {views.map(({ id, name, filter }) => (
        <span key={id} class="segments">
          <button type="button" aria-pressed={id === shown?.id} onClick={() => ask(wishOf(filter))}>
            <bdi>{name}</bdi>
          </button>
          {id === shown?.id ? (
            <button type="button" class="icon-button small" aria-label={t('removeRow', { name })} title={t('removeRow', { name })} onClick={() => void remove(id, name)}>
              <Icon name="x" size={14} />
            </button>
          ) : null}
        </span>
      ))}
      {mayBeSaved ? (
        <span class="chats-new-view">
          <button
            type="button"
            class="filter"
            aria-expanded={isNamed.value}
            onClick={() => {
              isNamed.value = !isNamed.peek();
            }}
          >
            <Icon name="plus" size={14} />
            {t('saveView')}
          </button>
          {isNamed.value ? (
            <Name
              wish={wish}
              suggested={names.join(', ')}
              close={() => {
                isNamed.value = false;
              }}
            />
          ) : null}
        </span>
      ) : null}
    </div>
  );
}

interface NameProps {
  readonly wish: Wish;
  readonly suggested: string;
  readonly close: () => void;
}

function Name({ wish, suggested, close }: NameProps) {
  const name = useSignal(suggested);
  const { fault, isBusy, run } = useAttempt();
  return (
    <Popover label={t('saveView')} kind="chats-name-view" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.peek().trim() !== '') {
            run(async () => {
              await saveView(name.peek().trim(), wish);
              close();
            });
          }
        }}
      >
        <label class="field">
          <span class="label">{t('viewName')}</span>
          <input
            class="input"
            dir="auto"
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <FaultLine words={fault.value} />
        <button type="submit" class="button primary" aria-disabled={isBusy.value}>
          {t('save')}
        </button>
      </form>
    </Popover>
  );
}
