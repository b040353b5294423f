import './charts.css';

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

import { t } from '../../texts.ts';
import { inRem, useWidth } from './width.ts';

/** What a chart shows, in words. */
export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How a series is drawn: `plain` is the first one, `hatched` the one that nobody wants. */
export type Look = 'plain' | 'hatched' | 'second' | 'wait' | 'late' | 'past' | 'gone';

export interface Series {
  readonly name: string;
  readonly look: Look;
}

interface Props {
  readonly title: string;
  /** What the title leaves open, in quiet words. */
  readonly note?: string;
  readonly legend?: readonly Series[];
  /** The chart in a sentence. */
  readonly sentence: string;
  readonly height: number;
  /** Nothing as long as it is not read. */
  readonly table: Table | undefined;
  /** The words for a chart without anything in it. */
  readonly nothing?: string | undefined;
  readonly draw: (width: number) => ComponentChildren;
}

/** A chart with its head, and the table behind it. */
export function Chart({ title, note, legend = [], sentence, height, table, nothing, draw }: Props) {
  const [box, width] = useWidth();
  const isTable = useSignal(false);
  const isThere = table !== undefined && nothing === undefined;
  return (
    <section class="block" aria-label={title}>
      <h2>
        {title}
        {note === undefined ? null : <span class="meta">{note}</span>}
        <span class="push" />
        {legend.map(({ name, look }) => (
          <span key={name} class="legend">
            <i class={`swatch swatch-${look}`} />
            {name}
          </span>
        ))}
        {isThere ? (
          <button
            type="button"
            class="chart-table-button"
            aria-pressed={isTable.value}
            onClick={() => {
              isTable.value = !isTable.value;
            }}
          >
            {t('asTable')}
          </button>
        ) : null}
      </h2>
      <div ref={box} class="chart-box" style={{ minBlockSize: inRem(height) }} aria-busy={table === undefined}>
        {table === undefined ? <span class="skeletons chart-skeleton" style={{ blockSize: inRem(height) }} aria-hidden="true" /> : null}
        {table !== undefined && nothing !== undefined ? <p class="chart-nothing quiet">{nothing}</p> : null}
        {isThere && isTable.value ? <TableOf title={title} table={table} /> : null}
        {isThere && !isTable.value ? (
          <svg class="chart" style={{ inlineSize: inRem(width.value), blockSize: inRem(height) }} viewBox={`0 0 ${width.value} ${height}`} role="img" aria-label={sentence}>
            <Hatches />
            {draw(width.value)}
          </svg>
        ) : null}
      </div>
    </section>
  );
}

function TableOf({ title, table }: { readonly title: string; readonly table: Table }) {
  return (
    <div class="chart-table" role="group" aria-label={title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.heads.map((head, place) => (
              <th key={head} scope="col" class={place === 0 ? '' : 'num'}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, place) => (
                <td key={place} class={place === 0 ? '' : 'num'}>
                  <bdi>{cell}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same in each chart, so it does not matter whose is found by its name. */
function Hatches() {
  return (
    <defs>
      <pattern id="chart-hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0V4" class="hatch" />
      </pattern>
      <pattern id="chart-late" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0V5" class="late-hatch" />
      </pattern>
    </defs>
  );
}
