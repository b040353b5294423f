import './drawer.css';
import './list-page.css';

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { useKeys } from '../keys.ts';
import { address, go, place } from '../place.ts';
import { number, t } from '../texts.ts';
import { Drawer } from './Drawer.tsx';
import { ExportButton } from './ExportButton.tsx';
import { Icon } from './Icon.tsx';
import { NotRead } from './NotRead.tsx';
import { plain } from './plain.ts';
import type { Reading } from './reading.ts';
import { lookAtRow, walking } from './rows.ts';
import { Skeleton } from './Skeleton.tsx';

export interface Column<T> {
  /** In the address, where the table is sorted by it. */
  readonly key: string;
  readonly name: string;
  /** By what it is sorted, found and exported. */
  readonly of: (row: T) => string | number;
  /** How it looks, if not like that. */
  readonly show?: (row: T) => ComponentChildren;
  /** It is left out where there is little room. */
  readonly isWide?: boolean;
  readonly isNumber?: boolean;
}

/** What a drawer can do with its page. */
export interface Ways {
  readonly step: (by: 1 | -1) => void;
  readonly close: () => void;
  /** To another row, which may have been made just now. */
  readonly open: (id: string) => void;
}

interface Props<T> {
  readonly title: string;
  readonly icon: string;
  /** Without the id, such as `/admin/departments`. */
  readonly path: string;
  readonly list: Reading<readonly T[]>;
  readonly id: (row: T) => string;
  /** The first one is what rows are called. */
  readonly columns: readonly [Column<T>, ...Column<T>[]];
  /** Below the name of a row. */
  readonly about?: (row: T) => string;
  /** What else it is found by, beside what stands in the columns. */
  readonly alsoFoundBy?: (row: T) => string;
  readonly placeholder: string;
  /** What the button to make one says; nothing for those who may not. */
  readonly create?: string | undefined;
  /** What is said while there is none: what it is for. */
  readonly empty: readonly [title: string, more: string];
  /** Other pages of the same matter. */
  readonly tabs?: ComponentChildren;
  /** Between head and table. */
  readonly above?: ComponentChildren;
  /** Of a list that grows for ever: the server finds rows by the words in the address, and gives some at a time. */
  readonly found?: { readonly total: number; readonly more: () => void };
  /** Beside the table: a row in full, or with `new` one that is made. */
  readonly drawer: (row: T | undefined, ways: Ways, id: string) => ComponentChildren;
}

/** How many rows are drawn at first. */
const MOST = 100;

export const NEW = 'new';

