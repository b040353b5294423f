import '../../parts/drawer.css';
import './chats.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { findChats, type Page, type Wish, wish } from '../../live/search.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { go, place } from '../../place.ts';
import { listed, number, t } from '../../texts.ts';
import { removeFilters } from './asking.ts';
import { Drawer } from './Drawer.tsx';
import { FilterBar, namesOf } from './FilterBar.tsx';
import { Table } from './Table.tsx';
import { Views } from './Views.tsx';

/** What is typed settles before it is asked for. */
const SETTLED_MS = 250;

export function Chats() {
  const found = useSignal<Page | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const asked = useRef('');
  const now = wish.value;
  const key = JSON.stringify(now);
  const look = async (of: Wish, offset = 0): Promise<void> => {
    const own = JSON.stringify(of);
    asked.current = own;
    try {
      const page = await findChats(of, offset);
      // What was asked for since then counts.
      if (asked.current === own) {
        const before = offset === 0 ? [] : (found.peek()?.rooms ?? []);
        found.value = { rooms: [...before, ...page.rooms], total: page.total };
        error.value = undefined;
      }
    } catch (fault) {
      error.value = fault;
    }
  };
  useEffect(() => {
    document.title = `${t('allChats')} · Hark`;
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void look(now), found.peek() === undefined ? 0 : SETTLED_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const rooms = found.value?.rooms ?? [];
  const open = place.value.query.get('open') ?? '';
  const chosen = rooms.find(({ _id }) => _id === open);
  const step = (by: number) => (): void => {
    const next = rooms[rooms.findIndex(({ _id }) => _id === open) + by];
    if (next !== undefined) {
      ask({ open: next._id });
    }
  };
  useKeys({
    j: step(1),
    k: step(-1),
    ...(open === '' ? {} : { Enter: () => go(`/inbox/${open}`), Escape: () => ask({ open: '' }) }),
  });
  const names = namesOf(now);
  return (
    <main id="main" tabIndex={-1} class="page chats-page" aria-busy={found.value === undefined && error.value === undefined}>
      <header class="page-head">
        <h1>{t('allChats')}</h1>
      </header>
      <FilterBar wish={now} />
      <Views wish={now} />
      <div class="beside">
        <div class="page-body">
          {found.value === undefined && error.value === undefined ? <Skeleton rows={10} /> : null}
          {error.value === undefined ? null : <NotRead error={error.value} again={() => void look(now)} />}
          {found.value !== undefined && rooms.length === 0 && error.value === undefined ? <Nothing names={names} /> : null}
          {rooms.length === 0 ? null : <Table rooms={rooms} open={open} />}
          {found.value === undefined || rooms.length === 0 ? null : (
            <p class="foot line meta" role="status">
              <span class="num">{t('foundOf', { count: number(rooms.length), total: number(found.value.total) })}</span>
              {rooms.length < found.value.total ? (
                <button type="button" class="button small" onClick={() => void look(now, rooms.length)}>
                  {t('showMore')}
                </button>
              ) : null}
            </p>
          )}
        </div>
        {chosen === undefined ? null : <Drawer key={chosen._id} room={chosen} close={() => ask({ open: '' })} />}
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
