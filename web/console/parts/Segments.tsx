interface Props {
  readonly choices: readonly (readonly [value: string, name: string])[];
  readonly chosen: string;
  /** Nothing where it cannot be changed here. */
  readonly choose?: (value: string) => void;
}

/** One of a few. */
export function Segments({ choices, chosen, choose }: Props) {
  return (
    <span class="segments">
      {choices.map(([value, name]) => (
        <button key={value} type="button" aria-pressed={value === chosen} aria-disabled={choose === undefined} onClick={() => choose?.(value)}>
          {name}
        </button>
      ))}
    </span>
  );
}
