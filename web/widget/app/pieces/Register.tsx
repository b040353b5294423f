// What a visitor is asked before the first word is sent, below it.
import { useState } from 'preact/hooks';

import { register } from '../chat/chat.ts';
import { config, firstWords, give, given } from '../chat/state.ts';
import { name as clean } from '../formatted.tsx';
import { callback } from '../host.ts';
import { t } from '../texts.ts';
import type { CustomField } from '../wire/documents.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { DepartmentField, EmailField, Field, NameField } from '../ui/Field.tsx';
import { mailFault, Problem, useForm } from '../ui/form.tsx';
import { Icon } from '../ui/icons.tsx';
import { title } from '../ui/people.ts';

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
  // What the visitor has not touched is what the site's page says of him, whenever it does.
  const [ownName, setName] = useState<string>();
  const [ownEmail, setEmail] = useState<string>();
  const [ownDepartment, setDepartment] = useState<string>();
  const name = ownName ?? known.name ?? '';
  const email = ownEmail ?? known.email ?? '';
  const department = ownDepartment ?? known.department ?? '';
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const valueOf = ({ _id, defaultValue }: CustomField) =>
    own[_id] ?? known.fields.find(({ key }) => key === _id)?.value ?? defaultValue ?? '';
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
        const value = valueOf(field).trim();
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
      .map((field) => ({ key: field._id, value: valueOf(field).trim(), overwrite: true }))
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
  const words = firstWords.value ?? '';

  return (
    <div class="talk">
      <div class="scroller">
        <ol>
          {words === '' ? null : (
            <li class="row own waiting">
              <span class="unseen">{t('you')}</span>
              <p class="bubble" dir="auto">
                {words}
              </p>
              <span class="when">
                <Icon name="clock" small />
                {t('sendsOnStart')}
              </span>
            </li>
          )}
          <li class="row theirs faced">
            <Avatar name={title()} kind="shop" />
            <bdi class="author">{title()}</bdi>
            <p class="bubble" dir="auto">
              {intro === '' ? t('registerIntro') : intro}
            </p>
          </li>
        </ol>
        <form class="card form" ref={form} noValidate onSubmit={onSubmit}>
        {settings?.nameFieldRegistrationForm === true ? (
          <NameField value={name} set={setName} fault={faults['name']} />
        ) : null}
        {settings?.emailFieldRegistrationForm === true ? (
          <EmailField value={email} set={setEmail} fault={faults['email']} />
        ) : null}
        <DepartmentField departments={departments} value={department} set={setDepartment} />
        {fields.map((field) => (
          <Field
            key={field._id}
            label={clean(field.label)}
            name={`field-${field._id}`}
            type={field.type === 'select' ? 'select' : 'text'}
            required={field.required === true}
            value={valueOf(field)}
            set={(value) => setOwn((before) => ({ ...before, [field._id]: value }))}
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
      </div>
    </div>
  );
}
