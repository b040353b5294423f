import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

import { Icon } from '../../parts/Icon.tsx';

export interface Column<R> {
  readonly head: string;
  /** What it is sorted by; names by themselves. */
  readonly of: (row: R) => number | string | null;
  readonly shown: (row: R) => string;
  /** What stands there instead of the text alone. */
  readonly cell?: (row: R) => ComponentChildren;
  /** Not on a phone. */
  readonly isWide?: boolean;
}

interface Props<R> {
  readonly name: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
}

/** Rows by the column that somebody chooses, the most first. */
export function Table<R>({ name, rows, columns }: Props<R>) {
  const by = useSignal(1);
  const isDown = useSignal(true);
  const chosen = columns[by.value];
  const compare = (one: R, other: R): number => {
    const [first, second] = [chosen?.of(one) ?? null, chosen?.of(other) ?? null];
    if (first === null || second === null) {
      return first === second ? 0 : first === null ? 1 : -1;
    }
    const order = typeof first === 'string' ? first.localeCompare(String(second)) : first - Number(second);
    return isDown.value ? -order : order;
  };
  return (
    <div class="wide-table">
      <table class="reports-table" aria-label={name}>
        <thead>
          <tr>
            {columns.map(({ head, isWide }, place) => {
              const isBy = place === by.value;
              return (
                <th
                  key={head}
                  scope="col"
                  class={`${place === 0 ? '' : 'num'} ${isWide === true ? 'wide' : ''}`}
                  {...(isBy ? { 'aria-sort': isDown.value ? ('descending' as const) : ('ascending' as const) } : {})}
                >
                  <button
                    type="button"
                    onClick={() => {
                      isDown.value = isBy ? !isDown.value : place > 0;
                      by.value = place;
                    }}
                  >
                    {head}
                    {isBy ? <Icon name={isDown.value ? 'down' : 'up'} size={12} /> : null}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.toSorted(compare).map((row, at) => (
            <tr key={at}>
              {columns.map(({ head, shown, cell, isWide }, place) => (
                <td key={head} class={`${place === 0 ? '' : 'num'} ${isWide === true ? 'wide' : ''}`}>
                  {cell === undefined ? <bdi>{shown(row)}</bdi> : cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
