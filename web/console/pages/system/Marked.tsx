import { wordsOf } from './finding.ts';

interface Props {
  readonly text: string;
  readonly words: string;
}

/** A text in which the words that were looked for are marked. */
export function Marked({ text, words }: Props) {
  const looked = wordsOf(words).map((word) => word.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  if (looked.length === 0) {
    return <>{text}</>;
  }
  // What is found stands at the odd places.
  const parts = text.split(new RegExp(`(${looked.join('|')})`, 'i'));
  return <>{parts.map((part, at) => (at % 2 === 0 ? part : <mark key={at}>{part}</mark>))}</>;
}
