// What is known about this chat right now. Views read it, `chat.ts` and its neighbours change it.
import { computed, signal } from '@preact/signals';

import { memory } from '../memory.ts';
import type { Agent, Config, Queue, Visitor } from '../wire/documents.ts';

export const config = signal<Config | undefined>(undefined);
export const visitor = signal<Visitor | undefined>(undefined);
export const agent = signal<Agent | undefined>(undefined);
export const queue = signal<Queue | undefined>(undefined);
/** The chat is over; what was said is still shown. */
export const ended = signal(false);
/** Whether the server can be reached; `idle` as long as nothing has to be heard. */
export const connection = signal<'idle' | 'live' | 'lost'>('idle');
/** Who writes at the moment. */
export const typing = signal<readonly string[]>([]);

/** The panel is in sight, and whether it fills the screen. */
export const expanded = signal(false);
export const wholeScreen = signal(false);

/** The visitor would rather leave a message than wait, or nobody is there any more. */
export const leavingMessage = signal(false);
/** A message was left, and nothing else is written yet. */
export const letterIsSent = signal(false);
/** He has gone back to what is shown before a chat. */
export const atHome = signal(false);
/** Up to when an agent has read what was said. */
export const seenAt = signal(0);
/** His data was deleted at his wish. */
export const forgotten = signal(false);

/** What the site's page has said about the visitor before he was registered. */
export interface Given {
  name?: string;
  email?: string;
  phone?: string;
  department?: string;
  businessUnit?: string;
  agentId?: string;
  parentUrl?: string;
  metadata?: Readonly<Record<string, string>>;
  hiddenTypes?: readonly string[];
  fields: { key: string; value: string; overwrite: boolean }[];
}
export const given = signal<Given>({ fields: [] });

export function give(changes: Partial<Given>): void {
  given.value = { ...given.peek(), ...changes };
}

/** Somebody spoke to the visitor without being asked: shown like a message, kept nowhere. */
export interface Greeting {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly at: number;
}
export const greetings = signal<readonly Greeting[]>([]);

/** What a visitor has written who has not said yet who they are: it is sent when they have. Nothing, as long
 * as they have not come to the form; empty where they would rather say first who they are. */
export const firstWords = signal<string | undefined>(undefined);

export const isRunning = computed(() => memory.value.rid !== undefined && !ended.value);

/** A field to fill in stands between the visitor and the chat. */
const wantsForm = computed(() => {
  const { settings, departments = [], customFields = [] } = config.value ?? {};
  if (settings?.registrationForm !== true || visitor.value !== undefined) {
    return false;
  }
  return (
    settings.nameFieldRegistrationForm ||
    settings.emailFieldRegistrationForm ||
    customFields.length > 0 ||
    departments.some((department) => department.showOnRegistration)
  );
});

export type Screen =
  | 'loading'
  | 'off'
  | 'consent'
  | 'register'
  | 'chat'
  | 'offline'
  | 'unavailable'
  | 'forgotten';

export const screen = computed<Screen>(() => {
  const now = config.value;
  if (now === undefined) {
    return 'loading';
  }
  if (!now.enabled) {
    return 'off';
  }
  if (forgotten.value) {
    return 'forgotten';
  }
  if (memory.value.rid !== undefined && !leavingMessage.value) {
    return 'chat';
  }
  if (now.settings.forceAcceptDataProcessingConsent && !memory.value.consent) {
    return 'consent';
  }
  if (!now.online || leavingMessage.value) {
    return now.settings.displayOfflineForm ? 'offline' : 'unavailable';
  }
  return wantsForm.value && greetings.value.length === 0 ? 'register' : 'chat';
});
