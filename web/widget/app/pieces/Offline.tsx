// Nobody is there, or the visitor would rather not wait: he leaves a message.
import { useEffect, useState } from 'preact/hooks';

import { config, given, leavingMessage, letterIsSent, visitor } from '../chat/state.ts';
import { Formatted } from '../formatted.tsx';
import { draft, draftText } from '../memory.ts';
import { t } from '../texts.ts';
import { DepartmentField, EmailField, Field, NameField } from '../ui/Field.tsx';
import { mailFault, Problem, useForm } from '../ui/form.tsx';
import { Hours } from './Hours.tsx';
import { leave } from './letter.ts';
import { Icon } from '../ui/icons.tsx';
import { MARK, Named } from '../ui/Named.tsx';

interface Letter {
  readonly name: string;
  readonly email: string;
  readonly message: string;
}

function Sent({ email, message, more }: Omit<Letter, 'name'> & { readonly more: () => void }) {
  const words = config.value?.messages.offlineSuccessMessage ?? '';
  return (
    <div class="card place" role="status">
      <span class="tick">
        <Icon name="check" />
      </span>
      <h2 tabIndex={-1}>{t('offlineSent')}</h2>
      <p dir="auto">{words === '' ? t('offlineSentTo', { email }) : words}</p>
      <p class="quoted" dir="auto">
        {message}
      </p>
      <button class="link" type="button" onClick={more}>
        {t('leaveAnother')}
      </button>
    </div>
  );
}

interface Since {
  /** What was left before. */
  readonly last: Letter | undefined;
  readonly send: (letter: Letter) => void;
}

/** What has to be said: all of it in a form, or only the message where the rest is known. */
function Writing({ last, send }: Since) {
  const { visitorEmails, name: visitorName = given.value.name ?? '' } = visitor.value ?? {};
  // What he has not touched is what is known of him, whenever it is.
  const [ownName, setName] = useState<string>();
  const [ownEmail, setEmail] = useState<string>();
  const [wantsForm, setForm] = useState(false);
  const knownName = last?.name ?? visitorName;
  const knownEmail = last?.email ?? visitorEmails?.[0]?.address ?? given.value.email ?? '';
  const name = ownName ?? knownName;
  const email = ownEmail ?? knownEmail;
  const isForm = wantsForm || knownName === '' || knownEmail === '';
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
  const leaveIt = async () => {
    const letter = { name: name.trim(), email: email.trim(), message: message.trim() };
    await leave({ ...letter, ...(department === '' ? {} : { department }) });
    send(letter);
  };
  const { form, faults, problem, isBusy, onSubmit } = useForm(check, leaveIt);
  const intro = now?.messages.offlineMessage ?? '';
  const back = leavingMessage.value && now?.online === true;
  const words = {
    value: message,
    name: 'message',
    dir: 'auto' as const,
    onInput: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      draftText(currentTarget.value),
  };

  if (!isForm) {
    return (
      <>
        <form class="card" ref={form} noValidate onSubmit={onSubmit}>
          <div class="composer grown">
            <textarea {...words} aria-label={t('offlineTitle')} placeholder={t('offlineTitle')} />
            <div class="tools">
              <button
                class="plain send"
                type="submit"
                aria-label={t('sendMessage')}
                aria-disabled={isBusy || message.trim() === ''}
              >
                <span>
                  <Icon name="send" />
                </span>
              </button>
            </div>
          </div>
          <Problem text={problem} />
        </form>
        <p class="replyto">
          <Named text={t('offlineSentTo', { email: MARK })} name={email} />{' '}
          <button type="button" onClick={() => setForm(true)}>
            {t('departmentChange')}
          </button>
        </p>
      </>
    );
  }
  return (
    <form class="card form" ref={form} noValidate onSubmit={onSubmit}>
      {intro === '' ? null : (
        <p class="intro" dir="auto">
          <Formatted text={intro} />
        </p>
      )}
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
        {t('sendMessage')}
      </button>
      {back ? (
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

function again(): void {
  letterIsSent.value = false;
}

export function Offline() {
  const [last, setLast] = useState<Letter>();
  const send = (letter: Letter) => {
    setLast(letter);
    letterIsSent.value = true;
  };
  useEffect(() => again, []);
  return (
    <>
      {letterIsSent.value && last !== undefined ? (
        <Sent {...last} more={again} />
      ) : (
        <Writing last={last} send={send} />
      )}
      <Hours />
    </>
  );
}
