// Written by tests/console/api.test.ts from the document of the API. Not to be changed by hand.

/** The agent, as the visitor sees them */
export interface AgentOfVisitor {
  /** Its id */
  readonly _id?: string;
  /** The name */
  readonly name?: string;
  /** The user name */
  readonly username?: string;
  /** The status */
  readonly status?: string;
  /** Addresses */
  readonly emails?: readonly {
    readonly address: string;
    readonly verified: boolean;
  }[];
  readonly hiddenInfo?: boolean;
}

/** A room */
export interface AnyRoom {
  /** Its id */
  readonly _id: string;
  /** What it is: `l` for a live chat, or the kind of a notice */
  readonly t: string;
  /** How many messages there are */
  readonly msgs: number;
  /** How many people are in it */
  readonly usersCount: number;
  /** When it was */
  readonly ts: string;
  /** When something was said last */
  readonly lm: string;
  /** What people see it called */
  readonly fname: string;
  /** The visitor */
  readonly v?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    readonly token: string;
    /** The status */
    readonly status: string;
    /** The name */
    readonly name?: string;
    readonly lastMessageTs: string;
    /** Numbers, each as `phoneNumber` */
    readonly phone?: string;
    readonly activity?: readonly string[];
  };
  readonly cl?: boolean;
  /** Whether it goes on */
  readonly open?: boolean;
  /** Whether the visitor waits for an answer */
  readonly waitingResponse?: boolean;
  /** Who serves the chat */
  readonly servedBy?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    /** When it was */
    readonly ts: string;
  };
  /** Where it came from */
  readonly source?: Readonly<Record<string, unknown>>;
  /** Where its priority puts it in the queue */
  readonly priorityWeight?: number;
  /** Within how many minutes it gets an agent */
  readonly estimatedWaitingTimeQueue?: number;
  /** How long things took */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** When it was changed last */
  readonly _updatedAt: string;
  /** What was said last */
  readonly lastMessage?: {
    /** Its id */
    readonly _id: string;
    /** The id of the room */
    readonly rid: string;
    /** What it says */
    readonly msg: string;
    readonly token?: string;
    /** The name that is shown */
    readonly alias?: string;
    /** When it was */
    readonly ts: string;
    /** Who wrote it */
    readonly u: Person;
    /** Addresses in it */
    readonly urls?: readonly Readonly<Record<string, unknown>>[];
    /** Who is mentioned in it */
    readonly mentions?: readonly Readonly<Record<string, unknown>>[];
    /** Rooms that are named in it */
    readonly channels?: readonly Readonly<Record<string, unknown>>[];
    /** The text in parts */
    readonly md?: readonly Readonly<Record<string, unknown>>[];
    /** When it was changed last */
    readonly _updatedAt: string;
    /** What it is: `l` for a live chat, or the kind of a notice */
    readonly t?: string;
    readonly groupable?: boolean;
    readonly transferData?: Readonly<Record<string, unknown>>;
  };
  /** The name */
  readonly name?: string;
  readonly default?: boolean;
  /** The id of the department */
  readonly departmentId?: string;
  /** Who answered first */
  readonly responseBy?: Readonly<Record<string, unknown>>;
  /** Whether nobody may write */
  readonly ro?: boolean;
}

/** Business hours */
export interface BusinessHours {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name: string;
  readonly active: boolean;
  readonly type: string;
  /** The time zone */
  readonly timezone: {
    /** The name */
    readonly name: string;
    readonly utc: string;
  };
  /** When it was */
  readonly ts: string;
  /** The days */
  readonly workHours: readonly {
    readonly day: string;
    /** Whether it goes on */
    readonly open: boolean;
    readonly start: {
      readonly time: string;
      readonly utc: Readonly<Record<string, unknown>>;
      readonly cron: Readonly<Record<string, unknown>>;
    };
    readonly finish: {
      readonly time: string;
      readonly utc: Readonly<Record<string, unknown>>;
      readonly cron: Readonly<Record<string, unknown>>;
    };
    readonly code?: number;
  }[];
  /** When it was changed last */
  readonly _updatedAt: string;
  /** Departments */
  readonly departments?: readonly Department[];
}

