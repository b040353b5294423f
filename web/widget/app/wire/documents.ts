// What the server says, as far as the widget looks at it. The contract is Rocket.Chat's livechat API.

export interface Person {
  readonly _id: string;
  readonly username: string;
  readonly name?: string;
}

export interface Agent {
  readonly _id?: string;
  readonly username?: string;
  readonly name?: string;
  readonly status?: string;
  /** The site does not show who answers. */
  readonly hiddenInfo?: boolean;
}

export interface Visitor {
  readonly _id: string;
  readonly username: string;
  readonly token: string;
  readonly name?: string;
  readonly visitorEmails?: readonly { readonly address: string }[];
  readonly department?: string;
}

export interface Room {
  readonly _id: string;
  readonly departmentId?: string;
  readonly seenAt?: string;
}

export interface Queue {
  readonly spot: number;
  readonly estimatedWaitTimeSeconds?: number;
  readonly message?: { readonly text?: string };
}

export interface Department {
  readonly _id: string;
  readonly name: string;
  readonly showOnRegistration: boolean;
  readonly showOnOfflineForm: boolean;
}

export interface CustomField {
  readonly _id: string;
  readonly label: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly regexp?: string | null;
  readonly defaultValue?: string | null;
  readonly options?: readonly string[];
}

export interface Trigger {
  readonly _id: string;
  readonly runOnce?: boolean;
  readonly conditions: readonly { readonly name: string; readonly value?: string | number }[];
  readonly actions: readonly {
    readonly name: string;
    readonly params?: {
      readonly sender?: string;
      readonly name?: string;
      readonly msg?: string;
      readonly serviceFallbackMessage?: string;
    };
  }[];
}

/** What is shown before a chat. */
export interface Welcome {
  readonly greeting: string;
  /** What is often asked. */
  readonly starts: readonly string[];
  readonly privacyLink: string;
  readonly agents: readonly { readonly name: string; readonly username: string }[];
  readonly firstAnswerSeconds?: number;
  readonly hours?: Hours;
}

/** Where there are opening hours. */
export interface Hours {
  readonly isOpen: boolean;
  /** Absent where it is always the same. */
  readonly changesAt?: string;
  /** What is open from today on, seven days. */
  readonly week: readonly { readonly from: string; readonly until: string }[];
}

export interface Config {
  readonly enabled: boolean;
  readonly online: boolean;
  readonly settings: {
    readonly registrationForm: boolean;
    readonly nameFieldRegistrationForm: boolean;
    readonly emailFieldRegistrationForm: boolean;
    readonly displayOfflineForm: boolean;
    readonly fileUpload: boolean;
    readonly allowSwitchingDepartments: boolean;
    readonly showConnecting: boolean;
    readonly agentHiddenInfo: boolean;
    readonly visitorsCanCloseChat: boolean;
    readonly transcript: boolean;
    readonly forceAcceptDataProcessingConsent: boolean;
    readonly limitTextLength: number | false;
    readonly clearLocalStorageWhenChatEnded: boolean;
    readonly hiddenSystemMessages: readonly string[] | null;
    readonly historyMonitorType: string;
    readonly language: string;
  };
  readonly theme: {
    readonly title?: string;
    readonly color?: string;
    readonly offlineTitle?: string;
    readonly offlineColor?: string;
    readonly background?: string;
  };
  readonly messages: {
    readonly offlineMessage?: string;
    readonly offlineSuccessMessage?: string;
    readonly offlineUnavailableMessage?: string;
    readonly conversationFinishedMessage?: string;
    readonly conversationFinishedText?: string;
    readonly transcriptMessage?: string;
    readonly registrationFormMessage?: string;
    readonly dataProcessingConsentText?: string;
    /** Only where agents see what is not sent yet. */
    readonly unfinishedWordsConsentText?: string;
  };
  readonly departments: readonly Department[];
  readonly customFields?: readonly CustomField[];
  readonly triggers?: readonly Trigger[];
  readonly resources?: { readonly sound?: string };
  readonly welcome?: Welcome;
  readonly guest?: Visitor;
  readonly room?: Room;
  readonly agent?: Agent;
  readonly queueInfo?: Queue;
}

export interface Attachment {
  /** Of a message that is quoted, with who wrote it. */
  readonly text?: string;
  readonly author_name?: string;
  readonly title?: string;
  readonly title_link?: string;
  readonly size?: number;
  readonly description?: string;
  readonly image_url?: string;
  readonly image_preview?: string;
  readonly image_type?: string;
  readonly image_dimensions?: { readonly width: number; readonly height: number };
  readonly audio_url?: string;
  readonly video_url?: string;
}

/** A moment as REST writes it, as a push does, or as a number. */
export type Moment = string | number | { readonly $date: number };

export interface Message {
  readonly _id: string;
  readonly rid?: string;
  readonly msg: string;
  readonly ts: Moment;
  readonly u: Person;
  readonly alias?: string;
  readonly t?: string;
  readonly editedAt?: Moment;
  readonly attachments?: readonly Attachment[];
  readonly transferData?: {
    readonly scope?: string;
    readonly transferredTo?: { readonly name?: string; readonly username?: string };
    readonly nextDepartment?: { readonly name?: string };
  };
}

export function millis(moment: Moment): number {
  if (typeof moment === 'number') {
    return moment;
  }
  return typeof moment === 'string' ? Date.parse(moment) : moment.$date;
}
