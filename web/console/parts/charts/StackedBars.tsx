import { number, t } from '../../texts.ts';
import { Chart, type Series } from './Chart.tsx';
import { apart, roomOf, ticks } from './scale.ts';

export interface Bar {
  /** When it is, in words: for the table, and where `mark` is missing for nobody else. */
  readonly name: string;
  /** What stands below it, if anything. */
  readonly mark?: string;
  /** As many as there are series, from the line upwards. */
  readonly parts: readonly number[];
  /** It goes on. */
  readonly isNow?: boolean;
}

interface Props {
  readonly title: string;
  readonly note?: string;
  readonly series: readonly Series[];
  readonly bars: readonly Bar[] | undefined;
  readonly sentence: string;
  readonly height?: number;
  /** What a bar is of. */
  readonly head: string;
}

/** Room for the numbers of the axis. */
const START = 36;
const FOOT = 20;
const TOP = 18;
const WIDEST = 40;
/** That a word below a bar takes. */
const ROOM = 48;

const sumOf = ({ parts }: Bar): number => parts.reduce((sum, part) => sum + part, 0);

/** Numbers by time, the first series below, the one that nobody wants hatched above. */
export function StackedBars({ title, note, series, bars, sentence, height = 180, head }: Props) {
  const all = bars ?? [];
  const steps = ticks(Math.max(...all.map(sumOf), 1));
  const top = steps.at(-1) ?? 1;
  const table = bars && {
    heads: [head, ...series.map(({ name }) => name)],
    rows: all.map(({ name, parts }) => [name, ...parts.map(number)]),
  };
  const start = roomOf(steps.map(number), START);
  const base = height - FOOT;
  const high = (value: number): number => (value / top) * (base - TOP);
  const draw = (width: number) => {
    const step = (width - start) / Math.max(1, all.length);
    const wide = Math.max(1, Math.min(WIDEST, step * 0.82));
    return (
      <>
        {steps.map((value) => (
          <g key={value}>
            <path class="grid" d={`M${start} ${base - high(value)}H${width}`} />
            <text x={start - 8} y={base - high(value) + 4} text-anchor="end">
              {number(value)}
            </text>
          </g>
        ))}
        {all.map((bar, place) => (
          <OneBar key={place} bar={bar} series={series} x={start + place * step + (step - wide) / 2} wide={wide} base={base} high={high} />
        ))}
        <path class="axis" d={`M${start} ${base + 0.5}H${width}`} />
        {apart(
          all.flatMap(({ mark, isNow }, place) => {
            const words = isNow === true ? t('now') : mark;
            return words === undefined ? [] : [{ words, isNow, x: Math.min(width - ROOM / 2, start + place * step + step / 2) }];
          }),
          ({ x }) => x,
          ROOM,
        ).map(({ words, isNow, x }) => (
          <text key={x} class={isNow === true ? 'strong' : ''} x={x} y={height - 4} text-anchor="middle">
            {words}
          </text>
        ))}
      </>
    );
  };
  return (
    <Chart
      title={title}
      {...(note === undefined ? {} : { note })}
      legend={series}
      sentence={sentence}
      height={height}
      table={table}
      nothing={all.every((bar) => sumOf(bar) === 0) ? t('nothingInThisTime') : undefined}
      draw={draw}
    />
  );
}

interface OneProps {
  readonly bar: Bar;
  readonly series: readonly Series[];
  readonly x: number;
  readonly wide: number;
  readonly base: number;
  readonly high: (value: number) => number;
}

function OneBar({ bar, series, x, wide, base, high }: OneProps) {
  let under = 0;
  return (
    <g class={bar.isNow === true ? 'bar-now' : ''}>
      {bar.parts.map((part, place) => {
        if (part === 0) {
          return null;
        }
        const y = base - high(under + part);
        const tall = high(part);
        under += part;
        const look = series[place]?.look ?? 'plain';
        // A line of the ground between the parts.
        return <rect key={place} class={`fill-${look}`} x={x} y={y} width={wide} height={Math.max(0.5, tall - (place === 0 ? 0 : 1))} />;
      })}
    </g>
  );
}
