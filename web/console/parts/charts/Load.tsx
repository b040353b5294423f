import './charts.css';

import { count, number, t } from '../../texts.ts';

interface Props {
  readonly chats: number;
  /** Those whose visitors wait for an answer. */
  readonly waiting: number;
  /** Nothing: as many as they like. */
  readonly most: number | undefined;
}

/** More boxes than that say no more. */
const MOST_BOXES = 12;

/** A box for each place: striped, filled or free. */
export function Load({ chats, waiting, most }: Props) {
  const places = Math.min(MOST_BOXES, Math.max(chats, most ?? 0));
  const boxes = Array.from({ length: places }, (_, at) => (at < waiting ? 'is-due' : at < chats ? 'is-on' : ''));
  const of = most === undefined ? number(chats) : t('partOf', { some: number(chats), all: number(most) });
  return (
    <span class="load" role="img" aria-label={`${of}, ${count('needAnAnswer', waiting)}`}>
      {boxes.map((kind, at) => (
        <i key={at} class={kind} />
      ))}
    </span>
  );
}
