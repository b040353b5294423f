// The people behind visitors, where they are kept.
import type { Moment, Room } from '../api/documents.ts';
import { get, post } from '../api/http.ts';
import { Refused } from '../../shared/answers.ts';
import { may } from './people.ts';

export interface Channel {
  readonly name: string;
  readonly verified: boolean;
  readonly visitorId: string;
  readonly value?: string;
  readonly lastChat?: { readonly _id: string; readonly ts: Moment };
}

export interface Conflict {
  /** `name`, `manager`, or `customFields.` and the id of a field. */
  readonly field: string;
  readonly value: string;
}

export interface Contact {
  readonly _id: string;
  readonly name: string;
  readonly emails: readonly { readonly address: string }[];
  readonly phones: readonly { readonly phoneNumber: string }[];
  /** The id of the account. */
  readonly contactManager?: string;
  readonly conflictingFields: readonly Conflict[];
  readonly customFields: Readonly<Record<string, string>>;
  readonly channels: readonly Channel[];
  readonly lastChat?: { readonly _id: string; readonly ts: Moment };
  readonly createdAt: Moment;
}

export interface ContactDraft {
  readonly name: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly manager: string;
  readonly custom: Readonly<Record<string, string>>;
}

const PAGE = 50;

/** The setting that says whether there are any. */
export const CONTACTS = 'Livechat_contacts_enabled';

/** Whether contacts are refused because none are kept, and not because of who asks. */
export const areNotKept = (error: unknown): boolean => error instanceof Refused && error.status === 403 && may('view-livechat-contact');

export const keepContacts = (): Promise<unknown> => post(`settings/${CONTACTS}`, { value: true });

export interface ContactPage {
  readonly contacts: readonly Contact[];
  readonly total: number;
}

export const findContacts = (searchText: string, offset: number): Promise<ContactPage> =>
  get<ContactPage>('omnichannel/contacts.search', { searchText, count: PAGE, offset });

export async function readContact(id: string): Promise<Contact> {
  const { contact } = await get<{ readonly contact: Contact | null }>('omnichannel/contacts.get', { contactId: id });
  if (contact === null) {
    throw new Refused(404, { error: 'error-contact-not-found' });
  }
  return contact;
}

/** The chats of a contact that are over, the latest first. */
export async function historyOf(id: string): Promise<readonly Room[]> {
  const { history } = await get<{ readonly history: readonly Room[] }>('omnichannel/contacts.history', { contactId: id, count: PAGE });
  return history;
}

export async function makeContact({ name, emails, phones, manager, custom }: ContactDraft): Promise<string> {
  const managed = manager === '' ? {} : { contactManager: manager };
  return (await post<{ readonly contactId: string }>('omnichannel/contacts', { name, emails, phones, customFields: custom, ...managed })).contactId;
}

/** Only what was changed is sent: the rest is not said to be written by whoever works here. */
export async function changeContact(id: string, { manager, custom, ...changed }: Partial<ContactDraft>): Promise<void> {
  const more = {
    ...(manager === undefined ? {} : { contactManager: manager }),
    ...(custom === undefined ? {} : { customFields: custom }),
  };
  await post('omnichannel/contacts.update', { contactId: id, ...changed, ...more });
}

/** What holds of a field about which something else was said. */
export async function resolveConflict(contact: Contact, field: string, value: string): Promise<void> {
  const of = field.startsWith('customFields.') ? field.slice('customFields.'.length) : undefined;
  const holds =
    of !== undefined
      ? { customFields: { ...contact.customFields, [of]: value } }
      : field === 'manager'
        ? { contactManager: value }
        : { [field]: value };
  await post('omnichannel/contacts.conflicts', { contactId: contact._id, ...holds });
}
