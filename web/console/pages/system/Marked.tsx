interface Props {
  readonly text: string;
  readonly words: string;
}

/** A text in which what was looked for is marked. */
export function Marked({ text, words }: Props) {
  const looked = words.trim().toLowerCase();
  if (looked === '') {
    return <>{text}</>;
  }
  const parts: (string | { readonly found: string })[] = [];
  let from = 0;
  for (let at = text.toLowerCase().indexOf(looked); at >= 0; at = text.toLowerCase().indexOf(looked, from)) {
    parts.push(text.slice(from, at), { found: text.slice(at, at + looked.length) });
    from = at + looked.length;
  }
  parts.push(text.slice(from));
  return <>{parts.map((part, at) => (typeof part === 'string' ? part : <mark key={at}>{part.found}</mark>))}</>;
}
