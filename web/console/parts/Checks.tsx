import { useId } from 'preact/hooks';

import { Icon } from './Icon.tsx';

interface Props {
  readonly label: string;
  readonly help?: string;
  /** What is wrong with what is chosen. */
  readonly error?: string | undefined;
  readonly choices: readonly (readonly [value: string, name: string])[];
  readonly chosen: readonly string[];
  readonly choose: (chosen: readonly string[]) => void;
  /** Nothing of it can be changed here. */
  readonly isFixed?: boolean;
  /** These stay as they are. */
  readonly fixed?: readonly string[];
}

/** Any number of several. */
export function Checks({ label, help, error = '', choices, chosen, choose, isFixed = false, fixed = [] }: Props) {
  const id = useId();
  const isWrong = error !== '';
  return (
    <fieldset class={isWrong ? 'field checks is-invalid' : 'field checks'} {...(help === undefined && !isWrong ? {} : { 'aria-describedby': id })}>
      <legend>{label}</legend>
      {choices.map(([value, name]) => (
        <label key={value} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            disabled={isFixed || fixed.includes(value)}
            onChange={(event) => choose(event.currentTarget.checked ? [...chosen, value] : chosen.filter((one) => one !== value))}
          />
          <bdi>{name}</bdi>
        </label>
      ))}
      {help === undefined && !isWrong ? null : (
        <div id={id} class={isWrong ? 'error' : 'help'}>
          {isWrong ? <Icon name="alert" size={14} /> : null}
          {isWrong ? error : help}
        </div>
      )}
    </fieldset>
  );
}
