import '../../parts/drawer.css';
import './chats.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { addressOf, findChats, type Page, together, type Wish, wish } from '../../live/search.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import { saveTable } from '../../parts/csv.ts';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { lookAtRow, walking } from '../../parts/rows.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { go, place } from '../../place.ts';
import { listed, number, t } from '../../texts.ts';
import { removeFilters } from './asking.ts';
import { Drawer } from './Drawer.tsx';
import { FilterBar, namesOf } from './FilterBar.tsx';
import { cellsOf, Table } from './Table.tsx';
import { Views } from './Views.tsx';

/** What is typed settles before it is asked for. */
const SETTLED_MS = 250;

export function Chats() {
  const found = useSignal<(Page & { readonly key: string }) | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const asked = useRef('');
  const now = wish.value;
  const key = JSON.stringify(now);
  const look = async (of: Wish, behind?: Page): Promise<void> => {
    const own = JSON.stringify(of);
    asked.current = own;
    try {
      const page = await findChats(of, behind?.next);
      // What was asked for since then counts.
      if (asked.current === own) {
        found.value = { ...(behind === undefined ? page : together(behind, page)), key: own };
        error.value = undefined;
      }
    } catch (fault) {
      if (asked.current === own) {
        error.value = fault;
      }
    }
  };
  useEffect(() => {
    document.title = `${t('allChats')} · Hark`;
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void look(now), found.peek() === undefined ? 0 : SETTLED_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const { rooms = [], lines, next: more, isComplete = true } = found.value ?? {};
  const total = more === undefined ? rooms.length : found.value?.total;
  const open = place.value.query.get('open') ?? '';
  const chosen = rooms.find(({ _id }) => _id === open);
  const step = (by: 1 | -1): void => {
    const next = rooms[rooms.findIndex(({ _id }) => _id === open) + by];
    if (next !== undefined) {
      lookAtRow(`chat-${next._id}`);
      ask({ open: next._id });
    }
  };
  useKeys({
    ...walking(step),
    ...(open === '' ? {} : { Enter: () => go(addressOf(open, lines?.get(open))), Escape: () => ask({ open: '' }) }),
  });
  /** What is here is of something else, and could not be read. */
  const isUnread = error.value !== undefined && found.value?.key !== key;
  const showMore = (): void => {
    // What was asked for since then begins at its own beginning.
    if (found.peek()?.key === key) {
      void look(now, found.peek());
    }
  };
  const names = namesOf(now);
  return (
    <main id="main" tabIndex={-1} class="page chats-page" aria-busy={found.value === undefined && error.value === undefined}>
      <header class="page-head">
        <h1>{t('allChats')}</h1>
        <span class="push" />
        {rooms.length === 0 || isUnread ? null : (
          <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={() => saveTable(t('allChats'), cellsOf(rooms))}>
            <Icon name="download" />
          </button>
        )}
      </header>
      <FilterBar wish={now} />
      <Views wish={now} />
      <div class="beside">
        <div class="page-body">
          {found.value === undefined && error.value === undefined ? <Skeleton rows={10} /> : null}
          {error.value === undefined ? null : <NotRead error={error.value} again={() => void look(now)} />}
          {isComplete ? null : (
            <p class="chats-missing meta" role="status">
              {t('wordsMissing')}
            </p>
          )}
          {found.value !== undefined && rooms.length === 0 && more === undefined && error.value === undefined ? <Nothing names={names} /> : null}
          {rooms.length === 0 || isUnread ? null : <Table rooms={rooms} lines={lines ?? new Map()} open={open} />}
          {(rooms.length === 0 && more === undefined) || isUnread ? null : (
            <p class="foot line meta" role="status">
              <span class="num">
                {total === undefined
                  ? t('foundSoFar', { count: number(rooms.length) })
                  : t('foundOf', { count: number(rooms.length), total: number(total) })}
              </span>
              {more === undefined ? null : (
                <button type="button" class="button small" onClick={showMore}>
                  {t('showMore')}
                </button>
              )}
            </p>
          )}
        </div>
        {chosen === undefined ? null : <Drawer key={chosen._id} room={chosen} line={lines?.get(chosen._id)} close={() => ask({ open: '' })} />}
      </div>
    </main>
  );
}

function Nothing({ names }: { readonly names: readonly string[] }) {
  return names.length === 0 ? (
    <div class="empty">
      <Icon name="chats" size={24} />
      <h2>{t('noChatsYet')}</h2>
      <p>{t('noChatsYetMore')}</p>
    </div>
  ) : (
    <div class="empty">
      <Icon name="filter" size={24} />
      <h2>{t('noChatsMatch')}</h2>
      <p>{t('noChatsMatchMore', { filters: listed(names) })}</p>
      <button type="button" class="button" onClick={removeFilters}>
        {t('removeFilters')}
      </button>
    </div>
  );
}
