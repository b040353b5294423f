// The workspace's webhook, as Rocket.Chat's page of this name has it: where it goes, what it tells, and
// what comes back when it is tried.
import type { Attempt, EventCounts, Header, Tested } from '../api/generated/hark.ts';
import { get, post } from '../api/http.ts';
import { may } from './people.ts';

export type { Attempt, Header, Tested };

/** By the ids of the settings. */
export type CrmSettings = Readonly<Record<string, string | number | boolean>>;

/** By which the endpoint's own API knows it. */
export const ENDPOINT = 'workspace';

/** The id of each setting, and how the route that changes it calls it. */
const NAMES: Readonly<Record<string, string>> = {
  Livechat_webhookUrl: 'LivechatWebhookUrl',
  Livechat_secret_token: 'LivechatSecretToken',
  Livechat_http_timeout: 'LivechatHttpTimeout',
  Livechat_webhook_on_start: 'LivechatWebhookOnStart',
  Livechat_webhook_on_close: 'LivechatWebhookOnClose',
  Livechat_webhook_on_chat_taken: 'LivechatWebhookOnChatTaken',
  Livechat_webhook_on_chat_queued: 'LivechatWebhookOnChatQueued',
  Livechat_webhook_on_forward: 'LivechatWebhookOnForward',
  Livechat_webhook_on_offline_msg: 'LivechatWebhookOnOfflineMsg',
  Livechat_webhook_on_visitor_message: 'LivechatWebhookOnVisitorMessage',
  Livechat_webhook_on_agent_message: 'LivechatWebhookOnAgentMessage',
};

export interface Example {
  /** As Rocket.Chat calls it. */
  readonly type: string;
  readonly body: unknown;
}

export async function readSettings(): Promise<CrmSettings> {
  const { settings } = await get<{
    readonly settings: readonly { readonly _id: string; readonly value: string | number | boolean }[];
  }>('livechat/integrations.settings');
  return Object.fromEntries(settings.map(({ _id, value }) => [_id, value]));
}

/** Only what was changed. */
export async function saveSettings(changes: Partial<CrmSettings>): Promise<void> {
  const own = Object.entries(changes).flatMap(([id, value]) => {
    const name = NAMES[id];
    return name === undefined ? [] : [[name, value] as const];
  });
  // A pattern may be refused: that comes first, so that nothing is saved before it.
  for (const [id, value] of Object.entries(changes)) {
    if (!(id in NAMES)) {
      await post(`settings/${id}`, { value });
    }
  }
  if (own.length > 0) {
    await post('omnichannel/integrations', Object.fromEntries(own));
  }
}

/** Settings of the server that are not the webhook's own: what is captured, and what else is told. */
export const CAPTURE = {
  navigation: 'Send_visitor_navigation_history_livechat_webhook_request',
  /** Without it nothing of navigation is sent. */
  pages: 'Livechat_Visitor_navigation_as_a_message',
  leads: 'Livechat_webhook_on_capture',
  email: 'Livechat_lead_email_regex',
  phone: 'Livechat_lead_phone_regex',
} as const;

export const seesCapture = (): boolean => may('view-privileged-setting');

interface Setting {
  readonly _id: string;
  readonly value: string | boolean;
  readonly packageValue: string | boolean;
}

/** As they are, and as they came. */
export async function readCapture(): Promise<{ readonly now: CrmSettings; readonly came: CrmSettings }> {
  const ids = Object.values(CAPTURE);
  const { settings } = await get<{ readonly settings: readonly Setting[] }>('settings', {
    query: JSON.stringify({ _id: { $in: ids } }),
    count: ids.length,
  });
  return {
    now: Object.fromEntries(settings.map(({ _id, value }) => [_id, value])),
    came: Object.fromEntries(settings.map(({ _id, packageValue }) => [_id, packageValue])),
  };
}

interface Kind {
  readonly name: string;
  readonly dialects: Readonly<Record<string, { readonly example: unknown }>>;
}

/** What is sent of each kind of events, by its name. */
export async function readExamples(): Promise<ReadonlyMap<string, Example>> {
  const { kinds } = await get<{ readonly kinds: readonly Kind[] }>('catalogue', {}, 'hark/v1');
  const told = kinds.flatMap(({ name, dialects }) => {
    const body = dialects['rocketchat']?.example;
    const type = (body as { readonly type?: string } | undefined)?.type;
    return body === undefined || type === undefined ? [] : [[name, { type, body }] as const];
  });
  return new Map(told);
}

export type Counts = EventCounts;

/** How many events of each kind there were in the last 24 hours. */
export const readCounts = (): Promise<Counts> => get<Counts>('events/counts', {}, 'hark/v1');

export async function sendTest(kind: string): Promise<Tested> {
  return await post<Tested>(`endpoints/${ENDPOINT}:test`, { kind }, 'hark/v1');
}