/** An answer that is said again and again */
export interface CannedResponse {
  /** Its id */
  readonly _id: string;
  /** What is typed behind the slash */
  readonly shortcut: string;
  /** The text */
  readonly text: string;
  /** Whose it is */
  readonly scope: string;
  /** Tags */
  readonly tags: readonly string[];
  /** The id of the account */
  readonly userId?: string;
  /** Who made it */
  readonly createdBy: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
  };
  /** When it was made */
  readonly _createdAt: string;
  /** When it was changed last */
  readonly _updatedAt: string;
  /** The id of the department */
  readonly departmentId?: string;
}

/** A way by which a contact has written */
export interface Channel {
  /** The kind of the way */
  readonly name: string;
  /** Whether a site vouches for it */
  readonly verified: boolean;
  /** The id of the visitor */
  readonly visitorId: string;
  /** Always `false` */
  readonly blocked: boolean;
  /** The latest chat */
  readonly lastChat?: Readonly<Record<string, unknown>>;
}

/** How many chats somebody has */
export interface ChatsOf {
  readonly open?: number;
  readonly closed?: number;
  readonly onhold?: number;
}

/** What the widget needs */
export interface Config {
  readonly enabled: boolean;
  /** Whether somebody is there */
  readonly online?: boolean;
  /** Settings */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How it looks */
  readonly theme?: {
    readonly title: string;
    readonly color: string;
    readonly offlineTitle: string;
    readonly offlineColor: string;
    readonly position: string;
    readonly background: string;
    readonly actionLinks: {
      readonly webrtc: readonly unknown[];
      readonly jitsi: readonly unknown[];
    };
  };
  /** Messages */
  readonly messages?: Readonly<Record<string, unknown>>;
  readonly survey?: {
    /** What was found */
    readonly items: readonly string[];
    readonly values: readonly string[];
  };
  /** Triggers */
  readonly triggers?: readonly Trigger[];
  /** Departments */
  readonly departments?: readonly Department[];
  readonly resources?: {
    readonly sound: string;
    readonly emojis: readonly unknown[];
  };
  /** Custom fields */
  readonly customFields?: readonly Readonly<Record<string, unknown>>[];
  readonly welcome?: {
    readonly greeting: string;
    readonly starts: readonly string[];
    readonly privacyLink: string;
    /** Agents */
    readonly agents: readonly {
      /** The name */
      readonly name: string;
      /** The user name */
      readonly username: string;
    }[];
  };
  /** The name of the guest */
  readonly guest?: Readonly<Record<string, unknown>>;
  /** The room */
  readonly room?: Readonly<Record<string, unknown>>;
  readonly queueInfo?: {
    readonly spot: number;
    /** The message */
    readonly message: Message;
    readonly estimatedWaitTimeSeconds?: number;
  };
  readonly agent?: Readonly<Record<string, unknown>>;
}

/** A contact: a person, by whichever way they write */
export interface Contact {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name?: string;
  /** Addresses, each as `address` */
  readonly emails?: readonly Readonly<Record<string, unknown>>[];
  /** Numbers, each as `phoneNumber` */
  readonly phones?: readonly Readonly<Record<string, unknown>>[];
  /** Who looks after them */
  readonly contactManager?: string;
  /** Whether nothing is known of them */
  readonly unknown: boolean;
  /** Whether their visitors have said different things */
  readonly hasConflict: boolean;
  /** What is in conflict, each as `field` and `value` */
  readonly conflictingFields?: readonly Readonly<Record<string, unknown>>[];
  /** Custom fields */
  readonly customFields?: Readonly<Record<string, unknown>>;
  /** The ways by which they have written */
  readonly channels: readonly Channel[];
  /** The latest chat */
  readonly lastChat?: Readonly<Record<string, unknown>>;
  /** When it was made */
  readonly createdAt?: string;
  /** When it was changed last */
  readonly _updatedAt?: string;
}

/** A custom field */
export interface CustomField {
  /** Its id */
  readonly _id: string;
  /** What people see */
  readonly label: string;
  /** Whose it is */
  readonly scope: string;
  /** `public`, or `private` */
  readonly visibility: string;
  /** Whether contacts are found by it */
  readonly searchable: boolean;
  readonly type: string;
  /** Whether it has to be filled in */
  readonly required: boolean;
  /** Whether visitors see it */
  readonly public: boolean;
  /** When it was changed last */
  readonly _updatedAt: string;
  /** What values have to match */
  readonly regexp?: string;
  /** What it holds at first */
  readonly defaultValue?: string;
  /** The choices */
  readonly options?: string;
}

