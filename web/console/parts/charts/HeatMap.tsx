import { number, t } from '../../texts.ts';
import { Chart } from './Chart.tsx';

interface Props {
  readonly title: string;
  readonly note?: string;
  /** Rows from above, each with its name and a value for each column. */
  readonly rows: readonly (readonly [name: string, values: readonly number[]])[] | undefined;
  readonly columns: readonly string[];
  readonly sentence: string;
  readonly head: string;
}

const START = 92;
const ROW = 21;
const FOOT = 22;
const GAP = 2;
const STEPS = 5;
const EACH = 3;

/** How much there is where two things meet, such as days and hours; the largest numbers are written in. */
export function HeatMap({ title, note, rows, columns, sentence, head }: Props) {
  const all = rows ?? [];
  const most = Math.max(...all.flatMap(([, values]) => values), 0);
  const step = (value: number): number => (value === 0 ? 0 : Math.max(1, Math.min(STEPS, Math.ceil((value / most) * STEPS))));
  const height = Math.max(1, all.length) * ROW + FOOT;
  const draw = (width: number) => {
    const wide = (width - START) / columns.length;
    return (
      <>
        {all.map(([name, values], at) => (
          <g key={name}>
            <text x="0" y={at * ROW + 14}>
              {name}
            </text>
            {values.map((value, place) => (
              <rect
                key={place}
                x={START + place * wide}
                y={at * ROW}
                width={Math.max(1, wide - GAP)}
                height={ROW - GAP}
                rx="2"
                style={{ fill: `var(--heat-${step(value)})` }}
              />
            ))}
            {values.map((value, place) =>
              step(value) === STEPS && wide > 20 ? (
                <text key={place} class="on-heat" x={START + place * wide + (wide - GAP) / 2} y={at * ROW + 14} text-anchor="middle">
                  {number(value)}
                </text>
              ) : null,
            )}
          </g>
        ))}
        {columns.map((name, place) =>
          place % EACH === 0 ? (
            <text key={name} x={START + place * wide} y={height - 6}>
              {name}
            </text>
          ) : null,
        )}
      </>
    );
  };
  return (
    <Chart
      title={title}
      {...(note === undefined ? {} : { note })}
      sentence={sentence}
      height={height}
      table={rows && { heads: [head, ...columns], rows: all.map(([name, values]) => [name, ...values.map(number)]) }}
      nothing={most === 0 ? t('nothingInThisTime') : undefined}
      draw={draw}
    />
  );
}
