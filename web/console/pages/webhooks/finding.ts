// What patterns find in a text: the server runs them as JavaScript does, without regard to capitals.
export interface Found {
  readonly kind: 'email' | 'phone';
  readonly from: number;
  readonly until: number;
  /** The pattern that came with the server finds it as well. */
  readonly byDefault: boolean;
}

/** A longer text is not tried: a pattern that goes back and forth would halt the page. */
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

export function find(kind: Found['kind'], pattern: string, usual: string, text: string): readonly Found[] {
  const known = placesOf(usual, text);
  return placesOf(pattern, text).map(([from, until]) => ({
    kind,
    from,
    until,
    byDefault: known.some(([begin, end]) => begin < until && from < end),
  }));
}