/** A department */
export interface Department {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name: string;
  /** What it is for */
  readonly description?: string;
  readonly enabled?: boolean;
  /** An address */
  readonly email?: string;
  /** Whether the form before a chat offers it */
  readonly showOnRegistration?: boolean;
  /** Whether the form for offline messages offers it */
  readonly showOnOfflineForm?: boolean;
  readonly requestTagBeforeClosingChat?: boolean;
  readonly chatClosingTags?: readonly string[];
  /** Departments to which chats may be forwarded */
  readonly departmentsAllowedToForward?: readonly string[];
  readonly allowReceiveForwardOffline?: boolean;
  /** How many answer there */
  readonly numAgents?: number;
  /** When it was changed last */
  readonly _updatedAt?: string;
  readonly archived?: boolean;
  readonly type?: string;
  readonly parentId?: string;
  readonly ancestors?: readonly string[];
  readonly visitorInactivityTimeoutInSeconds?: number;
  readonly abandonedRoomsCloseCustomMessage?: string;
  readonly waitingQueueMessage?: string;
  /** How many chats at most at the same time */
  readonly maxNumberSimultaneousChat?: number;
  readonly fallbackForwardDepartment?: string;
  readonly offlineMessageChannelName?: string;
  readonly colour?: string;
}

/** An agent in a department */
export interface DepartmentAgent {
  /** Its id */
  readonly _id: string;
  /** The id of the agent */
  readonly agentId: string;
  /** The id of the department */
  readonly departmentId: string;
  readonly departmentEnabled: boolean;
  /** The user name */
  readonly username: string;
  readonly count: number;
  /** Whose turn it is first */
  readonly order: number;
  /** When it was changed last */
  readonly _updatedAt: string;
  readonly departmentName?: string;
}

/** A mailbox */
export interface EmailInbox {
  /** Its id */
  readonly _id: string;
  readonly active: boolean;
  /** The name */
  readonly name: string;
  /** An address */
  readonly email: string;
  readonly senderInfo: string;
  readonly department?: string;
  /** The server that answers go out by */
  readonly smtp: {
    readonly server: string;
    readonly port: number;
    /** The user name */
    readonly username: string;
    readonly password: string;
    readonly secure: boolean;
  };
  /** The server that mail is fetched from */
  readonly imap: {
    readonly server: string;
    readonly port: number;
    /** The user name */
    readonly username: string;
    readonly password: string;
    readonly secure: boolean;
    readonly maxRetries: number;
  };
  /** When it was made */
  readonly _createdAt: string;
  readonly _createdBy: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
  };
  /** When it was changed last */
  readonly _updatedAt: string;
  readonly trouble?: {
    readonly error?: string;
    readonly since?: string;
  };
}

/** Why it was not done */
export interface Failure {
  /** It was not done */
  readonly success?: false;
  /** What is wrong, often with its code in brackets */
  readonly error?: string;
  /** The code of what is wrong, for programs */
  readonly errorType?: string;
  /** More about it */
  readonly details?: unknown;
}

/** A visitor, as a search shows them */
export interface FoundVisitor {
  /** Its id */
  readonly _id: string;
  /** The user name */
  readonly username: string;
  /** The name */
  readonly name?: string;
  readonly visitorEmails?: readonly {
    readonly address: string;
  }[];
  /** Numbers, each as `phoneNumber` */
  readonly phone?: readonly {
    readonly phoneNumber: string;
  }[];
  readonly lastChat?: {
    /** Its id */
    readonly _id: string;
    /** When it was */
    readonly ts: string;
  };
  /** Values of custom fields, by the ids of the fields */
  readonly livechatData?: Readonly<Record<string, unknown>>;
}

