import { useEffect } from 'preact/hooks';

import { complain, say } from '../../live/toasts.ts';
import { reason } from '../../live/reasons.ts';
import type { Wish } from '../../live/search.ts';
import { isSameWish, readViews, removeView, savedViews, saveView, wishOf } from '../../live/views.ts';
import { ask } from '../../parts/asking.ts';
import { Icon } from '../../parts/Icon.tsx';
import { SaveAs } from '../../parts/SaveAs.tsx';
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
        <SaveAs verb={t('saveView')} icon="plus" look="filter" label={t('viewName')} suggested={names.join(', ')} save={(name) => saveView(name, wish)} />
      ) : null}
    </div>
  );
}
