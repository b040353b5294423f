import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

import { Icon } from './Icon.tsx';

interface Props {
  readonly label: string;
  readonly help?: ComponentChildren;
  /** What is wrong with what was typed. */
  readonly error?: ComponentChildren;
  /** It is not saved yet. */
  readonly isChanged?: boolean;
  readonly control: (given: Given) => JSX.Element;
}

/** What the control of a field has to have. */
export interface Given {
  readonly id: string;
  readonly class: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

/** A label, what one fills in, and what is said of it. */
export function Field({ label, help, error, isChanged = false, control }: Props) {
  const id = useId();
  const about = `${id}-about`;
  const isWrong = error !== undefined && error !== null && error !== '';
  const isDescribed = isWrong || help !== undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({
        id,
        class: `input${isWrong ? ' is-invalid' : isChanged ? ' is-changed' : ''}`,
        ...(isDescribed ? { 'aria-describedby': about } : {}),
        ...(isWrong ? { 'aria-invalid': true as const } : {}),
      })}
      {isDescribed ? (
        <div id={about} class={isWrong ? 'error' : 'help'}>
          {isWrong ? <Icon name="alert" size={14} /> : null}
          {isWrong ? error : help}
        </div>
      ) : null}
    </div>
  );
}

interface TextProps extends Omit<Props, 'control'> {
  readonly value: string;
  /** Nothing where it is changed elsewhere. */
  readonly change?: (value: string) => void;
  readonly kind?: 'text' | 'email' | 'url' | 'number' | 'tel' | 'date' | 'datetime-local';
  /** What machines read: it runs from left to right in every language. */
  readonly isCode?: boolean;
  /** A text of several lines. */
  readonly rows?: number;
  readonly placeholder?: string;
}

/** A field with a line of text in it, or several. */
export function TextField({ value, change, kind = 'text', isCode = false, rows, placeholder, ...field }: TextProps) {
  const heard = (event: { readonly currentTarget: { readonly value: string } }): void => change?.(event.currentTarget.value);
  const common = { value, placeholder, onInput: heard, readOnly: change === undefined };
  return (
    <Field
      {...field}
      control={(given) =>
        rows === undefined ? (
          <input {...given} {...common} {...(isCode ? { class: `${given.class} mono` } : {})} {...{ type: kind as 'text' }} />
        ) : (
          <textarea {...given} {...common} rows={rows} />
        )
      }
    />
  );
}

interface ChoiceProps extends Omit<Props, 'control'> {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly choices: readonly (readonly [value: string, name: string])[];
}

/** A field with one of several in it. */
export function ChoiceField({ value, change, choices, ...field }: ChoiceProps) {
  return (
    <Field
      {...field}
      control={(given) => (
        <select {...given} value={value} onChange={(event) => change(event.currentTarget.value)}>
          {choices.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      )}
    />
  );
}
