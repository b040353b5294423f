import './data.css';

import { useRef } from 'preact/hooks';

import { calledAs } from '../../api/documents.ts';
import { changeContact, type Contact, type ContactDraft, historyOf, makeContact, readContact } from '../../live/contacts.ts';
import { type Field, readFields } from '../../live/fields.ts';
import { agents, may } from '../../live/people.ts';
import { ChipsField } from '../../parts/ChipsField.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { NEW, type Ways } from '../../parts/ListPage.tsx';
import { named } from '../../parts/named.ts';
import { NotRead } from '../../parts/NotRead.tsx';
import { type Reading, useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { t } from '../../texts.ts';
import { CustomValues } from './CustomValues.tsx';
import { Channels, Conflicts, History } from './ContactFacts.tsx';

interface Props {
  readonly id: string;
  readonly list: Reading<readonly Contact[]>;
  readonly ways: Ways;
}

interface Known {
  readonly contact: Contact | undefined;
  readonly fields: readonly Field[];
}

/** A contact in full, or one that is made. */
export function ContactDrawer({ id, list, ways }: Props) {
  const known = useReading(async (): Promise<Known> => {
    const [contact, fields] = await Promise.all([id === NEW ? undefined : readContact(id), readFields()]);
    return { contact, fields: fields.filter(({ scope }) => scope === 'visitor') };
  }, id);
  const again = async (): Promise<void> => {
    await Promise.all([known.again(), list.again()]);
  };
  return known.value === undefined ? (
    <Drawer title={id === NEW ? t('newContact') : t('contact')} close={ways.close}>
      {known.error === undefined ? <Skeleton rows={6} /> : <NotRead error={known.error} again={() => void known.again()} />}
    </Drawer>
  ) : (
    <Filled known={known.value} ways={ways} again={again} />
  );
}

const EMPTY: ContactDraft = { name: '', emails: [], phones: [], manager: '', custom: {} };

const draftOf = ({ name, emails, phones, contactManager = '', customFields }: Contact): ContactDraft => ({
  name,
  emails: emails.map(({ address }) => address),
  phones: phones.map(({ phoneNumber }) => phoneNumber),
  manager: contactManager,
  custom: customFields,
});

interface FilledProps {
  readonly known: Known;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

function Filled({ known: { contact, fields }, ways, again }: FilledProps) {
  const made = useRef('');
  const form = useForm<ContactDraft>({
    id: contact?._id,
    value: contact === undefined ? EMPTY : draftOf(contact),
    read: async () => (contact === undefined ? EMPTY : draftOf(await readContact(contact._id))),
    write: async (all, changed) => {
      if (contact === undefined) {
        made.current = await makeContact(all);
      } else {
        await changeContact(contact._id, changed);
      }
      await again();
    },
    wishes: () => ({ name: 'needed', emails: 'email' }),
    ...(contact === undefined ? { whenSaved: () => ways.open(made.current) } : {}),
  });
  const history = useReading(async () => (contact === undefined ? [] : await historyOf(contact._id)));
  const { value, change, of } = form;
  const names = { name: t('name'), emails: t('email'), phones: t('phone'), manager: t('contactManager'), custom: t('placeFields') };
  const managers = [['', t('nobody')], ...agents.value.map((one) => [one._id, calledAs(one)] as const)] as const;
  const mayChange = may(contact === undefined ? 'create-livechat-contact' : 'update-livechat-contact');
  return (
    <Drawer
      title={contact?.name ?? t('newContact')}
      close={ways.close}
      {...(contact === undefined ? {} : { step: ways.step })}
      foot={mayChange ? <SaveBar form={form} names={names} shows={{ manager: named(managers), custom: (values) => fields.map(({ _id, label }) => [label, values[_id] ?? '']) }} /> : null}
    >
      {contact === undefined ? null : <Conflicts contact={contact} fields={fields} again={again} />}
      <fieldset class="data-form" disabled={!mayChange}>
        <TextField label={names.name} value={value.name} change={(name) => change({ name })} {...of('name')} />
        <ChipsField label={names.emails} words={value.emails} change={(emails) => change({ emails })} {...of('emails')} />
        <ChipsField label={names.phones} words={value.phones} change={(phones) => change({ phones })} {...of('phones')} />
        <ChoiceField
          label={names.manager}
          value={value.manager}
          change={(manager) => change({ manager })}
          choices={managers}
          {...of('manager')}
        />
        <CustomValues fields={fields} values={value.custom} was={form.was.custom} change={(custom) => change({ custom })} />
      </fieldset>
      {contact === undefined ? null : (
        <>
          <Channels contact={contact} />
          <History chats={history} />
        </>
      )}
    </Drawer>
  );
}
