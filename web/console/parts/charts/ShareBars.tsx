import { number, percent, t } from '../../texts.ts';
import { Chart } from './Chart.tsx';
import { shortened } from './scale.ts';

export interface Share {
  readonly name: string;
  readonly many: number;
  /** A colour of its own, as ratings have. */
  readonly fill?: string;
}

interface Props {
  readonly title: string;
  readonly note?: string;
  readonly shares: readonly Share[] | undefined;
  /** What all of them are parts of; without it, their sum. */
  readonly whole?: number;
  readonly sentence: string;
  readonly heads: readonly [what: string, many: string, share: string];
  /** How wide names may be. */
  readonly names?: number;
}

const ROW = 27;
/** Room for the numbers behind a bar. */
const BEHIND = 110;

/** Parts of a whole, the largest first, each with its number beside it. */
export function ShareBars({ title, note, shares, whole, sentence, heads, names = 96 }: Props) {
  const all = shares ?? [];
  const sum = whole ?? all.reduce((total, { many }) => total + many, 0);
  const most = Math.max(...all.map(({ many }) => many), 1);
  const shareOf = (many: number): string => (sum === 0 ? '–' : percent(many / sum));
  const height = Math.max(1, all.length) * ROW;
  const draw = (width: number) =>
    all.map(({ name, many, fill }, place) => {
      const wide = Math.max(many === 0 ? 0 : 2, (many / most) * Math.max(20, width - names - BEHIND));
      const y = place * ROW;
      return (
        <g key={name}>
          <text x="0" y={y + 16}>
            {shortened(name, names)}
          </text>
          <rect class={fill === undefined ? 'fill-plain' : ''} style={fill === undefined ? {} : { fill: `var(${fill})` }} x={names} y={y + 5} width={wide} height="14" rx="2" />
          <text x={names + wide + 8} y={y + 16}>
            <tspan class="strong">{shareOf(many)}</tspan>
            <tspan dx="6">{number(many)}</tspan>
          </text>
        </g>
      );
    });
  return (
    <Chart
      title={title}
      {...(note === undefined ? {} : { note })}
      sentence={sentence}
      height={height}
      table={shares && { heads, rows: all.map(({ name, many }) => [name, number(many), shareOf(many)]) }}
      nothing={all.every(({ many }) => many === 0) ? t('nothingInThisTime') : undefined}
      draw={draw}
    />
  );
}
