import { Fragment } from 'preact';

/** Names, texts and everything else, each in its colour. */
const PARTS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null|-?\d[\d.eE+-]*)\b/g;

/** A body as it goes out, indented. */
export function Json({ value, label }: { readonly value: unknown; readonly label?: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(PARTS)) {
    const [whole, words, colon] = found;
    parts.push(text.slice(end, found.index));
    if (words === undefined) {
      parts.push(<em>{whole}</em>);
    } else if (colon === undefined) {
      parts.push(<i>{words}</i>);
    } else {
      parts.push(<b>{words}</b>, colon);
    }
    end = found.index + whole.length;
  }
  parts.push(text.slice(end));
  return (
    <pre class="code" tabIndex={0} {...(label === undefined ? {} : { role: 'region', 'aria-label': label })}>
      <code>
        {parts.map((part, index) => (
          <Fragment key={index}>{part}</Fragment>
        ))}
      </code>
    </pre>
  );
}
