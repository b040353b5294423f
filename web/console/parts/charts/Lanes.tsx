import { duration, number, t } from '../../texts.ts';
import { Chart } from './Chart.tsx';
import { apart, roomOf, shortened, timeTicks } from './scale.ts';

export interface Waiting {
  readonly name: string;
  readonly waitedMs: number;
  /** After how long it is late, if somebody was promised. */
  readonly promisedMs: number | undefined;
}

export interface Lane {
  readonly name: string;
  /** Who is there, in words. */
  readonly note: string;
  readonly waiting: readonly Waiting[];
  /** How many wait behind those that are drawn. */
  readonly more: number;
  /** How long those of the last hour waited who were answered, and those who went. */
  readonly answered: readonly number[];
  readonly left: readonly number[];
}

interface Props {
  readonly title: string;
  /** The first of them are drawn, all are in the table. */
  readonly lanes: readonly Lane[] | undefined;
  readonly sentence: string;
}

const MOST_DRAWN = 12;
const START = 132;
const BEHIND = 190;
const LINE = 19;
const FOOT = 22;
const TOP = 8;

const linesOf = ({ waiting, more }: Lane): number => Math.max(1, waiting.length + (more > 0 ? 1 : 0));
const tall = (lane: Lane): number => 22 + Math.max(2, linesOf(lane)) * LINE - (linesOf(lane) < 2 ? 4 : 0);

/** Who waits in each department, along the time; and how long those of the last hour did. */
export function Lanes({ title, lanes, sentence }: Props) {
  const all = lanes ?? [];
  const drawn = all.slice(0, MOST_DRAWN);
  const longest = Math.max(...drawn.flatMap(({ waiting, answered, left }) => [...waiting.map(({ waitedMs }) => waitedMs), ...answered, ...left]), 0);
  const steps = timeTicks(Math.max(longest, 240_000), 8);
  const top = steps.at(-1) ?? 1;
  const height = drawn.reduce((sum, lane) => sum + tall(lane), TOP + FOOT);
  const legend = [
    { name: t('waitsForAgent'), look: 'wait' },
    { name: t('overTarget'), look: 'late' },
    { name: t('answeredInHour'), look: 'past' },
    { name: t('leftInHour'), look: 'gone' },
  ] as const;
  const rows = all.flatMap(({ name, waiting, more }) => [
    ...waiting.map((one) => [name, one.name, duration(one.waitedMs)]),
    ...(more > 0 ? [[name, t('moreWait', { count: more }), '–']] : []),
    ...(waiting.length + more === 0 ? [[name, t('nobodyWaits'), '–']] : []),
  ]);
  const draw = (width: number) => {
    const narrow = width < 520;
    const behind = narrow ? 90 : BEHIND;
    const start = narrow ? 96 : START;
    const x = (ms: number): number => start + (Math.min(ms, top) / top) * Math.max(60, width - start - behind);
    let y = TOP;
    return (
      <>
        {steps.map((ms) => (
          <path key={ms} class="grid" d={`M${x(ms)} ${TOP}V${height - FOOT}`} />
        ))}
        {apart(steps, x, roomOf(steps.map(duration), 0)).map((ms) => (
          <text key={ms} x={x(ms)} y={height - 6} text-anchor="middle">
            {duration(ms)}
          </text>
        ))}
        {drawn.map((lane, at) => {
          const own = y;
          y += tall(lane);
          return (
            <g key={at}>
              {at === 0 ? null : <path class="axis" d={`M0 ${own + 0.5}H${width}`} />}
              <OneLane lane={lane} y={own} x={x} before={start - 24} behind={behind - 50} />
            </g>
          );
        })}
      </>
    );
  };
  return (
    <Chart
      title={title}
      {...(drawn.length < all.length ? { note: t('lanesDrawn', { some: number(drawn.length), all: number(all.length) }) } : {})}
      legend={legend}
      sentence={sentence}
      height={height}
      table={lanes && { heads: [t('department'), t('visitor'), t('waitsForAgent')], rows }}
      nothing={all.length === 0 ? t('nobodyWaits') : undefined}
      draw={draw}
    />
  );
}

interface OneProps {
  readonly lane: Lane;
  readonly y: number;
  readonly x: (ms: number) => number;
  /** Room for names before the bars, and behind them. */
  readonly before: number;
  readonly behind: number;
}

function OneLane({ lane, y, x, before, behind }: OneProps) {
  return (
    <>
      <text class="strong" x="0" y={y + 22}>
        {shortened(lane.name, before)}
      </text>
      <text x="0" y={y + 38}>
        {shortened(lane.note, before)}
      </text>
      {lane.answered.map((ms, at) => (
        <path key={at} class="past" d={`M${x(ms).toFixed(1)} ${y + 9}v7`} />
      ))}
      {lane.left.map((ms, at) => (
        <path key={at} class="past-left" d={`M${(x(ms) - 2.5).toFixed(1)} ${y + 9.5}l5 6m0-6l-5 6`} />
      ))}
      {lane.waiting.length === 0 ? (
        <text x={x(0) + 2} y={y + 34}>
          {t('nobodyWaits')}
        </text>
      ) : null}
      {lane.waiting.map(({ name, waitedMs, promisedMs }, at) => {
        const top = y + 22 + at * LINE;
        const until = Math.min(waitedMs, promisedMs ?? waitedMs);
        const late = waitedMs - until;
        return (
          <g key={at}>
            <rect class="fill-wait" x={x(0)} y={top} width={Math.max(2, x(until) - x(0))} height="12" rx="2" />
            {late === 0 ? null : (
              <>
                <rect class="fill-late" x={x(until)} y={top} width={Math.max(2, x(waitedMs) - x(until))} height="12" rx="2" />
                <rect class="fill-late-hatch" x={x(until)} y={top} width={Math.max(2, x(waitedMs) - x(until))} height="12" rx="2" />
              </>
            )}
            <text class="halo" x={x(waitedMs) + 8} y={top + 10}>
              <tspan class={late === 0 ? 'ink' : 'late'}>{duration(waitedMs)}</tspan>
              <tspan dx="6">{shortened(name, behind)}</tspan>
            </text>
          </g>
        );
      })}
      {lane.more === 0 ? null : (
        <text x={x(0) + 2} y={y + 32 + lane.waiting.length * LINE}>
          {t('moreWait', { count: lane.more })}
        </text>
      )}
    </>
  );
}
