// What patterns find in a text: the server runs them as JavaScript does, without regard to capitals.
export interface Found {
  readonly kind: 'email' | 'phone';
  readonly from: number;
  readonly until: number;
  /** The pattern that came with the server finds it as well. */
  readonly byDefault: boolean;
}

/** A sample of what visitors write is short. */
export const LONGEST = 200;

/** Why a pattern cannot be read. */
export function faultOf(pattern: string): string {
  try {
    // oxlint-disable-next-line no-new
    new RegExp(pattern, 'gi');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
  }
}

type Place = readonly [from: number, until: number];

function placesOf(pattern: string, text: string): readonly Place[] {
  if (pattern === '' || faultOf(pattern) !== '') {
    return [];
  }
  return [...text.matchAll(new RegExp(pattern, 'gi'))]
    .filter(([words]) => words !== '')
    .map(({ index, 0: words }) => [index, index + words.length]);
}

/** A pattern, and the one that came with the server. */
interface Pattern {
  readonly kind: Found['kind'];
  readonly pattern: string;
  readonly usual: string;
}

export interface Asked {
  readonly text: string;
  readonly patterns: readonly Pattern[];
}

export interface Tried {
  readonly text: string;
  /** In the order of the text. */
  readonly found: readonly Found[];
  /** What the patterns took, without the usual ones. */
  readonly ms: number;
}

export function tried({ text, patterns }: Asked): Tried {
  const begin = performance.now();
  const places = patterns.map(({ pattern }) => placesOf(pattern, text));
  const ms = performance.now() - begin;
  const found = patterns.flatMap(({ kind, usual }, at) => {
    const known = placesOf(usual, text);
    return (places[at] ?? []).map(([from, until]) => ({ kind, from, until, byDefault: known.some(([first, end]) => first < until && from < end) }));
  });
  return { text, found: found.toSorted((one, other) => one.from - other.from), ms };
}
