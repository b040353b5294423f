// What the page of a site and the panel in its frame say to each other, in Rocket.Chat's envelope.

/** The four moments at which a trigger can go off. */
export type Moment =
  | 'page-url'
  | 'time-on-site'
  | 'chat-opened-by-visitor'
  | 'after-guest-registration';

export interface Condition {
  readonly name: Moment;
  readonly value?: string | number;
}

/** What the loader has to know before anybody clicks: `GET /api/hark/v1/widget`. */
export interface LauncherConfig {
  readonly enabled: boolean;
  /** Why it is not, for whoever builds the site. */
  readonly reason: string | null;
  readonly online: boolean;
  /** What the site's operator set; empty where the browser decides. */
  readonly language: string;
  readonly theme: {
    readonly title: string;
    readonly color: string;
    readonly offlineTitle: string;
    readonly offlineColor: string;
    readonly position: 'left' | 'right';
  };
  readonly triggers: readonly {
    readonly id: string;
    readonly runOnce: boolean;
    readonly conditions: readonly Condition[];
  }[];
}

/** What `setTheme` takes: Rocket.Chat's keys, and which appearance the site has. */
export interface Theme {
  readonly title?: string;
  readonly offlineTitle?: string;
  readonly color?: string;
  readonly fontColor?: string;
  readonly iconColor?: string;
  readonly position?: 'left' | 'right';
  readonly guestBubbleBackgroundColor?: string;
  readonly agentBubbleBackgroundColor?: string;
  readonly background?: string;
  readonly hideGuestAvatar?: boolean;
  readonly hideAgentAvatar?: boolean;
  /** Without it, what the visitor's system says. */
  readonly appearance?: 'light' | 'dark' | 'auto';
}

export interface Guest {
  readonly token?: string;
  readonly name?: string;
  readonly email?: string;
  readonly department?: string;
  readonly phone?: string;
  readonly customFields?: readonly {
    readonly key: string;
    readonly value: string;
    readonly overwrite?: boolean;
  }[];
}

export interface PageView {
  /** `url`, `title`, or a word of the site's own. */
  readonly change: string;
  readonly title: string;
  readonly location: { readonly href: string };
}

/** What the page tells the panel: the methods of the API that concern the chat, and a few more. */
export interface ToPanel {
  pageVisited(view: PageView): void;
  setCustomField(key: string, value: string, overwrite?: boolean): void;
  setTheme(theme: Theme): void;
  setDepartment(idOrName: string): void;
  clearDepartment(): void;
  setBusinessUnit(id: string): void;
  clearBusinessUnit(): void;
  setGuestToken(token: string): void;
  setGuestName(name: string): void;
  setGuestEmail(email: string): void;
  setAgent(agent: { readonly _id?: string; readonly username: string }): void;
  registerGuest(guest: Guest): void;
  /** Who the visitor is, as the site has signed it. */
  identify(identity: string): void;
  /** He is nobody here any more. */
  logout(): void;
  setLanguage(language: string): void;
  setParentUrl(url: string): void;
  setGuestMetadata(metadata: Readonly<Record<string, string>>): void;
  setHiddenSystemMessages(types: readonly string[]): void;
  transferChat(department: string): void;
  /** The panel is shown or put away, whether it fills the screen of a phone, and whether the visitor
   * goes on in it: not where it is only shown again, on the next page. */
  setExpanded(expanded: boolean, wholeScreen: boolean, takesFocus: boolean): void;
  /** A trigger whose moment the page sees has come. */
  runTrigger(id: string): void;
}

/** What the page answers to `remind`, at once. */
export interface Reminder {
  recall(kept: string): void;
}

/** What the host's callbacks are called by. */
export type HostEvent =
  | 'chat-maximized'
  | 'chat-minimized'
  | 'chat-started'
  | 'chat-ended'
  | 'pre-chat-form-submit'
  | 'offline-form-submit'
  | 'show-widget'
  | 'hide-widget'
  | 'assign-agent'
  | 'agent-status-change'
  | 'queue-position-change'
  | 'identity-refused'
  | 'no-agent-online';

/** What is shown beside the launcher. */
export interface Invitation {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** What the button is called that puts it away. */
  readonly dismiss: string;
  /** And the one that answers, where nothing has been asked yet: it is said once. */
  readonly reply?: string;
  /** When it was said. */
  readonly time?: string;
  /** As drawn already: what a page lets in of pictures is its own affair. */
  readonly face?: ImageBitmap;
}

/** What the panel tells the page. */
export interface ToPage {
  /** Everything that was said before is said now. */
  ready(): void;
  callback(event: HostEvent, data?: unknown): void;
  /** The visitor puts the panel away; the focus goes back to the launcher. */
  minimizeWindow(): void;
  /** Messages of agents that nobody has seen, in words too, and whether a chat runs: a page that is
   * opened next loads the panel at once if so. */
  state(state: {
    readonly unread: number;
    readonly said: string;
    readonly running: boolean;
  }): void;
  /** Somebody speaks to the visitor: beside the launcher, until he opens or dismisses it; in an open panel
   * it is read there. */
  invite(invitation: Invitation): void;
  /** The browser keeps nothing for the frame, so the page has to: what it keeps is wanted, and this
   * is to be kept. */
  remind(): void;
  keep(kept: string): void;
  /** The language that the panel speaks, and the launcher's name in it. */
  language(language: string, launcher: string): void;
}

export type Envelope<Calls> = {
  [Fn in keyof Calls]: Calls[Fn] extends (...args: infer Args) => void
    ? { readonly src: 'rocketchat'; readonly fn: Fn; readonly args: Args }
    : never;
}[keyof Calls];

export function isEnvelope(data: unknown): data is {
  readonly src: 'rocketchat';
  readonly fn: string;
  readonly args: readonly unknown[];
} {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const { src, fn, args } = data as Readonly<Record<string, unknown>>;
  return src === 'rocketchat' && typeof fn === 'string' && Array.isArray(args);
}
