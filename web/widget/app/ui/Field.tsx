// A labelled field whose fault stands beside it and is read with it.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import { name as clean } from '../formatted.tsx';
import { t } from '../texts.ts';
import type { Department } from '../wire/documents.ts';
import { Icon } from './icons.tsx';

interface Given {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly type?: 'text' | 'email' | 'textarea' | 'select';
  readonly required?: boolean;
  readonly fault?: string | undefined;
  readonly autocomplete?: string;
  readonly maxLength?: number;
  readonly children?: ComponentChildren;
}

export function Field(given: Given) {
  const { label, name, value, set, type = 'text', required = false, fault, children } = given;
  const id = useId();
  const shared = {
    id,
    name,
    value,
    'aria-required': required,
    'aria-invalid': fault !== undefined,
    ...(fault === undefined ? {} : { 'aria-describedby': `${id}-fault` }),
    dir: 'auto' as const,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
      set(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required ? null : <span class="optional"> ({t('optional')})</span>}
      </label>
      {type === 'textarea' ? (
        <textarea {...shared} rows={4} />
      ) : type === 'select' ? (
        <div class="select">
          <select {...shared}>{children}</select>
          <Icon name="down" />
        </div>
      ) : (
        <input
          {...shared}
          list={undefined}
          type={type}
          maxLength={given.maxLength ?? 500}
          autocomplete={given.autocomplete ?? 'off'}
        />
      )}
      {fault === undefined ? null : (
        <p class="fault" id={`${id}-fault`}>
          <Icon name="warning" small />
          {fault}
        </p>
      )}
    </div>
  );
}

type Usual = Pick<Given, 'value' | 'set' | 'fault'>;

export function NameField(given: Usual) {
  return <Field {...given} label={t('name')} name="name" autocomplete="name" required />;
}

export function EmailField(given: Usual) {
  return (
    <Field {...given} label={t('email')} name="email" type="email" autocomplete="email" required />
  );
}

/** Nothing where there is nothing to choose from. */
export function DepartmentField({
  departments,
  none = t('anyDepartment'),
  ...given
}: Usual & { readonly departments: readonly Department[]; readonly none?: string }) {
  return departments.length === 0 ? null : (
    <Field {...given} label={t('department')} name="department" type="select">
      <option value="">{none}</option>
      {departments.map((one) => (
        <option key={one._id} value={one._id}>
          {clean(one.name)}
        </option>
      ))}
    </Field>
  );
}
