// What a visitor is asked before the first word.
import { useState } from 'preact/hooks';

import { register } from '../chat/chat.ts';
import { config, give, given } from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { callback } from '../host.ts';
import { t } from '../texts.ts';
import type { CustomField } from '../wire/documents.ts';
import { Field } from './Field.tsx';
import { mailFault, Problem, useForm } from './form.tsx';

function isWrong({ regexp }: CustomField, value: string): boolean {
  if ((regexp ?? '') === '' || value === '') {
    return false;
  }
  try {
    return !new RegExp(regexp ?? '').test(value);
  } catch {
    return false;
  }
}

export function Register() {
  const now = config.value;
  const known = given.value;
  const [name, setName] = useState(known.name ?? '');
  const [email, setEmail] = useState(known.email ?? '');
  const [department, setDepartment] = useState(known.department ?? '');
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() => ({
    ...Object.fromEntries(
      (now?.customFields ?? []).map((field) => [field._id, field.defaultValue ?? '']),
    ),
    ...Object.fromEntries(known.fields.map(({ key, value }) => [key, value])),
  }));
  const settings = now?.settings;
  const fields = now?.customFields ?? [];
  const departments = (now?.departments ?? []).filter((one) => one.showOnRegistration);

  const check = () => ({
    ...(settings?.nameFieldRegistrationForm === true && name.trim() === ''
      ? { name: t('required') }
      : {}),
    ...(settings?.emailFieldRegistrationForm === true ? { email: mailFault(email, true) } : {}),
    ...Object.fromEntries(
      fields.map((field) => {
        const value = (values[field._id] ?? '').trim();
        const isMissing = field.required === true && value === '';
        return [
          `field-${field._id}`,
          isMissing ? t('required') : isWrong(field, value) ? t('badFormat') : undefined,
        ];
      }),
    ),
  });
  const send = async () => {
    const customFields = fields
      .map(({ _id }) => ({ key: _id, value: (values[_id] ?? '').trim(), overwrite: true }))
      .filter(({ value }) => value !== '');
    const sent = { name: name.trim(), email: email.trim(), department };
    await register({ ...sent, customFields });
    if (department !== '') {
      give({ department });
    }
    callback('pre-chat-form-submit', {
      ...sent,
      customFields: Object.fromEntries(customFields.map(({ key, value }) => [key, value])),
    });
  };
  const { form, faults, problem, isBusy, onSubmit } = useForm(check, send);
  const intro = now?.messages.registrationFormMessage ?? '';

  return (
    <form class="form" ref={form} noValidate onSubmit={onSubmit}>
      <p class="intro" dir="auto">
        {intro === '' ? t('registerIntro') : intro}
      </p>
      {settings?.nameFieldRegistrationForm === true ? (
        <Field
          label={t('name')}
          name="name"
          autocomplete="name"
          required
          value={name}
          set={setName}
          fault={faults['name']}
        />
      ) : null}
      {settings?.emailFieldRegistrationForm === true ? (
        <Field
          label={t('email')}
          name="email"
          type="email"
          autocomplete="email"
          required
          value={email}
          set={setEmail}
          fault={faults['email']}
        />
      ) : null}
      {departments.length > 0 ? (
        <Field
          label={t('department')}
          name="department"
          type="select"
          value={department}
          set={setDepartment}
        >
          <option value="">{t('anyDepartment')}</option>
          {departments.map((one) => (
            <option key={one._id} value={one._id}>
              {clean(one.name)}
            </option>
          ))}
        </Field>
      ) : null}
      {fields.map((field) => (
        <Field
          key={field._id}
          label={clean(field.label)}
          name={`field-${field._id}`}
          type={field.type === 'select' ? 'select' : 'text'}
          required={field.required === true}
          value={values[field._id] ?? ''}
          set={(value) => setValues((before) => ({ ...before, [field._id]: value }))}
          fault={faults[`field-${field._id}`]}
        >
          <option value="">{t('choose')}</option>
          {(field.options ?? []).map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </Field>
      ))}
      <Problem text={problem} />
      <button class="primary" type="submit" aria-disabled={isBusy}>
        {t('startChat')}
      </button>
    </form>
  );
}
