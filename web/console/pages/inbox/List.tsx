import { useEffect, useRef } from 'preact/hooks';

import { areRead, everything, seesAll, waitingCount } from '../../live/lists.ts';
import { take } from '../../live/acts.ts';
import { isFull } from '../../live/capacity.ts';
import { LATE_MS, now } from '../../live/clock.ts';
import { filters, sort } from '../../live/list-filter.ts';
import { queueRows } from '../../live/row.ts';
import { Divider } from '../../parts/Divider.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { go, listWith, openChat, place, type View, view } from '../../place.ts';
import { count, duration, number, t } from '../../texts.ts';
import { isNarrow } from '../../width.ts';
import { ListRow } from './ListRow.tsx';
import { FilterButton } from './FilterButton.tsx';
import { Chips, NothingLikeIt } from './filtering-later.ts';
import { MentionsButton } from './MentionsButton.tsx';
import { isAnswered, isPointedAt, part, rows, sizeOf, walked } from './rows.ts';
import { Status } from './Status.tsx';
import { LastTaken } from './taken-later.ts';
import { drawn, follow, listenToDrawn, stopOf } from './window.ts';

/** A chat keeps the list from which it was opened. */
export function show(next: View): void {
  go(`${place.peek().path}${listWith({ view: next === 'mine' ? '' : next })}`, 'replace');
}

export const views = (): View[] => (seesAll.value ? ['mine', 'queue', 'all'] : ['mine', 'queue']);

export function List() {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => (element.current === null ? undefined : follow(element.current)), []);
  useEffect(listenToDrawn);
  // A pointer that rests on the list holds it no longer once somebody types.
  useEffect(() => {
    const typed = (): void => {
      isPointedAt.value = false;
    };
    addEventListener('keydown', typed);
    return () => removeEventListener('keydown', typed);
  }, []);
  const walk = (event: KeyboardEvent): void => {
    const links = [...(element.current?.querySelectorAll<HTMLElement>('a.row') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && at !== -1) {
      event.preventDefault();
      walked();
      links[at + step]?.focus();
    }
  };
  // Where there is no room beside it, it is what the page is about.
  const Part = isNarrow.value ? 'main' : 'section';
  const stop = stopOf(openChat.value);
  const isRead = areRead.value && (view.value !== 'all' || everything.value !== undefined);
  const isEmpty = rows.value.length === 0;
  return (
    <Part class="list" aria-label={t('chats')} {...(isNarrow.value ? { id: 'main', tabIndex: -1 } : {})}>
      <header class="list-head">
        <h1>{t('inbox')}</h1>
        <MentionsButton />
        <Status />
        <FilterButton />
      </header>
      <div class="tabs" role="tablist" aria-label={t('whichChats')}>
        {views().map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`tab-${one}`}
            aria-selected={view.value === one}
            aria-controls="chats"
            onClick={() => show(one)}
          >
            {t(one)}
            <span class="tally">{number(sizeOf(one))}</span>
          </button>
        ))}
        <span class="walk-keys" aria-hidden="true">
          <span class="keys">
            <Key keys="J" />
            <Key keys="K" />
          </span>
        </span>
      </div>
      <QueueStrip />
      {isRead && (filters.value.size > 0 || sort.value !== undefined) ? <Chips.Part /> : null}
      <div
        ref={element}
        id="chats"
        class="rows"
        role="tabpanel"
        aria-labelledby={`tab-${view.value}`}
        onPointerMove={() => {
          isPointedAt.value = true;
        }}
        onPointerLeave={() => {
          isPointedAt.value = false;
        }}
        onKeyDown={walk}
      >
        {isRead && (isAnswered.value || !isEmpty) ? null : <Skeleton />}
        {isRead && isAnswered.value && isEmpty ? filters.value.size > 0 ? <NothingLikeIt.Part /> : <Empty /> : null}
        {drawn.value.map((group) => (
          <section key={`${group.title} ${group.later ?? ''}`}>
            <h2 class="group">
              {group.title} <span class="num">{number(group.rows.length)}</span>
            </h2>
            {group.before === 0 ? null : <div style={{ blockSize: `${group.before}px` }} />}
            {group.drawn.map((row) => (
              <ListRow key={row.rid} row={row} isStop={row.rid === stop} />
            ))}
            {group.after === 0 ? null : <div style={{ blockSize: `${group.after}px` }} />}
          </section>
        ))}
        {isRead && part.value !== undefined ? (
          <p class="empty-list meta">
            {t(part.value.isLookedThrough ? 'searchedOf' : 'shownOf', { count: part.value.count, total: part.value.total })}
          </p>
        ) : null}
      </div>
      {isNarrow.value ? null : <Divider label={t('listWidth')} property="--list" />}
    </Part>
  );
}

/** The one that comes first: the most urgent, or the one that has waited longest. */
export function takeNext(): void {
  const [first] = queueRows.peek();
  if (first?.inquiry !== undefined) {
    void take(first.inquiry, first.rid);
  }
}

/** Of a button that takes a chat. The server says the last word, as what one may have is changed by others. */
export const whyFull = (): { readonly 'aria-disabled': boolean; readonly title?: string } =>
  isFull.value ? { 'aria-disabled': true, title: t('takeWaits') } : { 'aria-disabled': false };

export function QueueStrip() {
  if (queueRows.value.length === 0) {
    return null;
  }
  const longest = now.value - Math.min(...queueRows.value.map(({ at }) => at));
  return (
    <div class="queue-strip">
      <Icon name="glass" />
      <span>
        <b class="strong">{count('waitingCount', waitingCount.value)}</b> · {t('longest')}{' '}
        <span class={longest >= LATE_MS ? 'late num' : 'num'}>{duration(longest)}</span>
      </span>
      <span class="push" />
      <button type="button" class="button small" {...whyFull()} onClick={takeNext}>
        <span>{t('takeNext')}</span>
        <Key keys="T" />
      </button>
    </div>
  );
}

function Empty() {
  const [title, more] = {
    mine: [t('noMine'), t('noMineMore')],
    queue: [t('noQueue'), t('noQueueMore')],
    all: [t('noAll'), t('noAllMore')],
  }[view.value];
  return (
    <div class="empty-list">
      <p class="strong">{title}</p>
      {view.value === 'queue' ? <LastTaken.Part /> : null}
      <p>{more}</p>
    </div>
  );
}

function Skeleton() {
  return (
    <div class="skeletons" aria-hidden="true">
      {[0, 1, 2].map((row) => (
        <div key={row} class="sk-row">
          <span class="skeleton" />
          <span class="skeleton" />
          <span class="skeleton" />
          <span class="skeleton" />
        </div>
      ))}
    </div>
  );
}
