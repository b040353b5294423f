import { plain } from '../parts/plain.ts';

/** A title with the beginnings marked by which it was found. */
export function Found({ title, wanted }: { readonly title: string; readonly wanted: string }) {
  const parts = plain(wanted).split(/\s+/).filter((part) => part !== '');
  return (
    <>
      {title.split(/(\s+)/).map((word) => {
        const begun = parts.filter((part) => plain(word).startsWith(part)).toSorted((one, other) => other.length - one.length)[0];
        return begun === undefined ? (
          word
        ) : (
          <>
            <b class="strong">{word.slice(0, begun.length)}</b>
            {word.slice(begun.length)}
          </>
        );
      })}
    </>
  );
}