/** The place of a chat in the queue */
export interface Inquiry {
  /** Its id */
  readonly _id: string;
  /** The id of the room */
  readonly rid: string;
  /** The name */
  readonly name: string;
  /** When it was */
  readonly ts: string;
  /** The message */
  readonly message?: string;
  /** The status */
  readonly status: string;
  /** What it is: `l` for a live chat, or the kind of a notice */
  readonly t?: string;
  /** Where it came from */
  readonly source?: Readonly<Record<string, unknown>>;
  /** Where its priority puts it in the queue */
  readonly priorityWeight?: number;
  /** Within how many minutes it gets an agent */
  readonly estimatedWaitingTimeQueue?: number;
  /** The visitor */
  readonly v?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    /** The status */
    readonly status: string;
    readonly activity?: readonly string[];
  };
  /** Since when it waits */
  readonly queuedAt?: string;
  /** When it was changed last */
  readonly _updatedAt?: string;
  /** What was said last */
  readonly lastMessage?: {
    /** Its id */
    readonly _id: string;
    /** The id of the room */
    readonly rid: string;
    /** What it is: `l` for a live chat, or the kind of a notice */
    readonly t?: string;
    readonly groupable?: boolean;
    /** What it says */
    readonly msg: string;
    /** When it was */
    readonly ts: string;
    /** Who wrote it */
    readonly u: Person;
    readonly transferData?: Readonly<Record<string, unknown>>;
    /** When it was changed last */
    readonly _updatedAt: string;
    /** The name that is shown */
    readonly alias?: string;
    /** Addresses in it */
    readonly urls?: readonly Readonly<Record<string, unknown>>[];
    /** Who is mentioned in it */
    readonly mentions?: readonly Readonly<Record<string, unknown>>[];
    /** Rooms that are named in it */
    readonly channels?: readonly Readonly<Record<string, unknown>>[];
    /** The text in parts */
    readonly md?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly department?: string;
  readonly takenAt?: string;
  readonly defaultAgent?: {
    /** The id of the agent */
    readonly agentId?: string;
    /** The user name */
    readonly username?: string;
  };
  /** The id of its SLA policy */
  readonly slaId?: string;
  /** The id of its priority */
  readonly priorityId?: string;
  readonly departmentAncestors?: readonly string[];
}

/** What a log-in or a log-out came to */
export interface LogIn {
  /** It was done */
  readonly status: 'success';
  /** The account, its id and the token of the session */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message */
export interface Message {
  /** Its id */
  readonly _id?: string;
  /** The id of the room */
  readonly rid?: string;
  /** Who wrote it */
  readonly u?: Person;
  /** What it says */
  readonly msg?: string;
  /** When it was */
  readonly ts?: string;
  /** Addresses in it */
  readonly urls?: readonly Readonly<Record<string, unknown>>[];
  /** Who is mentioned in it */
  readonly mentions?: readonly Readonly<Record<string, unknown>>[];
  /** Rooms that are named in it */
  readonly channels?: readonly Readonly<Record<string, unknown>>[];
  /** The text in parts */
  readonly md?: readonly Readonly<Record<string, unknown>>[];
  /** What is attached */
  readonly attachments?: readonly Readonly<Record<string, unknown>>[];
  /** When it was changed */
  readonly editedAt?: string;
  /** Who changed it */
  readonly editedBy?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
  };
  /** When it was changed last */
  readonly _updatedAt?: string;
  readonly reactions?: Readonly<Record<string, unknown>>;
  readonly starred?: readonly {
    /** Its id */
    readonly _id?: string;
  }[];
  readonly pinned?: boolean;
  readonly pinnedAt?: string;
  readonly pinnedBy?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
  };
  readonly token?: string;
  /** The name that is shown */
  readonly alias?: string;
  /** What it is: `l` for a live chat, or the kind of a notice */
  readonly t?: string;
  readonly groupable?: boolean;
  readonly transcriptRequested?: boolean;
  readonly tmid?: string;
  /** The file */
  readonly file?: Readonly<Record<string, unknown>>;
  /** Files */
  readonly files?: readonly Readonly<Record<string, unknown>>[];
  readonly fileUpload?: {
    readonly publicFilePath?: string;
    readonly type?: string;
    readonly size?: number;
  };
  /** The user name */
  readonly username?: string;
  readonly transferData?: Readonly<Record<string, unknown>>;
  readonly requestData?: {
    readonly type: string;
    /** The visitor */
    readonly visitor: Visitor;
    /** The account */
    readonly user: User | null;
  };
  /** What was noted */
  readonly comment?: string;
  readonly slaData?: {
    readonly definedBy: {
      /** Its id */
      readonly _id: string;
      /** The user name */
      readonly username: string;
    };
    /** SLA policies */
    readonly sla?: Sla;
  };
  readonly navigation?: Readonly<Record<string, unknown>>;
  readonly actionLinks?: readonly unknown[];
  readonly webRtcCallEndTs?: string;
  readonly priorityData?: {
    readonly definedBy: {
      /** Its id */
      readonly _id: string;
      /** The user name */
      readonly username: string;
    };
    readonly priority?: {
      /** The text of its own name */
      readonly i18n: string;
      /** The name */
      readonly name: string;
    };
  };
  /** Whether it was opened by this call */
  readonly newRoom?: boolean;
  /** Whether an agent is looked for */
  readonly showConnecting?: boolean;
  /** The text */
  readonly text?: string;
  /** The account */
  readonly user?: User;
}