/** The address with something else behind its `?`. */
function withQuery(path: string, changed: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(place.peek().query);
  for (const [name, value] of Object.entries(changed)) {
    if (value === '') {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

const worth = (one: string | number, other: string | number): number =>
  typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other), undefined, { numeric: true });

/** A page with a list, and a drawer beside it with one of its rows. */
export function ListPage<T>(props: Props<T>) {
  const { title, path, list, id, columns, create, drawer } = props;
  const { path: here, query } = place.value;
  const shownId = here.startsWith(`${path}/`) ? decodeURIComponent(here.slice(path.length + 1)) : '';
  const words = plain((query.get('q') ?? '').trim());
  const sort = query.get('sort') ?? '';
  const most = useSignal(MOST);
  const at = useSignal('');
  const all = list.value ?? [];
  const isFound = (row: T): boolean =>
    words === '' ||
    props.found !== undefined ||
    [...columns.map(({ of }) => String(of(row))), props.about?.(row) ?? '', props.alsoFoundBy?.(row) ?? ''].some((text) => plain(text).includes(words));
  const sorted = columns.find(({ key }) => key === sort.replace('-', ''));
  const found = all.filter(isFound);
  const rows = sorted === undefined ? found : found.toSorted((one, other) => worth(sorted.of(one), sorted.of(other)) * (sort.startsWith('-') ? -1 : 1));
  const isFirst = list.value !== undefined && all.length === 0 && (words === '' || props.found === undefined);
  const drawn = props.found === undefined ? rows.slice(0, most.value) : rows;
  const isWhole = drawn.length === 0 || drawn.length >= (props.found?.total ?? rows.length);
  const more = (): void => {
    most.value += MOST;
    props.found?.more();
  };
  const open = (to: string): void => go(withQuery(to === '' ? path : `${path}/${encodeURIComponent(to)}`, {}));
  const isDrawn = shownId !== '';
  /** Walked to, and not drawn yet. */
  const ahead = useRef('');
  const beyond = (by: 1 | -1): string | undefined => {
    const now = isDrawn ? shownId : at.peek();
    const next = rows.findIndex((one) => id(one) === now) + by;
    const row = rows[next];
    if (next >= drawn.length && !isWhole) {
      ahead.current = row === undefined ? '' : `row-${id(row)}`;
      more();
    }
    return row === undefined ? undefined : id(row);
  };
  useLayoutEffect(() => {
    if (ahead.current !== '') {
      lookAtRow(ahead.current);
      ahead.current = '';
    }
  });
  const step = (by: 1 | -1): void => {
    const to = beyond(by);
    if (to !== undefined) {
      open(to);
    }
  };
  const walk = (by: 1 | -1): void => {
    const to = beyond(by);
    if (to !== undefined) {
      lookAtRow(`row-${to}`);
      at.value = to;
      if (isDrawn) {
        open(to);
      }
    }
  };
  const close = (): void => {
    open('');
    // It stays open where somebody has changes and does not want to lose them.
    if (place.peek().path === path) {
      document.getElementById(`row-${shownId}`)?.querySelector('a')?.focus();
    }
  };
  const ways: Ways = { step, close, open };
  useKeys({
    ...walking(walk),
    ...(create === undefined ? {} : { n: () => open(NEW) }),
    ...(at.value === '' || isDrawn ? {} : { Enter: () => open(at.peek()) }),
  });
  useEffect(() => {
    document.title = `${title} · Hark`;
  }, []);
  const isBusy = list.value === undefined && list.error === undefined;
  const row = all.find((one) => id(one) === shownId);
  return (
    <main id="main" tabIndex={-1} class="page list-page" aria-busy={isBusy}>
      <header class="page-head">
        <h1>{title}</h1>
        <span class="push" />
        {all.length === 0 && words === '' ? null : (
          <>
            <span class="input find">
              <Icon name="search" />
              <input
                type="search"
                aria-label={t('searchIn', { page: title })}
                placeholder={props.placeholder}
                value={query.get('q') ?? ''}
                onInput={(event) => go(withQuery(here, { q: event.currentTarget.value }), 'replace')}
              />
            </span>
            <ExportButton name={title} table={() => [columns.map(({ name }) => name), ...rows.map((one) => columns.map(({ of }) => of(one)))]} />
          </>
        )}
        {create === undefined ? null : (
          <a class="button primary" href={address(`${path}/${NEW}`)} data-inside>
            <Icon name="plus" />
            <span>{create}</span>
          </a>
        )}
      </header>
      {props.tabs}
      {props.above}
      <div class="beside">
        <div class="list-body">
          {isBusy ? <Skeleton rows={8} /> : null}
          {list.error === undefined ? null : <NotRead error={list.error} again={() => void list.again()} />}
          {isFirst ? (
            <div class="empty">
              <Icon name={props.icon} size={24} />
              <h2>{props.empty[0]}</h2>
              <p>{props.empty[1]}</p>
            </div>
          ) : null}
          {list.value !== undefined && rows.length === 0 && !isFirst ? (
            <div class="empty" role="status">
              <Icon name="filter" size={24} />
              <h2>{t('noRowMatches', { words: query.get('q') ?? '' })}</h2>
              <button type="button" class="button" onClick={() => go(withQuery(here, { q: '' }), 'replace')}>
                {t('clearSearch')}
              </button>
            </div>
          ) : null}
          {rows.length === 0 ? null : (
            <table class="listed">
              <thead>
                <tr>
                  {columns.map((column) => (
                    <Head
                      key={column.key}
                      column={column}
                      sort={sort}
                      {...(props.found === undefined ? { choose: (next) => go(withQuery(here, { sort: next }), 'replace') } : {})}
                    />
                  ))}
                </tr>
              </thead>
              <tbody>
                {drawn.map((one) => (
                  <Row key={id(one)} row={one} page={props} isShown={id(one) === shownId} isAt={!isDrawn && id(one) === at.value} />
                ))}
              </tbody>
            </table>
          )}
          {isWhole ? null : (
            <p class="list-foot line meta" role="status">
              <span class="num">{t('shownOf', { count: number(drawn.length), total: number(props.found?.total ?? rows.length) })}</span>
              <button type="button" class="button small" onClick={more}>
                {t('showMore')}
              </button>
            </p>
          )}
        </div>
        {shownId === '' || list.value === undefined ? null : row === undefined && shownId !== NEW && props.found === undefined ? (
          <Drawer title={t('rowGone')} close={ways.close}>
            <p class="quiet">{t('rowGoneMore')}</p>
          </Drawer>
        ) : (
          drawer(row, ways, shownId)
        )}
      </div>
    </main>
  );
}

interface HeadProps<T> {
  readonly column: Column<T>;
  readonly sort: string;
  /** Nothing where what is shown is only a part. */
  readonly choose?: (sort: string) => void;
}

function Head<T>({ column: { key, name, isWide, isNumber }, sort, choose }: HeadProps<T>) {
  const isUp = sort === key;
  const isDown = sort === `-${key}`;
  const look = `${isNumber === true ? 'num' : ''} ${isWide === true ? 'wide' : ''}`;
  return choose === undefined ? (
    <th scope="col" class={look}>
      {name}
    </th>
  ) : (
    <th scope="col" class={look} aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}>
      <button type="button" class="sorts" onClick={() => choose(isUp ? `-${key}` : isDown ? '' : key)}>
        {name}
        {isUp || isDown ? <Icon name={isUp ? 'up' : 'down'} size={12} /> : null}
      </button>
    </th>
  );
}

interface RowProps<T> {
  readonly row: T;
  readonly page: Props<T>;
  readonly isShown: boolean;
  readonly isAt: boolean;
}

const written = (value: string | number): string => (typeof value === 'number' ? number(value) : value);

function Row<T>({ row, page: { path, id, columns, about }, isShown, isAt }: RowProps<T>) {
  const [first, ...others] = columns;
  const more = about?.(row) ?? '';
  return (
    <tr id={`row-${id(row)}`} class={isShown ? 'is-selected' : isAt ? 'is-at' : ''}>
      <th scope="row">
        <a href={address(withQuery(`${path}/${encodeURIComponent(id(row))}`, {}))} data-inside {...(isShown ? ({ 'aria-current': 'true' } as const) : {})}>
          {first.show === undefined ? <bdi>{written(first.of(row))}</bdi> : first.show(row)}
        </a>
        {more === '' ? null : (
          <span class="sub">
            <bdi>{more}</bdi>
          </span>
        )}
      </th>
      {others.map(({ key, of, show, isWide, isNumber }) => (
        <td key={key} class={`${isNumber === true ? 'num' : ''} ${isWide === true ? 'wide' : ''}`}>
          {show === undefined ? <bdi>{written(of(row))}</bdi> : show(row)}
        </td>
      ))}
    </tr>
  );
}
