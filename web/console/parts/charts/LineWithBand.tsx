import { duration, t } from '../../texts.ts';
import { Chart } from './Chart.tsx';
import { apart, roomOf, timeTicks } from './scale.ts';

export interface Point {
  readonly name: string;
  readonly mark?: string;
  /** Nothing where there is none. */
  readonly value: number | undefined;
  /** What is usual then: from the least to the most. */
  readonly usual: readonly [least: number, most: number] | undefined;
}

interface Props {
  readonly title: string;
  readonly note?: string;
  readonly points: readonly Point[] | undefined;
  readonly sentence: string;
  readonly height?: number;
  readonly head: string;
  /** What the band is, in words. */
  readonly usual: string;
}

/** Room for the times of the axis. */
const START = 40;
const FOOT = 20;
const TOP = 24;
/** That a word below the line takes. */
const ROOM = 52;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Stretches of points beside each other that have a value: a line says nothing about what is missing. */
function stretches<T>(all: readonly (T | undefined)[]): readonly (readonly T[])[] {
  const found: T[][] = [[]];
  for (const one of all) {
    if (one === undefined) {
      found.push([]);
    } else {
      found.at(-1)?.push(one);
    }
  }
  return found.filter((stretch) => stretch.length > 0);
}

const path = (places: readonly Place[]): string => places.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

const shown = (value: number | undefined): string => (value === undefined ? '–' : duration(value));

/** Times as they are today, over what is usual. */
export function LineWithBand({ title, note, points, sentence, height = 144, head, usual }: Props) {
  const all = points ?? [];
  const most = Math.max(...all.map((point) => Math.max(point.value ?? 0, point.usual?.[1] ?? 0)), 1);
  const steps = timeTicks(most);
  const top = steps.at(-1) ?? 1;
  const start = roomOf(steps.map(duration), START);
  const base = height - FOOT;
  const high = (value: number): number => base - (value / top) * (base - TOP);
  const table = points && {
    heads: [head, title, usual],
    rows: all.map((point) => [
      point.name,
      shown(point.value),
      point.usual === undefined ? '–' : `${duration(point.usual[0])} – ${duration(point.usual[1])}`,
    ]),
  };
  const draw = (width: number) => {
    const across = (place: number): number => start + 8 + (place * (width - start - 28)) / Math.max(1, all.length - 1);
    const lines = stretches(all.map(({ value }, place) => (value === undefined ? undefined : { x: across(place), y: high(value) })));
    const bands = stretches(all.map((point, place) => (point.usual === undefined ? undefined : { x: across(place), usual: point.usual })));
    const lastAt = all.findLastIndex(({ value }) => value !== undefined);
    const last = all[lastAt]?.value;
    const named = bands.at(-1)?.at(-1);
    return (
      <>
        {steps.map((value) => (
          <g key={value}>
            <path class="grid" d={`M${start} ${high(value)}H${width}`} />
            <text x={start - 8} y={high(value) + 4} text-anchor="end">
              {duration(value)}
            </text>
          </g>
        ))}
        {bands.map((band, at) => (
          <path
            key={at}
            class="fill-band"
            d={`${path(band.map(({ x, usual: [, above] }) => ({ x, y: high(above) })))}${path(
              band.toReversed().map(({ x, usual: [below] }) => ({ x, y: high(below) })),
            ).replace('M', 'L')}Z`}
          />
        ))}
        {lines.map((line, at) =>
          line.length === 1 ? <circle key={at} class="dot" cx={line[0]?.x} cy={line[0]?.y} r="2.5" /> : <path key={at} class="line-1" d={path(line)} />,
        )}
        {last === undefined ? null : (
          <>
            <circle class="dot dot-last" cx={across(lastAt)} cy={high(last)} r="4" />
            <text class="strong halo" x={across(lastAt)} y={high(last) - 9} text-anchor="middle">
              {duration(last)}
            </text>
          </>
        )}
        {named === undefined ? null : (
          <text class="halo" x={width - 4} y={Math.max(12, high(named.usual[1]) - 6)} text-anchor="end">
            {usual}
          </text>
        )}
        {apart(
          all.flatMap(({ mark }, place) => (mark === undefined ? [] : [{ mark, x: across(place) }])),
          ({ x }) => x,
          ROOM,
        ).map(({ mark, x }) => (
          <text key={x} x={x} y={height - 4} text-anchor="middle">
            {mark}
          </text>
        ))}
      </>
    );
  };
  const isEmpty = all.every(({ value, usual: band }) => value === undefined && band === undefined);
  return (
    <Chart
      title={title}
      {...(note === undefined ? {} : { note })}
      sentence={sentence}
      height={height}
      table={table}
      nothing={isEmpty ? t('nothingInThisTime') : undefined}
      draw={draw}
    />
  );
}