/** Somebody who watches over units */
export interface Monitor {
  /** Its id */
  readonly _id: string;
  /** The user name */
  readonly username: string;
  /** The name */
  readonly name?: string;
  /** The status */
  readonly status?: string;
  /** Addresses */
  readonly emails?: readonly {
    readonly address: string;
    readonly verified: boolean;
  }[];
  readonly monitorId?: string;
  readonly unitId?: string;
}

/** A visitor, by name */
export interface NamedVisitor {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name: string;
  /** The user name */
  readonly username: string;
  readonly custom_name: string;
}

/** A permission, and who has it */
export interface Permission {
  /** Its id */
  readonly _id: string;
  /** The ids of roles */
  readonly roles: readonly string[];
  /** When it was changed last */
  readonly _updatedAt: string;
}

/** Somebody, by id and name */
export interface Person {
  /** Its id */
  readonly _id: string;
  /** The user name */
  readonly username: string;
  /** The name */
  readonly name?: string;
}

/** A personal access token, without what it is */
export interface PersonalToken {
  /** The name */
  readonly name: string;
  /** When it was made */
  readonly createdAt: string;
  readonly lastTokenPart: string;
  readonly bypassTwoFactor: boolean;
}

/** Somebody, and whether they are there */
export interface Presence {
  /** Its id */
  readonly _id: string;
  /** The user name */
  readonly username: string;
  /** The name */
  readonly name: string;
  /** The status */
  readonly status: string;
  /** How many hours the clock is ahead of UTC */
  readonly utcOffset: number;
  /** What is said beside the status */
  readonly statusText: string;
  /** Which picture it is */
  readonly avatarETag: string;
}

/** A priority */
export interface Priority {
  /** Its id */
  readonly _id: string;
  /** The text of its own name */
  readonly i18n: string;
  /** Its place among the others */
  readonly sortItem: number;
  /** Whether its name was changed */
  readonly dirty: boolean;
  /** The name */
  readonly name?: string;
}

/** How many chats an agent has */
export interface QueueLine {
  /** The account */
  readonly user: Readonly<Record<string, unknown>>;
  readonly department: Readonly<Record<string, unknown>>;
  /** How many chats */
  readonly chats: number;
}

/** A role */
export interface Role {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name: string;
  /** Whose it is */
  readonly scope: string;
  /** What it is for */
  readonly description: string;
  readonly protected: boolean;
  readonly mandatory2fa: boolean;
  /** When it was changed last */
  readonly _updatedAt: string;
}

