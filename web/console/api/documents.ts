// What the server says of things, as far as the console reads it. What Hark's own API answers has the types of its OpenAPI
// document, in `generated`. Rocket.Chat's documents have more members, and moments that are written in two ways: so these are
// written by hand, and `held.ts` holds their members against that API's document.

import type { ConversationNote, Delivery, LogIn, Mention, RelatedChat } from './generated/hark.ts';

/** Over REST a text, over the real-time API an object. */
export type Moment = string | number | { readonly $date: number };

export const millis = (at: Moment): number =>
  typeof at === 'object' ? at.$date : new Date(at).getTime();

export interface Person {
  readonly _id: string;
  readonly username: string;
  readonly name?: string;
}

/** Some have no name beside the one by which they are known here. */
export const calledAs = ({ name, username }: { readonly name?: string | null; readonly username: string }): string => name ?? username;

export type Presence = 'online' | 'away' | 'busy' | 'offline';

export interface Me extends Person {
  readonly roles: readonly string[];
  readonly status: Presence;
  readonly statusLivechat?: 'available' | 'not-available';
  readonly email?: string;
  /** Changes with the picture that they show; without one there is none. */
  readonly avatarETag?: string | undefined;
  readonly createdAt?: string;
  readonly services?: { readonly totp?: { readonly enabled?: boolean } };
}

export interface PersonalToken {
  readonly name: string;
  readonly createdAt: string;
  readonly lastTokenPart: string;
}

/** Where one is logged in. */
export type OwnSession = LogIn;

export interface Welcome {
  readonly userId: string;
  readonly authToken: string;
  readonly me: Me;
}

export interface Guest extends Person {
  readonly status?: Presence;
  readonly phone?: string;
}

export interface Source {
  readonly type: string;
}

export interface Room {
  readonly _id: string;
  readonly t: string;
  readonly fname?: string;
  readonly msgs: number;
  readonly ts: Moment;
  readonly lm: Moment;
  readonly v?: Guest;
  readonly open?: boolean;
  readonly onHold?: boolean;
  readonly waitingResponse?: boolean;
  readonly priorityId?: string;
  readonly slaId?: string;
  readonly departmentId?: string;
  readonly servedBy?: Person & { readonly ts: Moment };
  readonly source?: Source;
  readonly topic?: string;
  readonly tags?: readonly string[];
  readonly livechatData?: Readonly<Record<string, string>>;
  readonly crmData?: unknown;
  readonly metrics?: { readonly v?: { readonly lq?: Moment } };
  readonly lastMessage?: Message;
  readonly closedBy?: Person;
  readonly closedAt?: Moment;
  readonly closer?: string;
  readonly _updatedAt: Moment;
}

/** Somebody's place in a room. */
export interface Place {
  readonly _id: string;
  readonly rid: string;
  readonly t: string;
  readonly name?: string;
  readonly fname?: string;
  readonly unread: number;
  readonly department?: string;
  readonly ts: Moment;
}

/** A chat's place in the queue. */
export interface Inquiry {
  readonly _id: string;
  readonly rid: string;
  readonly name?: string;
  /** With which the chat was opened; who opens it first has said nothing yet. */
  readonly message?: string;
  readonly lastMessage?: Message | null;
  readonly ts: Moment;
  /** Since when it waits this time. */
  readonly queuedAt?: Moment;
  readonly status: string;
  readonly priorityId?: string;
  readonly slaId?: string;
  readonly department?: string;
  readonly source?: Source;
  readonly v?: Guest;
}

export interface Attachment {
  /** Of a message that is quoted, with who wrote it and what. */
  readonly message_link?: string;
  readonly author_name?: string;
  readonly text?: string;
  readonly title?: string;
  readonly title_link?: string;
  readonly image_url?: string;
  readonly image_type?: string;
  readonly image_size?: number;
  readonly image_dimensions?: { readonly width: number; readonly height: number };
  readonly size?: number;
  readonly description?: string;
}

export interface Transfer {
  readonly transferredBy?: { readonly username?: string; readonly name?: string };
  readonly transferredTo?: { readonly username?: string; readonly name?: string };
  readonly scope?: string;
  readonly comment?: string;
  readonly nextDepartment?: { readonly _id?: string; readonly name?: string };
}

export interface Message {
  readonly _id: string;
  readonly rid: string;
  readonly msg: string;
  /** What happened; a message that somebody wrote has none. */
  readonly t?: string;
  /** Only what visitors wrote has one. */
  readonly token?: string;
  readonly ts: Moment;
  readonly u: Person;
  readonly editedAt?: Moment;
  readonly editedBy?: Person;
  readonly attachments?: readonly Attachment[];
  readonly file?: { readonly _id: string; readonly name: string; readonly type: string; readonly size?: number };
  readonly transferData?: Transfer;
  readonly priorityData?: { readonly priority?: Pick<Priority, 'i18n' | 'name'> };
  readonly slaData?: { readonly sla?: Pick<Sla, 'name'> };
  readonly navigation?: { readonly page?: { readonly title?: string; readonly location?: { readonly href?: string } } };
  readonly _updatedAt: Moment;
}

/** What somebody wrote in a chat for their colleagues. */
export type Note = ConversationNote;

/** Where somebody is mentioned. */
export type { Mention };

/** With places for what is known of a chat. */
export interface CannedResponse {
  readonly _id: string;
  readonly shortcut: string;
  readonly text: string;
  readonly scope: 'user' | 'department' | 'global';
  readonly departmentId?: string;
  readonly tags: readonly string[];
  /** How often it was put into a chat. */
  readonly uses: number;
  /** Whose own it is. */
  readonly userId?: string;
}

export interface Priority {
  readonly _id: string;
  /** As it came: `Highest` to `Lowest`. */
  readonly i18n: string;
  /** As somebody has called it since. */
  readonly name?: string;
  readonly sortItem: number;
}

export interface Sla {
  readonly _id: string;
  readonly name: string;
  readonly dueTimeInMinutes: number;
}

/** How many chats an agent has in a department. */
export interface Load {
  readonly user: Person;
  readonly chats: number;
}

export interface Department {
  readonly _id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly requestTagBeforeClosingChat?: boolean;
  readonly chatClosingTags?: readonly string[];
}

export interface Agent extends Person {
  readonly avatarETag?: string | undefined;
  readonly status: Presence;
  readonly statusLivechat?: 'available' | 'not-available';
  readonly departments?: readonly string[];
}

export interface Visitor extends Person {
  readonly visitorEmails?: readonly { readonly address: string }[];
  readonly phone?: readonly { readonly phoneNumber: string }[];
  readonly livechatData?: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly userAgent?: string;
  readonly status?: Presence;
}

export interface CustomField {
  readonly _id: string;
  readonly label: string;
  readonly scope: 'visitor' | 'room';
  readonly visibility: string;
}

export interface Permission {
  readonly _id: string;
  readonly roles: readonly string[];
}

/** Another chat of the same visitor, or of somebody who gave the same address or number. */
export type Related = RelatedChat;

/** What an endpoint of webhooks was told of an event. */
export type { Delivery };
