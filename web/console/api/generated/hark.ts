// Written by tests/console/api.test.ts from the document of the API. Not to be changed by hand.

export interface AgentNow {
  /** The id of the account. */
  readonly id: string;
  /** The user name. */
  readonly username: string;
  /** Their name. */
  readonly name: string;
  /** Whether they are there: `online`, `away`, `busy` or `offline`. */
  readonly status: string;
  /** Whether they take chats. */
  readonly available: boolean;
  /** The ids of the departments for which they answer. */
  readonly departments: readonly string[];
  /** How many chats they have that are not on hold. */
  readonly chats: number;
  /** How many are on hold. */
  readonly held: number;
  /** In how many of their chats the visitor spoke last. */
  readonly waiting: number;
  /** How long the first of these visitors has waited since then. */
  readonly longestWaitMs: number | null;
  /** How many chats they may have at once; `null`: as many as they like. */
  readonly most: number | null;
}

export interface AgentReading {
  /** The id of the agent's account. */
  readonly id: string;
  /** Their user name. */
  readonly username: string;
  /** Up to when they have read everything. */
  readonly at: string | null;
  /** How many messages they have not read. */
  readonly unread: number;
}

export interface Attempt {
  /** 1 for the first one. */
  readonly number: number;
  /** When it began. */
  readonly at: string;
  /** Where it went. */
  readonly url: string;
  /** What was sent besides the body. */
  readonly requestHeaders: readonly Header[];
  /** The status of the answer; `null` where there was none. */
  readonly status: number | null;
  /** The headers of the answer. */
  readonly responseHeaders: readonly Header[] | null;
  /** The body of the answer, as far as it is kept. */
  readonly response: string | null;
  /** Whether there was more of it. */
  readonly responseTruncated: boolean;
  /** The class of what went wrong; `null` for success. */
  readonly error: string | null;
  /** The same as a sentence. */
  readonly detail: string | null;
  /** The address that it was connected to. */
  readonly address: string | null;
  /** Whether a connection was there already. */
  readonly reusedConnection: boolean;
  /** How long each part of it took. */
  readonly phasesMs: Phases;
}

/** What one request changed, and who made it. */
export interface AuditLine {
  /** The id of the entry. */
  readonly id: string;
  /** When it was. */
  readonly at: string;
  /** Nobody: the operator on the command line, or Hark by itself. */
  readonly by: AuditedBy | null;
  /** Of the first of its changes. */
  readonly kind: string;
  /** What was changed. */
  readonly changes: readonly AuditedChange[];
  /** How many changes are not listed. */
  readonly leftOut: number;
}