/** A live chat */
export interface Room {
  /** Its id */
  readonly _id: string;
  /** What it is: `l` for a live chat, or the kind of a notice */
  readonly t: string;
  /** How many messages there are */
  readonly msgs?: number;
  /** How many people are in it */
  readonly usersCount?: number;
  /** When it was */
  readonly ts?: string;
  /** When something was said last */
  readonly lm?: string;
  /** What people see it called */
  readonly fname?: string;
  /** The visitor */
  readonly v?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    readonly token: string;
    /** The status */
    readonly status: string;
    /** The name */
    readonly name?: string;
    /** Numbers, each as `phoneNumber` */
    readonly phone?: string;
    readonly lastMessageTs?: string;
    readonly activity?: readonly string[];
  };
  readonly cl?: boolean;
  /** Whether it goes on */
  readonly open?: boolean;
  /** Whether the visitor waits for an answer */
  readonly waitingResponse?: boolean;
  /** Who serves the chat */
  readonly servedBy?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    /** When it was */
    readonly ts: string;
  };
  /** Where it came from */
  readonly source?: Readonly<Record<string, unknown>>;
  /** Where its priority puts it in the queue */
  readonly priorityWeight?: number;
  /** Within how many minutes it gets an agent */
  readonly estimatedWaitingTimeQueue?: number;
  /** When it was changed last */
  readonly _updatedAt?: string;
  /** Since when it waits */
  readonly queuedAt?: string;
  /** The id of the department */
  readonly departmentId?: string;
  /** How long things took */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** Values of custom fields, by the ids of the fields */
  readonly livechatData?: Readonly<Record<string, unknown>>;
  readonly autoTransferOngoing?: boolean;
  /** The id of its priority */
  readonly priorityId?: string;
  /** The id of its SLA policy */
  readonly slaId?: string;
  readonly departmentAncestors?: readonly string[];
  /** Who answered first */
  readonly responseBy?: Readonly<Record<string, unknown>>;
  /** Tags */
  readonly tags?: readonly string[];
  /** When it was closed */
  readonly closedAt?: string;
  /** `user` or `visitor` */
  readonly closer?: string;
  /** Who closed it */
  readonly closedBy?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
  };
  /** What it is about */
  readonly topic?: string;
  readonly department?: Department;
  /** Whether it is on hold */
  readonly onHold?: boolean;
  readonly omnichannel?: {
    readonly predictedVisitorAbandonmentAt: string;
  };
  readonly surveyFeedback?: {
    readonly satisfaction?: string;
    readonly agentResposiveness?: string;
    readonly additionalFeedback: string;
  };
  readonly pdfTranscriptRequested?: boolean;
  readonly pdfTranscriptFileId?: string;
  /** An address */
  readonly email?: {
    readonly thread: string;
    readonly replyTo: string;
    readonly subject: string;
  };
  readonly sms?: {
    readonly from?: string;
  };
  /** What became of the call */
  readonly callStatus?: string;
  readonly autoTransferredAt?: string;
  /** The notice with which it was closed */
  readonly closingMessage?: {
    /** Its id */
    readonly _id: string;
    /** The id of the room */
    readonly rid: string;
    /** What it is: `l` for a live chat, or the kind of a notice */
    readonly t: string;
    readonly groupable: boolean;
    /** What it says */
    readonly msg: string;
    /** When it was */
    readonly ts: string;
    /** Who wrote it */
    readonly u: Person;
    readonly transcriptRequested: boolean;
    /** When it was changed last */
    readonly _updatedAt: string;
  };
}

/** A setting */
export interface Setting {
  /** Its id */
  readonly _id?: string;
  readonly type?: string;
  /** The value */
  readonly value?: readonly string[] | boolean | number | null | string;
  /** What it is at first */
  readonly packageValue?: readonly string[] | boolean | number | string;
  readonly valueSource?: string;
  readonly hidden?: boolean;
  readonly blocked?: boolean;
  readonly secret?: boolean;
  /** The text of its name */
  readonly i18nLabel?: string;
  readonly i18nDescription?: string;
  readonly sorter?: number;
  /** The room */
  readonly group?: string;
  readonly section?: string;
  /** Whether visitors see it */
  readonly public?: boolean;
  readonly enterprise?: boolean;
  readonly requiredOnWizard?: boolean;
  readonly autocomplete?: boolean;
  readonly env?: boolean;
  /** When it was */
  readonly ts?: string;
  /** When it was made */
  readonly createdAt?: string;
  /** When it was changed last */
  readonly _updatedAt?: string;
  readonly invalidValue?: readonly string[] | boolean | number | string;
  readonly modules?: readonly string[];
  readonly values?: readonly {
    readonly key: string;
    /** The text of its name */
    readonly i18nLabel: string;
  }[];
  readonly enableQuery?: string;
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly preferences?: Readonly<Record<string, unknown>>;
}

/** An SLA policy */
export interface Sla {
  /** Its id */
  readonly _id?: string;
  /** The name */
  readonly name: string;
  /** Within how many minutes a chat gets an agent */
  readonly dueTimeInMinutes?: number;
  /** When it was changed last */
  readonly _updatedAt?: string;
  /** What it is for */
  readonly description?: string;
}

