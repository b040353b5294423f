// What somebody wrote, made readable and nothing more: links, a little emphasis, code. Text becomes
// text nodes; no markup that anybody wrote is ever markup here.
import type { ComponentChild } from 'preact';

import { withEmoji } from './shortcodes.ts';

/** Turns the direction of everything behind it: what it could hide is not worth what it is good for. */
const OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/g;
/** Towers of marks that would cover the lines around them. No script needs so many. */
const TOWERS = /(\p{M}{4})\p{M}+/gu;

/** A name of a person, a file, a department. */
export const name = (text: string): string => text.replace(OVERRIDES, '').replace(TOWERS, '$1');

const prose = (text: string): string => text.replace(TOWERS, '$1');

const RULES: readonly (readonly [RegExp, (match: RegExpExecArray) => ComponentChild])[] = [
  [/```(?:\w*\n)?([\s\S]+?)```/g, ([, code = '']) => <pre>{code.replace(/\n$/, '')}</pre>],
  [/`([^`\n]+)`/g, ([, code]) => <code>{code}</code>],
  [
    /\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:)[^\s)]+)\)/g,
    // What quotes a message points to it with a link that nobody sees.
    ([, text = '', address = '']) => (text.trim() === '' ? '' : link(address, text)),
  ],
  [
    /\bhttps?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}]/gi,
    ([address]) => link(address, shortened(address)),
  ],
  [/\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b/g, ([address]) => link(`mailto:${address}`, address)],
  // Only with the country, so that no other number is taken for one.
  [
    /(?<![\w+])\+\d(?:[ ./-]{0,2}\d){6,14}(?!\w)/g,
    ([number]) => link(`tel:${number.replaceAll(/[^+\d]/g, '')}`, number),
  ],
  [/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/g, ([, text = '']) => <strong>{parts(text)}</strong>],
  [/(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])/g, ([, text = '']) => <em>{parts(text)}</em>],
  [/(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])/g, ([, text = '']) => <s>{parts(text)}</s>],
];

function link(address: string, text: string): ComponentChild {
  const shownText = name(text);
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow ugc" dir="auto">
      {shownText}
    </a>
  );
}

const shortened = (address: string) =>
  address.length > 80 ? `${address.slice(0, 60)}…${address.slice(-16)}` : address;

function parts(text: string): ComponentChild[] {
  const found: ComponentChild[] = [];
  /** What each rule finds next: it looks again when that is passed. */
  const ahead: (RegExpExecArray | null)[] = [];
  let from = 0;
  for (;;) {
    let first: readonly [RegExpExecArray, (match: RegExpExecArray) => ComponentChild] | undefined;
    for (const [index, [pattern, make]] of RULES.entries()) {
      let match = ahead[index];
      if (match === undefined || (match !== null && match.index < from)) {
        pattern.lastIndex = from;
        match = pattern.exec(text);
        ahead[index] = match;
      }
      if (match !== null && (first === undefined || match.index < first[0].index)) {
        first = [match, make];
      }
    }
    if (first === undefined) {
      found.push(text.slice(from));
      return found;
    }
    const [match, make] = first;
    found.push(text.slice(from, match.index), make(match));
    from = match.index + match[0].length;
  }
}

/** What is read aloud, or in one line: without the marks. */
export const spoken = (text: string): string =>
  RULES.reduce(
    (said, [pattern]) =>
      said.replace(pattern, (whole: string, inner: unknown) =>
        typeof inner === 'string' ? inner : whole,
      ),
    withEmoji(text),
  );

/** One or a few emoji and nothing else are shown large. */
export const isEmojiOnly = (text: string): boolean =>
  text.length <= 24 && /^(?:\p{Extended_Pictographic}|\p{RI}|\p{Emoji_Modifier}|\u200D|\uFE0F|\s)+$/u.test(text);

export function Formatted({ text }: { readonly text: string }) {
  return <>{parts(prose(withEmoji(text)))}</>;
}
