interface Props {
  readonly line: string;
  /** In characters, the earlier one first. */
  readonly marks: readonly { readonly start: number; readonly length: number }[];
}

/** A line with the words marked by which it was found. */
export function MarkedLine({ line, marks }: Props) {
  const characters = Array.from(line);
  const part = (from: number, to?: number): string => characters.slice(from, to).join('');
  let end = 0;
  const parts = marks.map(({ start, length }) => {
    const before = part(end, start);
    end = start + length;
    return (
      <>
        {before}
        <mark>{part(start, end)}</mark>
      </>
    );
  });
  return (
    <>
      {parts}
      {part(end)}
    </>
  );
}
