import { useId } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly help?: string;
  readonly choices: readonly (readonly [value: string, name: string])[];
  readonly chosen: readonly string[];
  readonly choose: (chosen: readonly string[]) => void;
  /** Nothing of it can be changed here. */
  readonly isFixed?: boolean;
}

/** Any number of several. */
export function Checks({ label, help, choices, chosen, choose, isFixed = false }: Props) {
  const id = useId();
  return (
    <fieldset class="field checks" {...(help === undefined ? {} : { 'aria-describedby': id })}>
      <legend>{label}</legend>
      {choices.map(([value, name]) => (
        <label key={value} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            disabled={isFixed}
            onChange={(event) => choose(event.currentTarget.checked ? [...chosen, value] : chosen.filter((one) => one !== value))}
          />
          <bdi>{name}</bdi>
        </label>
      ))}
      {help === undefined ? null : (
        <div id={id} class="help">
          {help}
        </div>
      )}
    </fieldset>
  );
}