/** The place of somebody in a room */
export interface Subscription {
  /** Its id */
  readonly _id: string;
  /** The id of the room */
  readonly rid: string;
  /** What it is: `l` for a live chat, or the kind of a notice */
  readonly t: string;
  /** Who wrote it */
  readonly u: Person;
  /** The name */
  readonly name: string;
  /** What people see it called */
  readonly fname: string;
  /** Whether it goes on */
  readonly open: boolean;
  /** Whether there is something new */
  readonly alert: boolean;
  /** How many messages are unread */
  readonly unread: number;
  readonly userMentions: number;
  readonly groupMentions: number;
  /** When it was */
  readonly ts: string;
  /** When it was changed last */
  readonly _updatedAt: string;
  /** When it was read last */
  readonly ls?: string;
  readonly desktopNotifications?: string;
  readonly mobilePushNotifications?: string;
  readonly emailNotifications?: string;
  /** The visitor */
  readonly v?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    readonly token: string;
    /** The status */
    readonly status: string;
  };
  readonly department?: string;
  /** Whether it is on hold */
  readonly onHold?: boolean;
}

/** What was done */
export interface Success {
  /** It was done */
  readonly success: true;
}

/** A tag */
export interface Tag {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name: string;
  /** What it is for */
  readonly description: string;
  /** How many departments belong to it */
  readonly numDepartments: number;
  /** Departments */
  readonly departments: readonly string[];
  /** When it was changed last */
  readonly _updatedAt: string;
}

/** A room of those who work here */
export interface TeamRoom {
  /** Its id */
  readonly _id: string;
  /** What it is: `l` for a live chat, or the kind of a notice */
  readonly t: string;
  /** How many messages there are */
  readonly msgs: number;
  /** How many people are in it */
  readonly usersCount: number;
  /** When it was */
  readonly ts: string;
  /** When something was said last */
  readonly lm: string;
  /** What people see it called */
  readonly fname?: string;
  /** The visitor */
  readonly v?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    readonly token: string;
    /** The status */
    readonly status: string;
    /** The name */
    readonly name: string;
    readonly lastMessageTs?: string;
  };
  readonly cl?: boolean;
  /** Whether it goes on */
  readonly open?: boolean;
  /** Whether the visitor waits for an answer */
  readonly waitingResponse?: boolean;
  /** Who serves the chat */
  readonly servedBy?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    /** When it was */
    readonly ts: string;
  };
  /** Where it came from */
  readonly source?: Readonly<Record<string, unknown>>;
  /** Where its priority puts it in the queue */
  readonly priorityWeight?: number;
  /** Within how many minutes it gets an agent */
  readonly estimatedWaitingTimeQueue?: number;
  /** How long things took */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** When it was changed last */
  readonly _updatedAt: string;
  /** What was said last */
  readonly lastMessage?: {
    /** Its id */
    readonly _id: string;
    /** The id of the room */
    readonly rid: string;
    /** What it says */
    readonly msg: string;
    readonly token?: string;
    /** The name that is shown */
    readonly alias?: string;
    /** When it was */
    readonly ts: string;
    /** Who wrote it */
    readonly u: Person;
    /** Addresses in it */
    readonly urls?: readonly Readonly<Record<string, unknown>>[];
    /** Who is mentioned in it */
    readonly mentions?: readonly Readonly<Record<string, unknown>>[];
    /** Rooms that are named in it */
    readonly channels?: readonly Readonly<Record<string, unknown>>[];
    /** The text in parts */
    readonly md?: readonly Readonly<Record<string, unknown>>[];
    /** When it was changed last */
    readonly _updatedAt: string;
    /** What it is: `l` for a live chat, or the kind of a notice */
    readonly t?: string;
    readonly groupable?: boolean;
    readonly transferData?: Readonly<Record<string, unknown>>;
    /** What is attached */
    readonly attachments?: readonly Readonly<Record<string, unknown>>[];
  };
  /** The name */
  readonly name?: string;
  readonly default?: boolean;
  /** When it was closed */
  readonly closedAt?: string;
  /** `user` or `visitor` */
  readonly closer?: string;
  /** Who closed it */
  readonly closedBy?: {
    /** Its id */
    readonly _id?: string;
    /** The user name */
    readonly username?: string;
  };
  /** Since when it waits */
  readonly queuedAt?: string;
  /** Whether nobody may write */
  readonly ro?: boolean;
  /** Who wrote it */
  readonly u?: Person;
  readonly usernames?: readonly string[];
  readonly uids?: readonly string[];
  /** The id of the room */
  readonly rid?: string;
}

