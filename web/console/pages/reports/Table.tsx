import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

import { Icon } from '../../parts/Icon.tsx';

/** By how much a time in milliseconds, or a part of 1, is to be multiplied. */
export const UNITS = { s: 0.001, ms: 1, '%': 100 } as const;
export type Unit = keyof typeof UNITS;

export interface Column<R> {
  readonly head: string;
  /** What it is sorted by; names by themselves. */
  readonly of: (row: R) => number | string | null;
  readonly shown: (row: R) => string;
  /** In which its numbers stand in a file. */
  readonly unit?: Unit;
  /** What stands there instead of the text alone. */
  readonly cell?: (row: R) => ComponentChildren;
  /** Not on a phone. */
  readonly isWide?: boolean;
}

/** By which column, and whether the most comes first. */
export interface Order {
  readonly by: number;
  readonly isDown: boolean;
}

export const USUAL_ORDER: Order = { by: 1, isDown: true };

export function inOrder<R>(rows: readonly R[], columns: readonly Column<R>[], { by, isDown }: Order): readonly R[] {
  const chosen = columns[by];
  const compare = (one: R, other: R): number => {
    const [first, second] = [chosen?.of(one) ?? null, chosen?.of(other) ?? null];
    if (first === null || second === null) {
      return first === second ? 0 : first === null ? 1 : -1;
    }
    const order = typeof first === 'string' ? first.localeCompare(String(second)) : first - Number(second);
    return isDown ? -order : order;
  };
  return rows.toSorted(compare);
}

interface Props<R> {
  readonly name: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly order: Signal<Order>;
}

/** Rows by the column that somebody chooses. */
export function Table<R>({ name, rows, columns, order }: Props<R>) {
  const { by, isDown } = order.value;
  return (
    <div class="wide-table">
      <table class="reports-table" aria-label={name}>
        <thead>
          <tr>
            {columns.map(({ head, isWide }, place) => {
              const isBy = place === by;
              return (
                <th
                  key={head}
                  scope="col"
                  class={`${place === 0 ? '' : 'num'} ${isWide === true ? 'wide' : ''}`}
                  {...(isBy ? { 'aria-sort': isDown ? ('descending' as const) : ('ascending' as const) } : {})}
                >
                  <button
                    type="button"
                    onClick={() => {
                      order.value = { by: place, isDown: isBy ? !isDown : place > 0 };
                    }}
                  >
                    {head}
                    {isBy ? <Icon name={isDown ? 'down' : 'up'} size={12} /> : null}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {inOrder(rows, columns, order.value).map((row, at) => (
            <tr key={at}>
              {columns.map(({ head, shown, cell, isWide }, place) => (
                <td key={head} class={`${place === 0 ? '' : 'num'} ${isWide === true ? 'wide' : ''}`}>
                  {cell === undefined ? <bdi {...(place === 0 ? { class: 'cut-text', title: shown(row) } : {})}>{shown(row)}</bdi> : cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
