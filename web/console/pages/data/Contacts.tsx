import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';

import { millis } from '../../api/documents.ts';
import { areNotKept, type Contact, CONTACTS, findContacts, keepContacts } from '../../live/contacts.ts';
import { may, mayChangeSettings, whoMay } from '../../live/people.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { useFound } from '../../parts/found.ts';
import { type Column, ListPage } from '../../parts/ListPage.tsx';
import { address } from '../../place.ts';
import { count, listed, t, when } from '../../texts.ts';
import { channelName } from './channels.ts';
import { ContactDrawer } from './ContactDrawer.tsx';

const find = async (words: string, offset: number) => {
  const { contacts, total } = await findContacts(words, offset);
  return { rows: contacts, total };
};

const ways = ({ channels }: Contact): string => listed([...new Set(channels.map(({ name }) => channelName(name)))]);

/** The people behind visitors. */
export function Contacts() {
  const { list, total, more } = useFound(find);
  if (areNotKept(list.error)) {
    return <NotKept again={list.again} />;
  }
  const columns: readonly [Column<Contact>, ...Column<Contact>[]] = [
    { key: 'name', name: t('name'), of: ({ name }) => name },
    { key: 'email', name: t('email'), of: ({ emails }) => emails.map((email) => email.address).join(', ') },
    { key: 'phone', name: t('phone'), of: ({ phones }) => phones.map(({ phoneNumber }) => phoneNumber).join(', '), isWide: true },
    { key: 'channels', name: t('channels'), of: ways, isWide: true },
    {
      key: 'conflicts',
      name: t('conflicts'),
      of: ({ conflictingFields }) => conflictingFields.length,
      show: ({ conflictingFields }) =>
        conflictingFields.length === 0 ? '' : <span class="badge badge-wait">{count('conflictsCount', conflictingFields.length)}</span>,
      isWide: true,
    },
    { key: 'last', name: t('lastChat'), of: ({ lastChat }) => (lastChat === undefined ? '' : new Date(millis(lastChat.ts)).toISOString()), show: ({ lastChat }) => (lastChat === undefined ? '' : when(millis(lastChat.ts), Date.now())), isNumber: true },
  ];
  return (
    <ListPage
      title={t('placeContacts')}
      icon="users"
      path="/admin/contacts"
      list={list}
      found={{ total, more }}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('findContacts')}
      create={may('create-livechat-contact') ? t('newContact') : undefined}
      empty={[t('noContactsYet'), t('noContactsYetMore')]}
      drawer={(_, page, id) => <ContactDrawer key={id} id={id} list={list} ways={page} />}
    />
  );
}

/** None are kept on this server. Who could change that is named. */
function NotKept({ again }: { readonly again: () => Promise<void> }) {
  const names = useSignal<readonly string[]>([]);
  const { fault, isBusy, run } = useAttempt();
  const maySwitch = mayChangeSettings();
  useEffect(() => {
    document.title = `${t('placeContacts')} · Hark`;
    const look = async (): Promise<void> => {
      names.value = await whoMay('edit-privileged-setting').catch(() => []);
    };
    void look();
  }, []);
  const keep = (): void =>
    run(async () => {
      await keepContacts();
      await again();
    });
  return (
    <main id="main" tabIndex={-1} class="nothing">
      <h1>{t('contactsOff')}</h1>
      <p>{t('contactsOffMore')}</p>
      {maySwitch || names.value.length === 0 ? null : <p>{count('canSwitchOn', names.value.length, { names: listed(names.value) })}</p>}
      <p class="quiet">
        {t('settingIs')} <span class="mono">{CONTACTS}</span>
      </p>
      <div class="line">
        {maySwitch ? (
          <button type="button" class="button primary" aria-disabled={isBusy.value} onClick={keep}>
            {t('keepContacts')}
          </button>
        ) : null}
        <a class="button" href={address('/admin/visitors')} data-inside>
          {t('placeVisitors')}
        </a>
      </div>
      <FaultLine words={fault.value} />
    </main>
  );
}
