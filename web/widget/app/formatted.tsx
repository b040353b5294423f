// What somebody wrote, made readable and nothing more: links, a little emphasis, code. Text becomes
// text nodes; no markup that anybody wrote is ever markup here.
import type { ComponentChild } from 'preact';

/** Turns the direction of everything behind it: what it could hide is not worth what it is good for. */
const OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/g;
/** Towers of marks that would cover the lines around them. No script needs so many. */
const TOWERS = /(\p{M}{4})\p{M}+/gu;

/** A name of a person, a file, a department. */
export const name = (text: string): string => text.replace(OVERRIDES, '').replace(TOWERS, '$1');

const prose = (text: string): string => text.replace(TOWERS, '$1');

const RULES: readonly (readonly [RegExp, (match: RegExpExecArray) => ComponentChild])[] = [
  [/```(?:\w*\n)?([\s\S]+?)```/, ([, code = '']) => <pre>{code.replace(/\n$/, '')}</pre>],
  [/`([^`\n]+)`/, ([, code]) => <code>{code}</code>],
  [
    /\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:)[^\s)]+)\)/,
    ([, text = '', address = '']) => link(address, text),
  ],
  [
    /\bhttps?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}]/i,
    ([address]) => link(address, shortened(address)),
  ],
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/, ([address]) => link(`mailto:${address}`, address)],
  [/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/, ([, text = '']) => <strong>{parts(text)}</strong>],
  [/(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])/, ([, text = '']) => <em>{parts(text)}</em>],
  [/(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])/, ([, text = '']) => <s>{parts(text)}</s>],
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
  let rest = text;
  while (rest !== '') {
    let first: readonly [RegExpExecArray, (match: RegExpExecArray) => ComponentChild] | undefined;
    for (const [pattern, make] of RULES) {
      const match = pattern.exec(rest);
      if (match !== null && (first === undefined || match.index < first[0].index)) {
        first = [match, make];
      }
    }
    if (first === undefined) {
      break;
    }
    const [match, make] = first;
    found.push(rest.slice(0, match.index), make(match));
    rest = rest.slice(match.index + match[0].length);
  }
  found.push(rest);
  return found;
}

/** One or a few emoji and nothing else are shown large. */
export const isEmojiOnly = (text: string): boolean =>
  text.length <= 24 && /^(?:\p{Extended_Pictographic}|\p{RI}|\p{Emoji_Modifier}|\u200D|\uFE0F|\s)+$/u.test(text);

export function Formatted({ text }: { readonly text: string }) {
  return <>{parts(prose(text))}</>;
}
