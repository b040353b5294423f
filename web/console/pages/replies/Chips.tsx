/** Words in a row of a table. */
export function Chips({ words }: { readonly words: readonly string[] }) {
  return (
    <span class="replies-chips">
      {words.map((word) => (
        <span key={word} class="chip">
          <bdi>{word}</bdi>
        </span>
      ))}
    </span>
  );
}
