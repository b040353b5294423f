import { computed } from '@preact/signals';
import { Fragment } from 'preact';
import { useMemo } from 'preact/hooks';

import { HOUR_MS, LATE_MS, LONG_MS, minute, now } from '../../live/clock.ts';
import type { Row } from '../../live/row.ts';
import { Icon } from '../../parts/Icon.tsx';
import { address, listQuery, openChat } from '../../place.ts';
import { count, duration, number, t, time, when } from '../../texts.ts';

interface Props {
  readonly row: Row;
  /** The one row at which the Tab key stops. */
  readonly isStop: boolean;
}

export function ListRow({ row, isStop }: Props) {
  const isOpen = row.rid === openChat.value;
  return (
    <a
      class={`row${row.unread > 0 || row.inquiry !== undefined ? ' is-unread' : ''}${isOpen ? ' is-selected' : ''}`}
      href={`${address(`/inbox/${row.rid}`)}${listQuery.value}`}
      data-inside
      data-rid={row.rid}
      tabIndex={isStop ? 0 : -1}
      aria-current={isOpen ? 'true' : undefined}
    >
      <Icon name={row.icon} />
      <span class="who">
        <bdi class="cut-text">{row.name}</bdi>
      </span>
      <Waited row={row} />
      <Said row={row} />
      {row.unread > 0 ? (
        <span class="count end">
          <span aria-hidden="true">{number(row.unread)}</span>
          <span class="unseen">{count('unreadCount', row.unread)}</span>
        </span>
      ) : null}
      <span class="more">
        <More row={row} />
      </span>
    </a>
  );
}

function Said({ row: { isTyping, isOwn, words } }: { readonly row: Row }) {
  if (isTyping) {
    return (
      <span class="said typing">
        <Dots />
        {t('isTyping')}
      </span>
    );
  }
  const text = (
    <span class="cut-text" dir="auto">
      {words}
    </span>
  );
  // Each runs as it is written, and is shortened at its own end.
  return (
    <span class="said">
      {isOwn ? <span class="whose">{t('saidByYou', { text: '' })}</span> : null}
      {text}
    </span>
  );
}

/** Where it is, what presses, and its tags. */
function More({ row: { department, tags, urgent, due } }: { readonly row: Row }) {
  const pieces = [
    ...(department === undefined ? [] : [<bdi key="department">{department}</bdi>]),
    ...(urgent === undefined
      ? []
      : [
          <span key="urgent" class="urgent">
            <Icon name="flag" size={12} />
            <bdi>{urgent}</bdi>
          </span>,
        ]),
    ...(due === undefined ? [] : [<Due key="due" at={due} />]),
    ...tags.map((tag) => <bdi key={`tag ${tag}`}>{tag}</bdi>),
  ];
  return (
    <>
      {pieces.map((piece, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <span aria-hidden="true">·</span>}
          {piece}
        </Fragment>
      ))}
    </>
  );
}

/** Since when the visitor waits for an answer, or when the last words were said. */
export function Waited({ row }: { readonly row: Row }) {
  return row.waits ? <Waiting at={row.at} due={row.due} /> : <span class="waited">{when(row.at, minute.value)}</span>;
}

/** With each second one text of it is changed, and nothing else: there may be many. */
function Waiting({ at, due }: { readonly at: number; readonly due: number | undefined }) {
  // What was promised counts before what is usual.
  const most = due === undefined ? LATE_MS : due - at;
  const long = due === undefined ? LONG_MS : most / 2;
  const { shown, pressing } = useMemo(() => {
    // Of hours no seconds are shown.
    const ms = computed(() => (now.peek() - at < HOUR_MS ? now : minute).value - at);
    return {
      shown: computed(() => duration(ms.value)),
      pressing: computed(() => (ms.value >= most ? 'late' : ms.value >= long ? 'long' : undefined)),
    };
  }, [at, most, long]);
  const how = pressing.value;
  // Screen readers are told each minute.
  void minute.value;
  return (
    <span class={`waited${how === undefined ? '' : ` is-${how}`}`}>
      {how === undefined ? null : <Icon name={how === 'late' ? 'alert' : 'clock'} size={13} />}
      <span aria-hidden="true">{shown}</span>
      <span class="unseen">{t('waitingFor', { time: duration(now.peek() - at) })}</span>
    </span>
  );
}

/** Until when somebody was promised to have the chat. */
export function Due({ at }: { readonly at: number }) {
  const left = at - now.value;
  return left > 0 ? (
    <span class="num wait">{t('dueIn', { time: duration(left) })}</span>
  ) : (
    <span class="num fault">{t('dueSince', { time: time(at) })}</span>
  );
}

export function Dots() {
  return (
    <span class="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
