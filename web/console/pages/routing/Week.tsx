import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { BEGIN, freeSpan, type HoursDraft, MINUTES_OF_A_DAY, type OnClocks, type Span } from '../../live/hours.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Toggle } from '../../parts/Switch.tsx';
import { count, digits, number, t, timeOfDay, weekday } from '../../texts.ts';
import { TimeOfDay } from './TimeOfDay.tsx';

interface Props {
  readonly days: HoursDraft['days'];
  readonly change: (days: HoursDraft['days']) => void;
  /** From 0 to 5, for each hour of the week. */
  readonly heat: readonly number[];
  readonly now: OnClocks;
}

/** What one moves by. */
const STEP = 15;
const SHORTEST = 15;
/** As many spans of a day as the server takes for each of the week. */
const MOST_SPANS = 4;
const MARKS = [0, 3, 6, 9, 12, 15, 18, 21, 24];

interface Chosen {
  readonly day: number;
  readonly index: number;
}

const clamp = (minutes: number, least: number, most: number): number => Math.max(least, Math.min(most, minutes));

/** What is between its neighbours. */
const roomOf = (spans: readonly Span[], index: number): Span => ({ from: spans[index - 1]?.to ?? 0, to: spans[index + 1]?.from ?? MINUTES_OF_A_DAY });

function within(spans: readonly Span[], index: number, { from, to }: Span): Span {
  const { from: least, to: most } = roomOf(spans, index);
  const length = Math.min(Math.max(SHORTEST, to - from), most - least);
  const begin = clamp(from, least, most - length);
  return { from: begin, to: begin + length };
}

/** Where one points, as a time of the day. */
const minutesAt = (event: PointerEvent): number => {
  const lane = (event.currentTarget as Element).closest('.hours-lane')?.getBoundingClientRect();
  return lane === undefined ? 0 : Math.round((((event.clientX - lane.left) / lane.width) * MINUTES_OF_A_DAY) / STEP) * STEP;
};

const lengthOf = (spans: readonly Span[]): string => {
  const minutes = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  return minutes === 0 ? '' : t('hoursLength', { hours: `${number(Math.floor(minutes / 60))}${minutes % 60 === 0 ? '' : `:${digits(minutes % 60, 2)}`}` });
};

