import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { number, t, time, when } from '../../texts.ts';
import { isPhone } from '../../width.ts';
import type { Bar, Counted } from './bars.ts';

const DAY_MS = 86_400_000;
const WIDE = 640;
const BASE = 38;
const HIGH = 51;

interface Props {
  /** The oldest first. */
  readonly bars: readonly Bar[];
  /** What is drawn of them. */
  readonly counts: readonly Counted[];
  /** How long each of them is. */
  readonly each: number;
  /** What is looked at; nothing for all. */
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly choose: (from: number | undefined, until: number | undefined) => void;
}

/** What arrived stands above the line, what failed below it; a stretch of it is chosen by dragging, or with keys. */
export function Brush({ bars, counts, each, from, until, choose }: Props) {
  const element = useRef<SVGSVGElement>(null);
  /** Where a stretch began that is being dragged, and where it is now. */
  const dragged = useSignal<readonly [begin: number, end: number] | undefined>(undefined);
  const first = bars[0]?.at ?? 0;
  const last = first + bars.length * each;
  const step = WIDE / Math.max(1, bars.length);
  const place = (at: number): number => Math.min(bars.length, Math.max(0, Math.round((at - first) / each)));
  const [begin, end] = dragged.value ?? [from === undefined ? 0 : place(from), until === undefined ? bars.length : place(until)];
  const isSet = dragged.value !== undefined || from !== undefined || until !== undefined;
  const pick = (one: number, other: number): void => {
    const low = Math.min(one, other);
    const high = Math.max(one, other);
    choose(low === 0 ? undefined : first + low * each, high >= bars.length ? undefined : first + high * each);
  };
  const under = (event: PointerEvent): number => {
    const box = element.current?.getBoundingClientRect();
    return box === undefined ? 0 : ((event.clientX - box.left) / Math.max(1, box.width)) * bars.length;
  };
  const most = Math.max(1, ...bars.map(({ delivered }) => delivered));
  const mostFailed = Math.max(1, ...bars.map(({ failed }) => failed));
  const sum = (of: (bar: Bar) => number): number => bars.reduce((all, bar) => all + of(bar), 0);
  const label = t('logChart', { delivered: number(sum(({ delivered }) => delivered)), failed: number(sum(({ failed }) => failed)) });
  const shown = (at: number): string => (last - first > DAY_MS ? `${when(at, 0)}, ${time(at)}` : time(at));
  const edge = (name: string, at: number, change: (to: number) => void) => (
    <input
      type="range"
      class="unseen"
      aria-label={name}
      aria-valuetext={shown(first + at * each)}
      min={0}
      max={bars.length}
      step={1}
      value={at}
      onInput={(event) => change(Number(event.currentTarget.value))}
    />
  );
  return (
    <div class="brush">
      <svg
        ref={element}
        class="chart"
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        height={HIGH}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
        onPointerDown={(event) => {
          const at = Math.floor(under(event));
          event.currentTarget.setPointerCapture(event.pointerId);
          dragged.value = [at, at + 1];
        }}
        onPointerMove={(event) => {
          const [at] = dragged.peek() ?? [];
          if (at !== undefined) {
            const now = Math.min(bars.length, Math.max(0, under(event)));
            dragged.value = now >= at ? [at, Math.max(at + 1, Math.ceil(now))] : [Math.floor(now), at + 1];
          }
        }}
        onPointerUp={() => {
          const stretch = dragged.peek();
          dragged.value = undefined;
          if (stretch !== undefined) {
            pick(...stretch);
          }
        }}
        onPointerCancel={() => {
          dragged.value = undefined;
        }}
      >
        {bars.map(({ at, delivered, failed }, index) => {
          const up = delivered === 0 || !counts.includes('delivered') ? 0 : Math.max(1, (delivered / most) * (BASE - 4));
          const down = failed === 0 || !counts.includes('failed') ? 0 : Math.max(2, (failed / mostFailed) * (HIGH - BASE - 2));
          return (
            <g key={at}>
              {up === 0 ? null : <rect class="bar-good" x={index * step} y={BASE - up} width={step * 0.78} height={up} />}
              {down === 0 ? null : <rect class="bar-bad" x={index * step} y={BASE + 1} width={step * 0.78} height={down} />}
            </g>
          );
        })}
        <path class="axis" d={`M0 ${BASE + 0.5}H${WIDE}`} />
        {isSet ? (
          <>
            <rect class="window" x={begin * step} y="0" width={Math.max(1, (end - begin) * step)} height={HIGH} />
            <path class="edge" d={`M${begin * step} 0V${HIGH}M${end * step} 0V${HIGH}`} />
          </>
        ) : null}
      </svg>
      {edge(t('sinceWhen'), begin, (to) => pick(Math.min(to, end - 1), end))}
      {edge(t('untilWhen'), end, (to) => pick(begin, Math.max(to, begin + 1)))}
      <p class="ticks" aria-hidden="true">
        {ticks(first, last).map((at) => (
          <span key={at} style={{ insetInlineStart: `${((at - first) / (last - first)) * 100}%` }}>
            {last - first > DAY_MS ? when(at, 0) : time(at)}
          </span>
        ))}
      </p>
    </div>
  );
}

/** Round moments of a stretch, no more than there is room for: beginnings of days, or hours of one. */
function ticks(first: number, last: number): readonly number[] {
  const span = last - first;
  const isOfDays = span > DAY_MS;
  const step = isOfDays ? (span > 8 * DAY_MS ? 2 : 1) * (isPhone.value ? 2 : 1) : 3;
  const at = new Date(first);
  at.setHours(0, 0, 0, 0);
  const all: number[] = [];
  while (at.getTime() < last) {
    all.push(at.getTime());
    if (isOfDays) {
      at.setDate(at.getDate() + step);
    } else {
      at.setHours(at.getHours() + step);
    }
  }
  return all.filter((one) => one - first > span * 0.02 && last - one > span * 0.03);
}
