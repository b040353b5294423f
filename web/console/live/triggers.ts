// When the widget speaks first, and what it says.
import type { Trigger as TriggerSaid } from '../api/generated/rocketchat.ts';
import { erase, get, post } from '../api/http.ts';
import { Refused } from '../../shared/answers.ts';

export const MOMENTS = ['page-url', 'time-on-site', 'chat-opened-by-visitor', 'after-guest-registration'] as const;
export type Moment = (typeof MOMENTS)[number];

interface Condition {
  readonly name: Moment;
  readonly value?: string | null;
}

interface Action {
  readonly name: 'send-message' | 'use-external-service';
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The document leaves open what conditions and actions are. */
export interface Trigger extends Required<Pick<TriggerSaid, '_id' | 'name' | 'description' | 'enabled' | 'runOnce'>> {
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
}

export interface TriggerDraft {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly runOnce: boolean;
  readonly moment: Moment;
  /** The seconds, or the pattern of the address. */
  readonly value: string;
  /** A program says what is said, not the text that stands here. */
  readonly asks: boolean;
  /** By the name of the agent whose turn it is, or by another one. */
  readonly sender: 'queue' | 'custom';
  readonly senderName: string;
  readonly words: string;
  readonly url: string;
  readonly timeout: number;
  /** What is said when the program says nothing. */
  readonly fallback: string;
}

const PATIENCE_MS = 10_000;

export const NEW_TRIGGER: TriggerDraft = {
  name: '',
  description: '',
  enabled: true,
  runOnce: true,
  moment: 'page-url',
  value: '',
  asks: false,
  sender: 'custom',
  senderName: '',
  words: '',
  url: '',
  timeout: PATIENCE_MS,
  fallback: '',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The widget heeds the first condition and the first action. */
export function draftOf({ name, description, enabled, runOnce, conditions, actions }: Trigger): TriggerDraft {
  const [condition] = conditions;
  const [action] = actions;
  const params = action?.params ?? {};
  return {
    name,
    description,
    enabled,
    runOnce,
    moment: condition?.name ?? NEW_TRIGGER.moment,
    value: text(condition?.value),
    asks: action?.name === 'use-external-service',
    sender: params['sender'] === 'queue' ? 'queue' : 'custom',
    senderName: text(params['name']),
    words: text(params['msg']),
    url: text(params['serviceUrl']),
    timeout: typeof params['serviceTimeout'] === 'number' ? params['serviceTimeout'] : PATIENCE_MS,
    fallback: text(params['serviceFallbackMessage']),
  };
}

export async function readTriggers(): Promise<readonly Trigger[]> {
  return (await get<{ readonly triggers: readonly Trigger[] }>('livechat/triggers', { count: 100 })).triggers;
}

export async function readTrigger(id: string): Promise<Trigger> {
  const { trigger } = await get<{ readonly trigger: Trigger | null }>(`livechat/triggers/${encodeURIComponent(id)}`);
  if (trigger === null) {
    throw new Refused(404, { error: 'error-not-found' });
  }
  return trigger;
}

/** What has no value of its own has none for the server either. */
const HAS_VALUE: ReadonlySet<Moment> = new Set(['page-url', 'time-on-site']);

function bodyOf({ moment, value, asks, sender, senderName, words, url, timeout, fallback, ...others }: TriggerDraft, kept: Trigger | undefined) {
  const name = sender === 'custom' ? { name: senderName } : {};
  const action = asks
    ? {
        name: 'use-external-service',
        params: { sender, ...name, serviceUrl: url, serviceTimeout: timeout, serviceFallbackMessage: fallback },
      }
    : { name: 'send-message', params: { sender, ...name, msg: words } };
  return {
    ...others,
    conditions: [{ name: moment, value: HAS_VALUE.has(moment) ? value : null }, ...(kept?.conditions.slice(1) ?? [])],
    actions: [action, ...(kept?.actions.slice(1) ?? [])],
  };
}

/** What of a trigger is not shown here stays as it is. */
export async function saveTrigger(kept: Trigger | undefined, draft: TriggerDraft): Promise<void> {
  await post('livechat/triggers', { ...(kept === undefined ? {} : { _id: kept._id }), ...bodyOf(draft, kept) });
}

export const removeTrigger = (id: string): Promise<unknown> => erase(`livechat/triggers/${encodeURIComponent(id)}`);

export interface Said {
  readonly words: string;
  /** Why the program has said nothing. */
  readonly error: string;
}

/** What a program says now. */
export async function tryService({ url, timeout, fallback }: TriggerDraft): Promise<Said> {
  try {
    const { response } = await post<{ readonly response: { readonly contents: readonly { readonly msg?: string }[] } }>(
      'livechat/triggers/external-service/test',
      { webhookUrl: url, timeout, fallbackMessage: fallback },
    );
    return { words: response.contents.map(({ msg }) => msg ?? '').join('\n'), error: '' };
  } catch (error) {
    if (error instanceof Refused && typeof error.body['fallbackMessage'] === 'string') {
      const { response, fallbackMessage } = error.body;
      return { words: fallbackMessage, error: text(response) || error.message };
    }
    throw error;
  }
}
