// Rocket.Chat's documents are written by hand, with the members that the console reads: their moments are texts over REST and
// objects over the real-time API, and which members are always there depends on the room. Each of these members has to be one
// that the OpenAPI document knows; one that the server calls otherwise does not compile here.
import type { Contact } from '../live/contacts.ts';
import type { SetUp } from '../live/departments.ts';
import type { Tag } from '../live/replies.ts';
import type { Account, Role } from '../live/staff.ts';
import type { Unit } from '../live/units.ts';
import type { Agent, CannedResponse, CustomField, Inquiry, Me, Message, Permission, Person, PersonalToken, Place, Priority, Room, Sla, Transfer, Visitor } from './documents.ts';
import type * as said from './generated/rocketchat.ts';

type None<Extra extends never> = Extra;
/** `Left`: what the document does not describe yet. */
type Unknown<Written, Said, Left = never> = Exclude<keyof Written, keyof Said | Left>;

export type Held = readonly [
  None<Unknown<Account, said.User>>,
  None<Unknown<Agent, said.User, 'avatarETag'>>,
  None<Unknown<CannedResponse, said.CannedResponse, 'uses'>>,
  None<Unknown<Contact, said.Contact>>,
  None<Unknown<CustomField, said.CustomField>>,
  None<Unknown<Inquiry, said.Inquiry>>,
  None<Unknown<Me, said.User, 'avatarETag'>>,
  None<Unknown<Message, said.Message>>,
  None<Unknown<Permission, said.Permission>>,
  None<Unknown<Person, said.Person>>,
  None<Unknown<PersonalToken, said.PersonalToken>>,
  None<Unknown<Place, said.Subscription>>,
  None<Unknown<Priority, said.Priority>>,
  None<Unknown<Role, said.Role>>,
  None<Unknown<Room, said.Room, 'crmData' | 'lastMessage'>>,
  None<Unknown<SetUp, said.Department, 'businessHourId'>>,
  None<Unknown<Sla, said.Sla>>,
  None<Unknown<Tag, said.Tag>>,
  None<Unknown<Transfer, said.Transfer>>,
  None<Unknown<Unit, said.Unit>>,
  None<Unknown<Visitor, said.Visitor>>,
];