/** How a chat came to somebody else */
export interface Transfer {
  readonly transferredBy?: {
    /** Its id */
    readonly _id: string;
    /** The user name */
    readonly username: string;
    readonly userType: string;
    /** The name */
    readonly name?: string;
  };
  /** When it was */
  readonly ts?: string;
  /** Whose it is */
  readonly scope?: string;
  /** What was noted */
  readonly comment?: string;
  readonly previousDepartment?: string;
  readonly transferredTo?: {
    /** Its id */
    readonly _id?: string;
    /** The user name */
    readonly username?: string;
    /** The name */
    readonly name?: string;
  };
  readonly nextDepartment?: {
    /** Its id */
    readonly _id?: string;
    /** The name */
    readonly name?: string;
  };
}

/** A trigger */
export interface Trigger {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name?: string;
  /** What it is for */
  readonly description?: string;
  readonly enabled?: boolean;
  /** Whether it fires only once for a visitor */
  readonly runOnce: boolean;
  /** When it fires */
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  /** What it does */
  readonly actions: readonly Readonly<Record<string, unknown>>[];
  /** When it was changed last */
  readonly _updatedAt?: string;
}

/** A business unit */
export interface Unit {
  /** Its id */
  readonly _id: string;
  /** The name */
  readonly name: string;
  /** `public`, or `private` */
  readonly visibility: string;
  readonly type: string;
  /** How many watch over it */
  readonly numMonitors: number;
  /** How many departments belong to it */
  readonly numDepartments: number;
  /** When it was changed last */
  readonly _updatedAt: string;
}

/** An account of somebody who works here */
export interface User {
  /** Its id */
  readonly _id: string;
  /** The user name */
  readonly username?: string;
  /** The name */
  readonly name?: string;
  /** The status */
  readonly status?: string;
  /** Addresses */
  readonly emails?: readonly {
    readonly address: string;
    readonly verified: boolean;
  }[];
  /** `available` to chats, or `not-available` */
  readonly statusLivechat?: string;
  /** Departments */
  readonly departments?: readonly string[];
  readonly livechat?: {
    /** How many chats at most at the same time */
    readonly maxNumberSimultaneousChat?: number;
  };
  readonly type?: string;
  readonly active?: boolean;
  /** How many hours the clock is ahead of UTC */
  readonly utcOffset?: number;
  /** What is said beside the status */
  readonly statusText?: string;
  /** The ids of roles */
  readonly roles?: readonly string[];
  /** The status that they have chosen */
  readonly statusDefault?: string;
  /** The status of the connection */
  readonly statusConnection?: string;
  /** When it was made */
  readonly createdAt?: string;
  /** When they logged in last */
  readonly lastLogin?: string;
  /** Custom fields */
  readonly customFields?: Readonly<Record<string, unknown>>;
  readonly requirePasswordChange?: boolean;
  /** When it was changed last */
  readonly _updatedAt?: string;
  /** Settings */
  readonly settings?: Setting;
  /** An address */
  readonly email?: string;
  /** Where the picture is */
  readonly avatarUrl?: string;
  readonly isOAuthUser?: boolean;
  readonly services?: Readonly<Record<string, unknown>>;
  /** A second name */
  readonly nickname?: string;
  /** What the person says of themselves */
  readonly bio?: string;
  readonly openBusinessHours?: readonly string[];
  readonly canViewAllInfo?: boolean;
  /** The language */
  readonly language?: string;
}

/** A visitor */
export interface Visitor {
  /** Its id */
  readonly _id: string;
  /** The user name */
  readonly username?: string;
  /** When it was */
  readonly ts?: string;
  readonly token?: string;
  /** The status */
  readonly status?: string;
  /** The name */
  readonly name?: string;
  /** When it was changed last */
  readonly _updatedAt?: string;
  readonly visitorEmails?: readonly {
    readonly address: string;
  }[];
  readonly lastChat?: {
    /** Its id */
    readonly _id: string;
    /** When it was */
    readonly ts: string;
  };
  readonly lastAgent?: {
    /** The id of the agent */
    readonly agentId: string;
    /** The user name */
    readonly username: string;
    /** When it was */
    readonly ts: string;
  };
  /** Values of custom fields, by the ids of the fields */
  readonly livechatData?: Readonly<Record<string, unknown>>;
  readonly department?: string;
  /** Numbers, each as `phoneNumber` */
  readonly phone?: readonly {
    readonly phoneNumber: string;
  }[];
  readonly ip?: string;
  readonly host?: string;
  readonly contactManager?: {
    /** The user name */
    readonly username: string;
  };
  readonly activity?: readonly string[];
  readonly userAgent?: string;
}
