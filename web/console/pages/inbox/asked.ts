// The word before the caret, when something is to be put in its place.

/** `/re` asks for a canned response, `@to` for a colleague. */
export type Sign = '/' | '@';

export interface Asked {
  readonly sign: Sign;
  /** Where the sign stands, and where the word ends. */
  readonly from: number;
  readonly until: number;
  readonly wanted: string;
}

export function askedFor(sign: Sign, text: string, caret: number): Asked | undefined {
  const word = /(?:^|[\s(])(\S*)$/.exec(text.slice(0, caret))?.[1];
  if (word?.startsWith(sign) !== true) {
    return undefined;
  }
  return { sign, from: caret - word.length, until: caret, wanted: word.slice(1) };
}
