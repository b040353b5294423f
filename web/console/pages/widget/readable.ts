// How well the widget is read in a colour, and what it does where it could not be.
import { contrast, ENOUGH, ink, moved, parse, type Rgb, WHITE } from '../../../shared/colours.ts';

export interface Readable {
  /** As `#rrggbb`. */
  readonly hex: string;
  /** Of white on it. */
  readonly white: number;
  /** Of what the widget writes on it. */
  readonly written: number;
  readonly isWhite: boolean;
  /** A darker one, which carries white. */
  readonly better: string;
}

const hexOf = (color: Rgb): string => `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;

/** Nothing where it is no colour. */
export function readable(text: string): Readable | undefined {
  const color = parse(text);
  if (color === undefined) {
    return undefined;
  }
  const written = ink(color);
  return {
    hex: hexOf(color),
    white: contrast(color, WHITE),
    written: contrast(color, written),
    isWhite: written === WHITE,
    better: hexOf(moved(color, WHITE, ENOUGH)),
  };
}