/** Some entries of a list, and where the next ones begin. */
export interface AuditLinePage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly AuditLine[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface AuditedBy {
  /** The id of the account. */
  readonly id: string;
  /** Its user name at that time. */
  readonly username: string;
  /** What the person is called now; `null` of an account that is gone. */
  readonly name: string | null;
}

export interface AuditedChange {
  /** The kind of change. */
  readonly kind: string;
  /** The id of what was changed. */
  readonly subject: string;
  /** What it was called at that time. */
  readonly name: string | null;
  /** What there was; `null` where there was nothing, where it is a secret, and where only the fact is known. */
  readonly from: unknown;
  /** What there is instead, under the same rule. */
  readonly to: unknown;
}

/** Chats of which something took at least so long, and not as long as that. */
export interface Between {
  /** The shortest time that is in it, in milliseconds. */
  readonly fromMs: number;
  /** The end, which is outside; `null` of the longest. */
  readonly untilMs: number | null;
  /** How many chats. */
  readonly chats: number;
}

export interface Capacity {
  /** Open ones that are not on hold. */
  readonly chats: number;
  /** Without one, as many as they like. */
  readonly most: number | null;
  /** Whether they have as many as they may have. */
  readonly full: boolean;
}

/** The kinds of events. */
export interface Catalogue {
  /** Every kind that a webhook may ask for. */
  readonly kinds: readonly CatalogueKind[];
  /** How deliveries of each dialect are tried, unless an endpoint wants it otherwise. */
  readonly schedules: Readonly<Record<string, Schedule>>;
}

export interface CatalogueDialect {
  /** The JSON Schema of the body. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** A body. */
  readonly example: unknown;
}

export interface CatalogueKind {
  /** The name of the kind. */
  readonly name: string;
  /** When it happens. */
  readonly summary: string;
  /** By the names of the dialects that have a word for such events. */
  readonly dialects: Readonly<Record<string, CatalogueDialect>>;
}

export interface Condition {
  /** What it waits for. */
  readonly name: 'page-url' | 'time-on-site';
  /** The seconds, or the pattern of the address. */
  readonly value: unknown;
}

/** What was said in a conversation. */
export interface ConversationMessage {
  /** The id of the message. */
  readonly id: string;
  /** The number of the conversation's event with which it came. */
  readonly sequence: number;
  /** What Hark says there by itself, as `stream-room-messages` calls it. */
  readonly notice: string | null;
  /** Whether it is the visitor's. */
  readonly byVisitor: boolean;
  /** Who wrote it. */
  readonly author: Writer;
  /** What it says. */
  readonly text: string;
  /** The file that came with it. */
  readonly file: MessageFile | null;
  /** When it was said. */
  readonly sentAt: string;
  /** When it was changed last. */
  readonly editedAt: string | null;
}

/** What agents write for each other. The visitor never sees it. */
export interface ConversationNote {
  /** The id of the note. */
  readonly id: string;
  /** The id of the chat. */
  readonly conversation: string;
  /** The number of the conversation's event with which it came. */
  readonly sequence: number;
  /** Who wrote it. */
  readonly author: Writer;
  /** What it says. */
  readonly text: string;
  /** Who is mentioned in it. */
  readonly mentions: readonly Named[];
  /** When it was written. */
  readonly addedAt: string;
  /** When it was changed last. */
  readonly editedAt: string | null;
}

/** What a replay would be. */
export interface Count {
  /** Always `true`: nothing was sent. */
  readonly dryRun: boolean;
  /** Events behind this place in the log. */
  readonly afterEvent: number;
  /** Events up to this place. */
  readonly untilEvent: number;
  /** How many events there are. */
  readonly events: number;
  /** How many deliveries would be made. */
  readonly queued: number;
  /** How many of them there are of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Of how many chats they tell. */
  readonly conversations: number;
  /** Whether there are more than were counted. */
  readonly isPartial: boolean;
}

export interface Delivery {
  /** Its id, which is the `webhook-id` of its requests. */
  readonly id: string;
  /** Where it goes; `null` for an endpoint that is gone. */
  readonly endpoint: DeliveryEndpoint | null;
  /** The event's place in the log. */
  readonly eventId: number;
  /** The kind of the event. */
  readonly kind: string;
  /** The id of the chat, if it is about one. */
  readonly conversation: string | null;
  /** The name of the visitor whose chat it is; `null` without one, and of a chat that is gone. */
  readonly visitor: string | null;
  /** The number of the event inside its conversation. */
  readonly sequence: number | null;
  /** When the event happened. */
  readonly happenedAt: string;
  /** Whether it is on its way, has arrived, or was given up. */
  readonly state: 'pending' | 'delivered' | 'given-up';
  /** How many requests were made for it since it was last sent again. */
  readonly attempts: number;
  /** How many were made before that. */
  readonly attemptsBefore: number;
  /** When it is tried again. */
  readonly nextAttemptAt: string | null;
  /** When it arrived or was given up. */
  readonly settledAt: string | null;
  /** The status of the last answer. */
  readonly status: number | null;
  /** The class of what went wrong last. */
  readonly error: string | null;
}

export interface DeliveryEndpoint {
  /** The id of the endpoint. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** How its bodies are written. */
  readonly dialect: 'rocketchat' | 'comm100' | 'standard';
}

export interface DeliveryInFull {
  /** Its id, which is the `webhook-id` of its requests. */
  readonly id: string;
  /** Where it goes; `null` for an endpoint that is gone. */
  readonly endpoint: DeliveryEndpoint | null;
  /** The event's place in the log. */
  readonly eventId: number;
  /** The kind of the event. */
  readonly kind: string;
  /** The id of the chat, if it is about one. */
  readonly conversation: string | null;
  /** The name of the visitor whose chat it is; `null` without one, and of a chat that is gone. */
  readonly visitor: string | null;
  /** The number of the event inside its conversation. */
  readonly sequence: number | null;
  /** When the event happened. */
  readonly happenedAt: string;
  /** Whether it is on its way, has arrived, or was given up. */
  readonly state: 'pending' | 'delivered' | 'given-up';
  /** How many requests were made for it since it was last sent again. */
  readonly attempts: number;
  /** How many were made before that. */
  readonly attemptsBefore: number;
  /** When it is tried again. */
  readonly nextAttemptAt: string | null;
  /** When it arrived or was given up. */
  readonly settledAt: string | null;
  /** The status of the last answer. */
  readonly status: number | null;
  /** The class of what went wrong last. */
  readonly error: string | null;
  /** The bytes that are sent, as text. */
  readonly body: string;
  /** How many bytes they are. */
  readonly bodyBytes: number;
  /** Whether more is sent than is shown here. */
  readonly bodyTruncated: boolean;
  /** Its requests, the first one first. */
  readonly attemptLog: readonly Attempt[];
}

/** Some entries of a list, and where the next ones begin. */
export interface DeliveryPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly Delivery[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface Endpoint {
  /** Its id; `workspace` for the workspace's webhook. */
  readonly id: string;
  /** Who made it: the workspace's settings, Comm100's API, or this API and the console. */
  readonly origin: 'workspace' | 'comm100' | 'hark';
  /** What people call it. */
  readonly name: string;
  /** How its bodies are written. */
  readonly dialect: 'rocketchat' | 'comm100' | 'standard';
  /** Where its events go; secrets in it are masked. */
  readonly url: string;
  /** Kinds, families (`chat.*`), or `*` for all. */
  readonly events: readonly string[];
  /** `active`, `paused` by a person, or `disabled` by failures. */
  readonly state: 'active' | 'paused' | 'disabled';
  /** Why it is in this state, where somebody or something said so. */
  readonly reason: string | null;
  /** Since when it is in this state. */
  readonly stateSince: string | null;
  /** What keeps its URL from being used. */
  readonly complaint: string | null;
  /** Why nothing arrives there, while that is so. */
  readonly trouble: EndpointTrouble | null;
  /** The secrets that are good now, without what they are. */
  readonly secrets: readonly EndpointSecret[];
  /** The keys by which `v1a` signatures are verified. */
  readonly publicKeys: readonly string[];
  /** Whether requests carry a word by which the receiver knows us, as those of the workspace's webhook may. */
  readonly hasToken: boolean;
  /** What was chosen by hand of how deliveries are tried. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** How deliveries are tried, with what was chosen and what the dialect says. */
  readonly schedule: Schedule;
  /** Events behind this place in the log go to it. */
  readonly sinceEvent: number;
  /** When it was made; `null` for what was always there. */
  readonly createdAt: string | null;
  /** When it was changed last. */
  readonly updatedAt: string | null;
}

/** With how it goes with it. */
export interface EndpointInFull {
  /** Its id; `workspace` for the workspace's webhook. */
  readonly id: string;
  /** Who made it: the workspace's settings, Comm100's API, or this API and the console. */
  readonly origin: 'workspace' | 'comm100' | 'hark';
  /** What people call it. */
  readonly name: string;
  /** How its bodies are written. */
  readonly dialect: 'rocketchat' | 'comm100' | 'standard';
  /** Where its events go; secrets in it are masked. */
  readonly url: string;
  /** Kinds, families (`chat.*`), or `*` for all. */
  readonly events: readonly string[];
  /** `active`, `paused` by a person, or `disabled` by failures. */
  readonly state: 'active' | 'paused' | 'disabled';
  /** Why it is in this state, where somebody or something said so. */
  readonly reason: string | null;
  /** Since when it is in this state. */
  readonly stateSince: string | null;
  /** What keeps its URL from being used. */
  readonly complaint: string | null;
  /** Why nothing arrives there, while that is so. */
  readonly trouble: EndpointTrouble | null;
  /** The secrets that are good now, without what they are. */
  readonly secrets: readonly EndpointSecret[];
  /** The keys by which `v1a` signatures are verified. */
  readonly publicKeys: readonly string[];
  /** Whether requests carry a word by which the receiver knows us, as those of the workspace's webhook may. */
  readonly hasToken: boolean;
  /** What was chosen by hand of how deliveries are tried. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** How deliveries are tried, with what was chosen and what the dialect says. */
  readonly schedule: Schedule;
  /** Events behind this place in the log go to it. */
  readonly sinceEvent: number;
  /** When it was made; `null` for what was always there. */
  readonly createdAt: string | null;
  /** When it was changed last. */
  readonly updatedAt: string | null;
  /** How it goes with it. */
  readonly stats: Stats;
}

/** Some entries of a list, and where the next ones begin. */
export interface EndpointPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly Endpoint[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface EndpointSecret {
  /** A shared secret, or a key pair. */
  readonly scheme: 'v1' | 'v1a';
  /** Its last characters. */
  readonly hint: string;
  /** Until when it is good, once another one has followed it. */
  readonly until: string | null;
}

export interface EndpointTrouble {
  /** The class of what goes wrong, as attempts have it. */
  readonly error: string;
  /** The same as a sentence. */
  readonly reason: string;
  /** Since when it goes wrong. */
  readonly since: string;
}

/** With the secret that it has got: the only time that it is shown. */
export interface EndpointWithSecret {
  /** Its id; `workspace` for the workspace's webhook. */
  readonly id: string;
  /** Who made it: the workspace's settings, Comm100's API, or this API and the console. */
  readonly origin: 'workspace' | 'comm100' | 'hark';
  /** What people call it. */
  readonly name: string;
  /** How its bodies are written. */
  readonly dialect: 'rocketchat' | 'comm100' | 'standard';
  /** Where its events go; secrets in it are masked. */
  readonly url: string;
  /** Kinds, families (`chat.*`), or `*` for all. */
  readonly events: readonly string[];
  /** `active`, `paused` by a person, or `disabled` by failures. */
  readonly state: 'active' | 'paused' | 'disabled';
  /** Why it is in this state, where somebody or something said so. */
  readonly reason: string | null;
  /** Since when it is in this state. */
  readonly stateSince: string | null;
  /** What keeps its URL from being used. */
  readonly complaint: string | null;
  /** Why nothing arrives there, while that is so. */
  readonly trouble: EndpointTrouble | null;
  /** The secrets that are good now, without what they are. */
  readonly secrets: readonly EndpointSecret[];
  /** The keys by which `v1a` signatures are verified. */
  readonly publicKeys: readonly string[];
  /** Whether requests carry a word by which the receiver knows us, as those of the workspace's webhook may. */
  readonly hasToken: boolean;
  /** What was chosen by hand of how deliveries are tried. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** How deliveries are tried, with what was chosen and what the dialect says. */
  readonly schedule: Schedule;
  /** Events behind this place in the log go to it. */
  readonly sinceEvent: number;
  /** When it was made; `null` for what was always there. */
  readonly createdAt: string | null;
  /** When it was changed last. */
  readonly updatedAt: string | null;
  /** The secret; `null` where nothing is signed. */
  readonly secret: string | null;
}

/** One of both. */
export interface Entry {
  /** What was said. */
  readonly message: ConversationMessage | null;
  /** What was noted. */
  readonly note: ConversationNote | null;
}

/** Some entries of a list, and where the next ones begin. */
export interface EntryPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly Entry[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

/** How many events of each kind there were since a moment. */
export interface EventCounts {
  /** Since when. */
  readonly from: string;
  /** Otherwise there were more of them than are counted, and these are the latest. */
  readonly whole: boolean;
  /** How many, by kind. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** Events as the standard dialect writes them. */
export interface EventPage {
  /** The events, the first one first. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
  /** What `after` has to be for the next page. */
  readonly after: number;
  /** Whether there are more already. */
  readonly hasMore: boolean;
}

/** All that is kept of a visitor. */
export interface Export {
  /** Who they are. */
  readonly visitor: PersonalData;
  /** Their conversations, the latest first. */
  readonly items: readonly ExportedConversation[];
  /** What `cursor` has to be for the next page. */
  readonly nextCursor: string | null;
}

/** A conversation and what was said in it, the latest first. One that is long goes on on the next page. */
export interface ExportedConversation {
  /** The conversation. */
  readonly conversation: FoundConversation;
  /** The pages that the visitor had looked at, on the first page on which the conversation is. */
  readonly pages: readonly PageVisit[];
  /** What was said in it. */
  readonly messages: readonly ConversationMessage[];
}

/** A canned response as it is said in a chat. */
export interface FilledResponse {
  /** What is said. */
  readonly text: string;
  /** How often it was used. */
  readonly uses: number;
}

/** Deliveries that were tried for the first time up to so long after their events, and later than those of the entry before. */
export interface FirstRequests {
  /** The longest time that is in it: 100, 200, 500, 1000, 2000, 5000, 15000, 60000 or 300000 milliseconds; `null` of all that took longer. */
  readonly untilMs: number | null;
  /** How many they are. */
  readonly requests: number;
}

/** A conversation, and its latest line with the words. */
export interface FoundByWords {
  /** The conversation. */
  readonly conversation: FoundConversation;
  /** In what the words are. */
  readonly place: 'message' | 'name' | 'email' | 'phone' | 'field' | 'topic';
  /** The message in which they are; `null` where they are in what is known of the visitor or the conversation. */
  readonly message: ConversationMessage | null;
  /** What stands around the first of the words: 200 characters, with `…` where something was left out. */
  readonly line: string;
  /** Where the words are in the line. */
  readonly marks: readonly LineMark[];
}

export interface FoundConversation {
  /** The id of the chat. */
  readonly id: string;
  /** What agents see it called. */
  readonly label: string;
  /** Whose chat it is. */
  readonly visitor: RelatedVisitor | null;
  /** What it is doing. */
  readonly state: 'queued' | 'served' | 'on-hold' | 'closed';
  /** The id of its department. */
  readonly department: string | null;
  /** Who serves or served it. */
  readonly servedBy: ServedBy | null;
  /** What it is about. */
  readonly topic: string | null;
  /** The tags that it has. */
  readonly tags: readonly string[];
  /** How many messages there are in it. */
  readonly messages: number;
  /** Whether the visitor spoke last. */
  readonly waitsForAnswer: boolean;
  /** What was said last. */
  readonly lastMessage: ConversationMessage | null;
  /** When it began. */
  readonly startedAt: string;
  /** When something was said last. */
  readonly lastMessageAt: string;
  /** When it was closed. */
  readonly endedAt: string | null;
}

/** Some entries of a list, and where the next ones begin. */
export interface FoundConversationPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly FoundConversation[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

/** A page of conversations that were found by words. */
export interface FoundPage {
  /** The conversations, the one with the latest line first. A later page may have one of them again, with an earlier line. */
  readonly items: readonly FoundByWords[];
  /** Where the next page begins. There may be one although this one has no entries. */
  readonly nextCursor: string | null;
  /** Whether all that was said before the index was begun is in it by now. */
  readonly isComplete: boolean;
}

/** How it went with an endpoint in half an hour in which something was sent there. */
export interface HalfHour {
  /** When the half hour begins. */
  readonly from: string;
  /** How many deliveries arrived in it. */
  readonly delivered: number;
  /** How many requests failed in it. */
  readonly failedAttempts: number;
  /** Deliveries that were tried for the first time. */
  readonly firstRequests: number;
  /** From the event to this request. */
  readonly firstRequestAfterMs: number | null;
  /** The longest way from an event to its first request. */
  readonly longestMs: number | null;
  /** How many of the deliveries that were tried for the first time had waited for how long, the shortest time first, as far as there are any. */
  readonly firstRequestsWithin: readonly FirstRequests[];
}

/** Some entries of a list, and where the next ones begin. */
export interface HalfHourPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly HalfHour[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface Header {
  /** The name of the header. */
  readonly name: string;
  /** Its value; secrets are masked. */
  readonly value: string;
}

/** How it goes with the server. */
export interface Health {
  /** The version of Hark, with the commit. */
  readonly version: string;
  /** The version of Rocket.Chat whose API this is. */
  readonly speaks: string;
  /** `sqlite` or `postgres`. */
  readonly engine: string;
  /** When this database was begun. */
  readonly begunAt: string;
  /** How many bytes the database has. */
  readonly databaseBytes: number;
  /** How many bytes are free on the disk of the data folder; `null` where that cannot be found out. */
  readonly diskFreeBytes: number | null;
  /** When `hark admin backup` made the last backup. Those of PostgreSQL are not known. */
  readonly backedUpAt: string | null;
  /** How many events there were since the beginning. */
  readonly events: number;
  /** How many commands wait for the database at this moment. */
  readonly waitingWrites: number;
  /** How many questions wait for the database at this moment. */
  readonly waitingReads: number;
  /** How many are connected to this node. */
  readonly sockets: number;
  /** How many chats are open. */
  readonly openChats: number;
  /** How many of them wait for an agent. */
  readonly queuedChats: number;
  /** How many agents are there for new chats. */
  readonly agents: number;
  /** What waits for webhooks. */
  readonly webhooks: HealthWebhooks;
  /** What waits to be mailed. */
  readonly mail: HealthMail;
  /** What is not found by its words yet. */
  readonly search: HealthSearch;
  /** The work of this node that nobody asks for. */
  readonly jobs: readonly HealthJob[];
  /** What somebody should look at, the worst first. */
  readonly findings: readonly HealthFinding[];
}

export interface HealthFinding {
  /** What it is. */
  readonly kind: 'writes-refused' | 'disk-nearly-full' | 'clock-in-doubt' | 'job-failing' | 'endpoint-disabled' | 'endpoint-behind' | 'mail-failing' | 'mailbox-failing' | 'nothing-sent' | 'no-backup' | 'mail-not-set-up';
  /** The name of the job, or the id of the endpoint, that it is about. */
  readonly subject: string | null;
  /** What is known of it besides. */
  readonly detail: string | null;
}

export interface HealthJob {
  /** What it is called. */
  readonly name: string;
  /** What it is doing. */
  readonly state: 'working' | 'elsewhere' | 'failing';
  /** Since when it fails. */
  readonly failingSince: string | null;
  /** Why it fails. */
  readonly error: string | null;
  /** How often it has broken off since the start. */
  readonly restarts: number;
  /** When it did its work last, on this node. */
  readonly succeededAt: string | null;
}

export interface HealthMail {
  /** How many mails wait. */
  readonly waiting: number;
  /** Since when the oldest one of them waits. */
  readonly oldestAt: string | null;
}

export interface HealthSearch {
  /** How many events were not looked at yet: some hundred in the second after they happened. */
  readonly eventsBehind: number;
  /** How many messages of before the index was begun may be missing at most. */
  readonly messagesLeft: number;
}

export interface HealthWebhooks {
  /** How many deliveries wait. */
  readonly waiting: number;
  /** Since when the oldest one of them waits. */
  readonly oldestAt: string | null;
  /** How many were given up, in all. */
  readonly givenUp: number;
}

/** An hour of the week; the first day is Monday. */
export interface HourOfWeek {
  /** From 1 to 7. */
  readonly weekday: number;
  /** From 0 to 23. */
  readonly hour: number;
  /** How many chats began in it. */
  readonly chats: number;
  /** How many messages were said in it. */
  readonly messages: number;
}

/** The visitor whom a site vouches for. Their token opens their chats from now on. */
export interface Identified {
  /** The id of the visitor. */
  readonly id: string;
  /** The token that opens their chats. */
  readonly token: string;
  /** Their user name. */
  readonly username: string;
  /** Their name. */
  readonly name: string | null;
  /** Their address. */
  readonly email: string | null;
}

export interface InQueue {
  /** The id of the conversation. */
  readonly conversation: string;
  /** What the visitor is called. */
  readonly name: string;
  /** The id of the department; `null` without one. */
  readonly department: string | null;
  /** Since when they wait. */
  readonly since: string;
  /** By when an agent is promised, if one is. */
  readonly due: string | null;
}

export interface Latency {
  /** Of how many requests the figures are. */
  readonly attempts: number;
  /** Half of them took no longer. */
  readonly p50: number | null;
  /** Nineteen of twenty took no longer. */
  readonly p95: number | null;
  /** The longest one. */
  readonly max: number | null;
}

/** What the widget's script has to know. */
export interface Launcher {
  /** Whether there is a chat at all. */
  readonly enabled: boolean;
  /** Why there is none, in a sentence for those who build the site. */
  readonly reason: string | null;
  /** Whether somebody is there. */
  readonly online: boolean;
  /** The language that the operator has chosen; empty for the visitor's own. */
  readonly language: string;
  /** How it looks. */
  readonly theme: Theme;
  /** What may open it by itself. */
  readonly triggers: readonly LauncherTrigger[];
}

export interface LauncherTrigger {
  /** The id of the trigger. */
  readonly id: string;
  /** Whether it fires only once for a visitor. */
  readonly runOnce: boolean;
  /** When it fires. */
  readonly conditions: readonly Condition[];
}

/** A part of a line. */
export interface LineMark {
  /** Where it begins, in characters (Unicode code points) from the beginning of the line. */
  readonly start: number;
  /** How many characters it has. */
  readonly length: number;
}

/** Where somebody is logged in. */
export interface LogIn {
  /** The id by which it is ended. */
  readonly id: string;
  /** Whether the caller has shown this one. */
  readonly current: boolean;
  /** With which program, as it names itself. */
  readonly userAgent: string | null;
  /** When they logged in. */
  readonly beganAt: string;
  /** When it ends by itself. */
  readonly endsAt: string | null;
}

export interface LogIns {
  /** The latest ones first. */
  readonly items: readonly LogIn[];
}

/** What was found where a URL leads. */
export interface Looked {
  /** Why nothing would ever be sent there, as an endpoint with this URL would say it. */
  readonly complaint: string | null;
  /** Whether somebody takes connections there; `null` where that was not looked at. */
  readonly reached: boolean | null;
  /** The class of what went wrong. */
  readonly error: string | null;
  /** The same as a sentence. */
  readonly detail: string | null;
  /** The address that was connected to or tried. */
  readonly address: string | null;
  /** Whether it is a public one; otherwise `HARK_WEBHOOK_ALLOW` names its network. */
  readonly isPublic: boolean | null;
  /** Until when the certificate is good; `null` without one. */
  readonly certificateUntil: string | null;
}

/** Where somebody is mentioned, and whether they have seen it. */
export interface Mention {
  /** Where it stands. */
  readonly note: ConversationNote;
  /** What the visitor of the conversation is called. */
  readonly visitor: string | null;
  /** Whether they have seen it. */
  readonly read: boolean;
}

/** Some of somebody's mentions, and how many of all they have not seen, up to a thousand. */
export interface Mentions {
  /** The latest ones first. */
  readonly items: readonly Mention[];
  /** How many they have not seen. */
  readonly unread: number;
  /** What `cursor` has to be for the next page. */
  readonly nextCursor: string | null;
}

export interface MessageFile {
  /** The id of the file. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Its media type. */
  readonly mediaType: string | null;
}

export interface Misfit {
  /** In a body: a JSON pointer. */
  readonly pointer?: string | null;
  /** In a query: the parameter. */
  readonly parameter?: string | null;
  /** What is wrong with it. */
  readonly detail: string;
}

export interface Named {
  /** The id of the account. */
  readonly id: string;
  /** Its user name. */
  readonly username: string;
}

/** What goes on at this moment. */
export interface Now {
  /** The moment. */
  readonly at: string;
  /** How many chats wait for an agent. */
  readonly queued: number;
  /** How long the first of these has waited. */
  readonly longestWaitMs: number | null;
  /** How many chats agents have that are not on hold. */
  readonly served: number;
  /** How many are on hold. */
  readonly held: number;
  /** Those in the queue, who waits longest first; 100 of them. */
  readonly queue: readonly InQueue[];
  /** Those who answer, by name; 1,000 of them. */
  readonly agents: readonly AgentNow[];
}

/** Opening hours by their clocks, whether or not the settings let them hold. */
export interface OpeningHours {
  /** The id of the business hours, as Rocket.Chat's API knows them. */
  readonly id: string;
  /** What they are called; empty for those of everybody. */
  readonly name: string;
  /** Whether they are open now. Hours that are switched off are not. */
  readonly isOpen: boolean;
  /** When that changes; `null` if it does not within a year. */
  readonly changesAt: string | null;
}

/** Opening hours by their clocks, whether or not the settings let them hold. */
export interface OpeningHoursInFull {
  /** The id of the business hours, as Rocket.Chat's API knows them. */
  readonly id: string;
  /** What they are called; empty for those of everybody. */
  readonly name: string;
  /** Whether they are open now. Hours that are switched off are not. */
  readonly isOpen: boolean;
  /** When that changes; `null` if it does not within a year. */
  readonly changesAt: string | null;
  /** The days on which other hours hold than those of the week, the first one first. Those that are over stay until somebody removes them. */
  readonly otherDays: readonly OtherDay[];
}

/** Some entries of a list, and where the next ones begin. */
export interface OpeningHoursPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly OpeningHours[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

/** Days on which other hours hold, on the clocks of the business hours. */
export interface OtherDay {
  /** The first of the days, `2026-12-24`. */
  readonly from: string;
  /** The last of them. */
  readonly until: string;
  /** What they are called. */
  readonly name: string;
  /** From when until when it is open on each of them; nothing where it is closed. */
  readonly hours: readonly SpanOfDay[];
}

/** A page of the site that a visitor had looked at. */
export interface PageVisit {
  /** The title of the page, and its address. */
  readonly titleAndUrl: string;
  /** When they had looked at it. */
  readonly at: string;
}

export interface PermissionInWords {
  /** By this name routes and roles know it. */
  readonly id: string;
  /** What it lets somebody do, in English. */
  readonly meaning: string;
}

/** Some entries of a list, and where the next ones begin. */
export interface PermissionInWordsPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly PermissionInWords[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

/** What is known of who a visitor is. */
export interface PersonalData {
  /** The id of the visitor. */
  readonly id: string;
  /** Their user name. */
  readonly username: string;
  /** Their name. */
  readonly name: string | null;
  /** Their addresses. */
  readonly emails: readonly string[];
  /** Their numbers. */
  readonly phones: readonly string[];
  /** By the id of the field. */
  readonly customFields: Readonly<Record<string, unknown>>;
  /** The department that they have chosen. */
  readonly department: string | null;
  /** The site that vouches for them, and its own name for them. */
  readonly identity: string | null;
  /** Who looks after them. */
  readonly contactManager: string | null;
  /** The months in which an agent has answered them: `2026-11`. */
  readonly activeIn: readonly string[];
  /** Their network address, where it is kept. */
  readonly ip: string | null;
  /** Their browser, as it names itself, where that is kept. */
  readonly userAgent: string | null;
  /** The site on which they were. */
  readonly host: string | null;
  /** When they came first. */
  readonly firstSeenAt: string;
}

export interface Phases {
  /** Until the name had an address. */
  readonly dns: number | null;
  /** Until it was connected. */
  readonly connect: number | null;
  /** Until the connection was secured. */
  readonly tls: number | null;
  /** From the request to the first byte of the answer. */
  readonly firstByte: number | null;
  /** All of it. */
  readonly total: number;
}

export interface Problem {
  /** The name of its kind, for programs. */
  readonly type: string;
  /** One line that is the same for all of its kind. */
  readonly title: string;
  /** The status of the answer. */
  readonly status: number;
  /** What is wrong this time. */
  readonly detail: string;
  /** Which reason it is of several, for programs. */
  readonly reason?: string | null;
  /** The members of the body, or the parameters of the query, that are wrong. */
  readonly errors?: readonly Misfit[];
}

/** By what push services know this server. */
export interface PushKey {
  /** A point of P-256 in base64url: what browsers call `applicationServerKey`. */
  readonly publicKey: string;
}

export interface PushSubscription {
  /** The id by which it is ended. */
  readonly id: string;
}

export interface Rated {
  /** From 1 to 5. */
  readonly rating: number;
  /** How many chats have it. */
  readonly chats: number;
}

/** What visitors thought of the chats that began in a stretch of time. */
export interface Ratings {
  /** When the stretch begins. */
  readonly from: string;
  /** When it ends. */
  readonly to: string;
  /** How many chats there were. */
  readonly chats: number;
  /** An entry for each rating, the best first. */
  readonly items: readonly Rated[];
}

/** How far a conversation was read. */
export interface Reading {
  /** Nothing before their window has said so. */
  readonly visitor: VisitorReading | null;
  /** Those of us who are in the conversation. */
  readonly agents: readonly AgentReading[];
}

/** A chat of the same visitor, or of somebody who has given the same address or number. Only that it is the same visitor is proven. */
export interface RelatedChat {
  /** The id of the chat. */
  readonly id: string;
  /** Whether it is the same visitor for sure. */
  readonly proven: boolean;
  /** What the visitors have in common. */
  readonly same: readonly ('visitor' | 'email' | 'phone')[];
  /** The visitor of that chat. */
  readonly visitor: RelatedVisitor | null;
  /** Whether it goes on. */
  readonly open: boolean;
  /** The id of its department. */
  readonly department: string | null;
  /** The user name of the agent who serves or served it. */
  readonly servedBy: string | null;
  /** What it is about. */
  readonly topic: string | null;
  /** The tags that it has. */
  readonly tags: readonly string[];
  /** How many messages there are in it. */
  readonly messages: number;
  /** When it began. */
  readonly startedAt: string;
  /** By when an agent is promised to it, if it waits for one. */
  readonly dueAt: string | null;
  /** When something was said last. */
  readonly lastMessageAt: string;
  /** When it was closed. */
  readonly endedAt: string | null;
}

/** Some entries of a list, and where the next ones begin. */
export interface RelatedChatPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly RelatedChat[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface RelatedVisitor {
  /** The id of the visitor. */
  readonly id: string;
  /** What they are called. */
  readonly name: string;
}

export interface Replay {
  /** The id of the replay. */
  readonly id: string;
  /** The id of the endpoint; `null` for one that is gone. */
  readonly endpoint: string | null;
  /** How far it is. */
  readonly state: 'running' | 'done' | 'cancelled';
  /** Events behind this place in the log. */
  readonly afterEvent: number;
  /** Events up to this place. */
  readonly untilEvent: number;
  /** Whether only what did not arrive is sent again. */
  readonly failedOnly: boolean;
  /** From 0 to 1. */
  readonly progress: number;
  /** How far in the log it has come. */
  readonly reachedEvent: number;
  /** How many events it has looked at. */
  readonly events: number;
  /** How many deliveries it has made. */
  readonly queued: number;
  /** When it was asked for. */
  readonly createdAt: string;
  /** When it ended. */
  readonly finishedAt: string | null;
}

export interface ReplayList {
  /** The latest ones first. */
  readonly items: readonly Replay[];
}

/** What came of sending again what was given up. */
export interface Resent {
  /** How many deliveries are on their way again. */
  readonly resent: number;
  /** What `cursor` has to be for those that come next; `null` when these were all. */
  readonly nextCursor: string | null;
}

export interface SavedView {
  /** The id of the view. */
  readonly id: string;
  /** What it is called. */
  readonly name: string;
  /** What a list of conversations takes; nothing of that, of a report. */
  readonly filter: unknown;
  /** What a report is of; `null` of a list of conversations. */
  readonly report: unknown;
  /** When it was made. */
  readonly createdAt: string;
  /** When it was changed last. */
  readonly updatedAt: string;
}

/** Some entries of a list, and where the next ones begin. */
export interface SavedViewPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly SavedView[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface Schedule {
  /** Which answers are success. */
  readonly success: '200' | '2xx';
  /** How long a whole request may take. */
  readonly timeoutMs: number;
  /** The pauses before each further attempt. */
  readonly delaysMs: readonly number[];
  /** Whether pauses are a little longer or shorter, by chance. */
  readonly jitter: boolean;
  /** Whether `Retry-After`, 410 and slowing answers are heeded. */
  readonly heedsReceiver: boolean;
  /** How many requests go to it at the same time. */
  readonly concurrency: number;
}

/** A site on which the widget was seen. Its script says so, and anybody else can. */
export interface SeenSite {
  /** Scheme and host, and the port if it is an unusual one. */
  readonly origin: string;
  /** The version of the script that was seen there last; `null` of one that says none. */
  readonly loader: string | null;
  /** Whether that is the script that this server gives out now. */
  readonly current: boolean;
  /** When it was seen there first. */
  readonly firstSeenAt: string;
  /** When it was seen there last, to the hour. */
  readonly lastSeenAt: string;
}

/** Some entries of a list, and where the next ones begin. */
export interface SeenSitePage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly SeenSite[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface ServedBy {
  /** The id of the agent's account. */
  readonly id: string;
  /** Their user name. */
  readonly username: string;
  /** Since when they have the chat. */
  readonly since: string;
}

export interface SettingInFull {
  /** By this name routes and the environment know it. */
  readonly id: string;
  /** What it is called, in English. */
  readonly name: string;
  /** What it is for, in English. */
  readonly meaning: string;
  /** The group in which a settings page shows it. */
  readonly group: string;
  /** The part of that group; empty where it stands outside of any. */
  readonly section: string;
  /** What its values are: `boolean`, `string`, `int`, `select`, `multiSelect`, `color`, `password`, `code` or `relativeUrl`. */
  readonly kind: string;
  /** What a value has to be, in words. */
  readonly wanted: string;
  /** The values to choose from, where there are some. */
  readonly choices: readonly string[] | null;
  /** What it is now. Of a secret only that there is one: dots, or an empty text. */
  readonly value: unknown;
  /** What it is as long as nobody changes it. */
  readonly default: unknown;
  /** Whether it is kept sealed and never shown. */
  readonly secret: boolean;
  /** Whether anybody may read it. */
  readonly public: boolean;
  /** The environment variable that fixes it; `null` where it can be changed. */
  readonly fixedBy: string | null;
  /** When it was set last; `null` where nobody ever has. */
  readonly changedAt: string | null;
}

/** Some entries of a list, and where the next ones begin. */
export interface SettingInFullPage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly SettingInFull[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface Site {
  /** The id of the site. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** The keys that are good now, without what they are. */
  readonly secrets: readonly SiteSecret[];
  /** When it was made. */
  readonly createdAt: string;
  /** When it was changed last. */
  readonly updatedAt: string;
}

/** Some entries of a list, and where the next ones begin. */
export interface SitePage {
  /** The entries, as many as were asked for at most. */
  readonly items: readonly Site[];
  /** What `cursor` has to be for the next page; `null` behind the last one. */
  readonly nextCursor: string | null;
}

export interface SiteSecret {
  /** How the site signs with it. */
  readonly algorithm: 'HS256' | 'EdDSA';
  /** Its last characters. */
  readonly hint: string;
  /** Until when it is good, once another one has followed it. */
  readonly until: string | null;
}

/** With the secret that it has got: the only time that it is shown. A key of its own is no secret. */
export interface SiteWithSecret {
  /** The id of the site. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** The keys that are good now, without what they are. */
  readonly secrets: readonly SiteSecret[];
  /** When it was made. */
  readonly createdAt: string;
  /** When it was changed last. */
  readonly updatedAt: string;
  /** The secret; `null` for a key of the site's own. */
  readonly secret: string | null;
}

export interface SpanOfDay {
  /** When it opens, `HH:mm`. */
  readonly start: string;
  /** When it closes, `HH:mm`, at most `24:00`. */
  readonly finish: string;
}

/** How times are spread. */
export interface Spread {
  /** How many chats there are in all. */
  readonly chats: number;
  /** The entry in which the median is; `null` without chats. */
  readonly median: Between | null;
  /** An entry for each stretch, the shortest first. */
  readonly items: readonly Between[];
}

/** How long things took in the chats that began in a stretch of time. */
export interface Spreads {
  /** When the stretch begins. */
  readonly from: string;
  /** When it ends. */
  readonly to: string;
  /** Until the first answer, of the chats in which there was one. */
  readonly firstAnswer: Spread;
  /** From the beginning to the end, of the chats that are over. */
  readonly duration: Spread;
}

export interface Stats {
  /** How many deliveries are on their way. */
  readonly backlog: number;
  /** When the oldest of them happened. */
  readonly oldestPendingAt: string | null;
  /** How many deliveries there were. */
  readonly made: number;
  /** How many arrived. */
  readonly delivered: number;
  /** How many were given up. */
  readonly givenUp: number;
  /** Those that arrived among those that are settled, from 0 to 1. */
  readonly successShare: number | null;
  /** How many requests were made. */
  readonly attempts: number;
  /** How many of these failed. */
  readonly failedAttempts: number;
  /** When something arrived last. */
  readonly lastSuccessAt: string | null;
  /** When a request failed last. */
  readonly lastFailureAt: string | null;
  /** Since when no request has succeeded. */
  readonly failingSince: string | null;
  /** How long the latest requests took. */
  readonly latencyMs: Latency;
}

export interface StatsOfEndpoint {
  /** How many deliveries are on their way. */
  readonly backlog: number;
  /** When the oldest of them happened. */
  readonly oldestPendingAt: string | null;
  /** How many deliveries there were. */
  readonly made: number;
  /** How many arrived. */
  readonly delivered: number;
  /** How many were given up. */
  readonly givenUp: number;
  /** Those that arrived among those that are settled, from 0 to 1. */
  readonly successShare: number | null;
  /** How many requests were made. */
  readonly attempts: number;
  /** How many of these failed. */
  readonly failedAttempts: number;
  /** When something arrived last. */
  readonly lastSuccessAt: string | null;
  /** When a request failed last. */
  readonly lastFailureAt: string | null;
  /** Since when no request has succeeded. */
  readonly failingSince: string | null;
  /** How long the latest requests took. */
  readonly latencyMs: Latency;
  /** The id of the endpoint. */
  readonly endpoint: string;
  /** What people call it. */
  readonly name: string;
  /** `active`, `paused` or `disabled`. */
  readonly state: 'active' | 'paused' | 'disabled';
}

export interface StatsPage {
  /** Why no webhook and no mail is sent, while that is so. */
  readonly quiet: string | null;
  /** An entry for each endpoint. */
  readonly items: readonly StatsOfEndpoint[];
  /** What `cursor` has to be for the next page. */
  readonly nextCursor: string | null;
}

/** Sums of the chats that began in a stretch of time. */
export interface Summed {
  /** When the stretch begins. */
  readonly from: string;
  /** When it ends. */
  readonly to: string;
  /** Its first day. */
  readonly firstDay: string;
  /** Its last day. */
  readonly lastDay: string;
  /** The zone of the days and hours, as the settings name it. */
  readonly zone: string;
  /** The day from which on ratings, tags and times of departments are counted, while those of the days before still are, after an update; `null` when all are, or all departments were asked for. */
  readonly countedFrom: string | null;
  /** All of them together. */
  readonly total: Sums;
  /** One after the other: days and hours in their order, also those without chats; others by number, 1,000 of them. */
  readonly items: readonly SumsOf[];
}

export interface Sums {
  /** How many chats began. */
  readonly chats: number;
  /** How many of them go on. */
  readonly open: number;
  /** How many were answered. */
  readonly answered: number;
  /** How many ended after their visitors had gone. */
  readonly abandoned: number;
  /** How many were passed on. */
  readonly transferred: number;
  /** How much was said. */
  readonly messages: number;
  /** How long the first answer took, on average of those that were answered. */
  readonly averageFirstResponseMs: number | null;
  /** The longest first answer. */
  readonly longestFirstResponseMs: number | null;
  /** How long an answer took, on average of those that were answered. */
  readonly averageResponseMs: number | null;
  /** How long a chat took, on average of those that have ended. */
  readonly averageDurationMs: number | null;
  /** The longest chat. */
  readonly longestDurationMs: number | null;
}

export interface SumsOf {
  /** A day (`2026-11-30`), an hour of one (`2026-11-30T09`), or the id of an agent or a department; `null`: of nobody, in none. */
  readonly key: string | null;
  /** What the agent or the department is called. */
  readonly name: string | null;
  /** Their sums. */
  readonly sums: Sums;
}

export interface Tagged {
  /** The tag. */
  readonly tag: string;
  /** How many chats have it. */
  readonly chats: number;
}

/** Which tags the chats have that began in a stretch of time. */
export interface Tags {
  /** When the stretch begins. */
  readonly from: string;
  /** When it ends. */
  readonly to: string;
  /** How many chats there were. */
  readonly chats: number;
  /** How many of them have a tag. */
  readonly tagged: number;
  /** An entry for each tag, the one with most chats first; 1,000 of them. A chat may have several. */
  readonly items: readonly Tagged[];
}

/** What was taken in the last hour from the queues that the caller sees, and who is there. */
export interface Taken {
  /** When the hour begins. */
  readonly from: string;
  /** When it ends, which is now. */
  readonly to: string;
  /** How many chats an agent first had in it. */
  readonly chats: number;
  /** How many of these the caller has or had last. */
  readonly own: number;
  /** How long the visitor in the middle waited for the first answer. */
  readonly medianFirstResponseMs: number | null;
  /** What was taken last. */
  readonly last: TakenLast | null;
  /** How many who answer are there and take chats. */
  readonly available: number;
  /** How many answer. */
  readonly agents: number;
  /** How many chats more those who are there may have; `null`: as many as they like. */
  readonly freeSlots: number | null;
}

export interface TakenLast {
  /** What the visitor is called. */
  readonly name: string;
  /** What the agent is called who has or had it last; `null` of one who is gone. */
  readonly agent: string | null;
  /** When it was taken. */
  readonly at: string;
  /** How long it had waited then. */
  readonly waitedMs: number;
}

/** What came of a test. */
export interface Tested {
  /** The kind of the sample. */
  readonly kind: string;
  /** Whether the answer was one of success. */
  readonly succeeded: boolean;
  /** The request and its answer. */
  readonly attempt: Attempt;
}

/** How it went with a test of mail. */
export interface TestedMail {
  /** Whether the SMTP server has taken it. */
  readonly sent: boolean;
  /** The address to which it went. */
  readonly recipient: string;
  /** Why it could not be sent; it is not tried again. */
  readonly error: string | null;
  /** How long that took. */
  readonly millis: number;
}

export interface Theme {
  /** What stands at the top while somebody is there. */
  readonly title: string;
  /** The operator's colour. */
  readonly color: string;
  /** What stands at the top while nobody is there. */
  readonly offlineTitle: string;
  /** The colour then. */
  readonly offlineColor: string;
  /** At which side of the page the button is. */
  readonly position: 'left' | 'right';
}

/** What a pattern finds, and how long it looked for that. */
export interface Trial {
  /** What it finds, in order. */
  readonly found: readonly string[];
  /** How long it looked, in microseconds. */
  readonly micros: number;
}

/** A test of an endpoint that nobody has made yet. */
export interface Tried {
  /** The kind of the sample. */
  readonly kind: string;
  /** Whether the answer was one of success. */
  readonly succeeded: boolean;
  /** The request and its answer. */
  readonly attempt: Attempt;
  /** The secret by which it was signed: an endpoint that is made with it signs as this test did. `null` where nothing is signed. */
  readonly secret: string | null;
}

/** Who writes in a conversation. */
export interface Typing {
  /** The user names of those who write, without the one who asks. */
  readonly usernames: readonly string[];
}

export interface VisitorReading {
  /** The last message that was on their screen. */
  readonly message: string;
  /** When that message was said. */
  readonly sentAt: string;
  /** When it was on their screen. */
  readonly at: string;
}

/** How long one visitor waited. */
export interface Wait {
  /** The id of the department; `null` without one. */
  readonly department: string | null;
  /** Until the first answer, or until they went. */
  readonly waitedMs: number;
  /** Whether they went before there was an answer. */
  readonly left: boolean;
}

/** Of the visitors who came in the last hour, and of those in the queue now. */
export interface Waits {
  /** When the hour begins. */
  readonly from: string;
  /** When it ends, which is now. */
  readonly to: string;
  /** How many chats began in it. */
  readonly chats: number;
  /** How many of these were answered. */
  readonly answered: number;
  /** How long the first answer took on average. */
  readonly averageFirstResponseMs: number | null;
  /** The longest one. */
  readonly longestFirstResponseMs: number | null;
  /** How many chats wait for an agent now. */
  readonly waiting: number;
  /** How long the first of these has waited. */
  readonly longestWaitMs: number | null;
  /** Each of those who came in the hour and wait no more, who came last first; the latest 500. */
  readonly each: readonly Wait[];
}

export interface Week {
  /** When the stretch begins. */
  readonly from: string;
  /** When it ends. */
  readonly to: string;
  /** The zone of the days and hours. */
  readonly zone: string;
  /** An entry for each hour of the week in which something was. */
  readonly items: readonly HourOfWeek[];
}

export interface Writer {
  /** The id of the account or the visitor. */
  readonly id: string;
  /** Their user name. */
  readonly username: string;
  /** Their name. */
  readonly name: string | null;
}
