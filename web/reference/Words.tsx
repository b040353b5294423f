// A sentence of the documents, which are English, with its code as code.

interface Props {
  readonly text: string;
}

export function Words({ text }: Props) {
  return (
    <span lang="en" dir="ltr">
      {text.split('`').map((part, place) => (place % 2 === 0 ? part : <code key={place}>{part}</code>))}
    </span>
  );
}
