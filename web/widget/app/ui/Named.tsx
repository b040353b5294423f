/** Stands in a text where a name comes. */
export const MARK = '\u0000';

/** A text around a name, which stands out. */
export function Named({ text, name }: { readonly text: string; readonly name: string }) {
  const [before, after] = text.split(MARK);
  return (
    <span>
      {before}
      <b>
        <bdi>{name}</bdi>
      </b>
      {after}
    </span>
  );
}