/** The hours of a week, drawn: spans are dragged, or moved by keys. */
export function Week({ days, change, heat, now }: Props) {
  const chosen = useSignal<Chosen | undefined>(undefined);
  const made = useRef(false);
  const week = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly at: number; readonly span: Span; readonly edge: 'from' | 'to' | 'both' | 'new' } | undefined>(undefined);
  const put = (day: number, spans: readonly Span[]): void => change(days.map((other, index) => (index === day ? spans : other)));
  const set = (day: number, index: number, span: Span): void => {
    const spans = days[day] ?? [];
    put(
      day,
      spans.map((other, at) => (at === index ? within(spans, index, span) : other)),
    );
  };
  const remove = ({ day, index }: Chosen): void => {
    put(
      day,
      (days[day] ?? []).filter((_, at) => at !== index),
    );
    chosen.value = undefined;
  };
  const keys = (event: KeyboardEvent, day: number, index: number, span: Span): void => {
    const by = event.key === 'ArrowRight' ? STEP : event.key === 'ArrowLeft' ? -STEP : 0;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      remove({ day, index });
    } else if (by !== 0) {
      event.preventDefault();
      const spans = days[day] ?? [];
      const end = clamp(span.to + by, span.from + SHORTEST, roomOf(spans, index).to);
      set(day, index, event.shiftKey ? { from: span.from, to: end } : { from: span.from + by, to: span.to + by });
    }
  };
  const pressed = (event: PointerEvent, day: number, index: number, span: Span): void => {
    chosen.value = { day, index };
    const at = minutesAt(event);
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const edge = event.clientX - box.left < 8 ? 'from' : box.right - event.clientX < 8 ? 'to' : 'both';
    drag.current = { at, span, edge };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const moved = (event: PointerEvent): void => {
    const dragged = chosen.peek();
    if (drag.current === undefined || dragged === undefined) {
      return;
    }
    const { day, index } = dragged;
    const { at, span, edge } = drag.current;
    const pointed = minutesAt(event);
    const by = pointed - at;
    const { from: least, to: most } = roomOf(days[day] ?? [], index);
    if (edge === 'new') {
      if (by !== 0) {
        set(day, index, { from: clamp(Math.min(at, pointed), least, most), to: clamp(Math.max(at, pointed), least, most) });
      }
      return;
    }
    const from = edge === 'to' ? span.from : edge === 'from' ? clamp(span.from + by, least, span.to - SHORTEST) : span.from + by;
    const to = edge === 'from' ? span.to : edge === 'to' ? clamp(span.to + by, span.from + SHORTEST, most) : span.to + by;
    set(day, index, { from, to });
  };
  const dropped = (): void => {
    drag.current = undefined;
  };
  const add = (day: number, span: Span): void => {
    const next = [...(days[day] ?? []), span].toSorted((one, other) => one.from - other.from);
    put(day, next);
    chosen.value = { day, index: next.indexOf(span) };
  };
  const addFree = (day: number): void => {
    const spans = days[day] ?? [];
    const free = spans.length < MOST_SPANS ? freeSpan(spans) : undefined;
    if (free !== undefined) {
      made.current = true;
      add(day, free);
    }
  };
  // What was added by a key is where it goes on.
  useLayoutEffect(() => {
    if (made.current) {
      made.current = false;
      week.current?.querySelector<HTMLElement>('.hours-span.is-chosen')?.focus();
    }
  });
  /** Where nothing is yet: an hour, or what is drawn from here. */
  const added = (event: PointerEvent, day: number): void => {
    const from = clamp(Math.floor(minutesAt(event) / 60) * 60, 0, MINUTES_OF_A_DAY - 60);
    const span = { from, to: from + 60 };
    const spans = days[day] ?? [];
    const isFree = event.target instanceof Element && event.target.closest('.hours-span') === null;
    if (isFree && spans.length < MOST_SPANS && spans.every((other) => span.to <= other.from || other.to <= from)) {
      add(day, span);
      drag.current = { at: minutesAt(event), span, edge: 'new' };
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    }
  };
  const at = chosen.value;
  const span = at === undefined ? undefined : days[at.day]?.[at.index];
  const room = roomOf(days[at?.day ?? 0] ?? [], at?.index ?? 0);
  return (
    <>
      <div ref={week} class="hours-week" role="group" aria-label={t('theWeek')}>
        <div class="hours-axis" aria-hidden="true">
          {MARKS.map((hour) => (
            <span key={hour} style={{ '--at': hour }}>
              {digits(hour, 2)}
            </span>
          ))}
        </div>
        {days.map((spans, day) => (
          <div key={day} class="hours-day" role="group" aria-label={weekday(day, 'long')}>
            <span class="hours-name">
              <Toggle label={weekday(day, 'long')} on={spans.length > 0} change={(on) => put(day, on ? [BEGIN] : [])} />
              <span aria-hidden="true" class={spans.length === 0 ? 'quiet' : ''}>
                {weekday(day, 'short')}
              </span>
            </span>
            <div
              class="hours-lane"
              onPointerDown={(event) => added(event, day)}
              onPointerMove={moved}
              onPointerUp={dropped}
              onPointerCancel={dropped}
            >
              {spans.length === 0 ? <span class="hours-closed">{t('closedDrag')}</span> : null}
              {spans.map((one, index) => (
                <button
                  key={index}
                  type="button"
                  class={at?.day === day && at.index === index ? 'hours-span is-chosen' : 'hours-span'}
                  style={{ '--from': one.from / 60, '--to': one.to / 60 }}
                  onPointerDown={(event) => pressed(event, day, index, one)}
                  onFocus={() => {
                    chosen.value = { day, index };
                  }}
                  onKeyDown={(event) => keys(event, day, index, one)}
                >
                  <span class="unseen">{weekday(day, 'long')} </span>
                  <span class="hours-words">
                    {timeOfDay(one.from)} <i>–</i> {timeOfDay(one.to)}
                  </span>
                </button>
              ))}
              <span class="hours-demand" aria-hidden="true">
                {heat.slice(day * 24, day * 24 + 24).map((level, hour) => (
                  <i key={hour} style={{ background: `var(--heat-${level})` }} />
                ))}
              </span>
              {now[0] === day ? <span class="hours-now" aria-hidden="true" style={{ '--at': now[1] / 60 }} /> : null}
            </div>
            <span class="hours-total num">{lengthOf(spans)}</span>
            <button
              type="button"
              class="icon-button hours-more"
              aria-label={t('addTimeTo', { day: weekday(day, 'long') })}
              title={t('addTimeTo', { day: weekday(day, 'long') })}
              onClick={() => addFree(day)}
            >
              <Icon name="plus" />
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={t('copyDay', { day: weekday(day, 'long') })}
              title={t('copyDay', { day: weekday(day, 'long') })}
              onClick={() => change(days.map((other) => (other.length === 0 ? other : spans)))}
            >
              <Icon name="copy" />
            </button>
          </div>
        ))}
      </div>
      {at === undefined || span === undefined ? null : (
        <p class="hours-exact line">
          <span class="strong">{weekday(at.day, 'long')}</span>
          <TimeOfDay label={t('hoursFrom')} value={span.from} least={room.from} most={span.to - SHORTEST} change={(from) => set(at.day, at.index, { from, to: span.to })} />
          <TimeOfDay isEnd label={t('hoursTo')} value={span.to} least={span.from + SHORTEST} most={room.to} change={(to) => set(at.day, at.index, { from: span.from, to })} />
          <button type="button" class="button small" onClick={() => remove(at)}>
            {t('remove')}
          </button>
          <span class="meta">{count('spansOfDay', days[at.day]?.length ?? 0)}</span>
        </p>
      )}
    </>
  );
}
