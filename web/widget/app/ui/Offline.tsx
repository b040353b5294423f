// Nobody is there, or the visitor would rather not wait: he leaves a message.
import { useState } from 'preact/hooks';

import { leave } from '../chat/acts.ts';
import { config, given, leavingMessage, visitor } from '../chat/state.ts';
import { Formatted } from '../formatted.tsx';
import { draft, draftText } from '../memory.ts';
import { t } from '../texts.ts';
import { DepartmentField, EmailField, Field, NameField } from './Field.tsx';
import { mailFault, Problem, useForm } from './form.tsx';
import { Icon } from './icons.tsx';

function Sent({ more }: { readonly more: () => void }) {
  const words = config.value?.messages.offlineSuccessMessage ?? '';
  return (
    <div class="card place" role="status">
      <span class="tick">
        <Icon name="check" />
      </span>
      <p dir="auto">{words === '' ? t('offlineSent') : words}</p>
      <button class="secondary" type="button" onClick={more}>
        {t('leaveAnother')}
      </button>
    </div>
  );
}

export function Offline() {
  const [isSent, setSent] = useState(false);
  const [name, setName] = useState(visitor.value?.name ?? '');
  const [email, setEmail] = useState(visitor.value?.visitorEmails?.[0]?.address ?? '');
  const message = draft.value;
  const now = config.value;
  const departments = (now?.departments ?? []).filter((one) => one.showOnOfflineForm);
  // The one that he wanted to reach.
  const wish = given.value.department ?? visitor.value?.department;
  const [department = '', setDepartment] = useState(
    departments.find(({ _id }) => _id === wish)?._id,
  );

  const check = () => ({
    name: name.trim() === '' ? t('required') : undefined,
    email: mailFault(email, true),
    message: message.trim() === '' ? t('required') : undefined,
  });
  const send = async () => {
    await leave({
      name: name.trim(),
      email: email.trim(),
      message: message.trim(),
      ...(department === '' ? {} : { department }),
    });
    setSent(true);
  };
  const { form, faults, problem, isBusy, onSubmit } = useForm(check, send);
  if (isSent) {
    return <Sent more={() => setSent(false)} />;
  }
  const intro = now?.messages.offlineMessage ?? '';

  return (
    <form class="card form" ref={form} noValidate onSubmit={onSubmit}>
      <p class="intro" dir="auto">
        {intro === '' ? t('offlineIntro') : <Formatted text={intro} />}
      </p>
      <NameField value={name} set={setName} fault={faults['name']} />
      <EmailField value={email} set={setEmail} fault={faults['email']} />
      <DepartmentField
        departments={departments}
        none="–"
        value={department}
        set={setDepartment}
      />
      <Field
        label={t('yourMessage')}
        name="message"
        type="textarea"
        required
        value={message}
        set={draftText}
        fault={faults['message']}
      />
      <Problem text={problem} />
      <button class="primary" type="submit" aria-disabled={isBusy}>
        {t('send')}
      </button>
      {leavingMessage.value && now?.online === true ? (
        <button
          class="secondary"
          type="button"
          onClick={() => {
            leavingMessage.value = false;
          }}
        >
          {t('cancel')}
        </button>
      ) : null}
    </form>
  );
}

export function Unavailable() {
  const words = config.value?.messages.offlineUnavailableMessage ?? '';
  return (
    <div class="card place">
      <span class="tick">
        <Icon name="clock" />
      </span>
      <p dir="auto">{words === '' ? t('offlineUnavailable') : words}</p>
    </div>
  );
}
