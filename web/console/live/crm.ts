// The workspace's webhook, as Rocket.Chat's page of this name has it: where it goes, what it tells, and
// what comes back when it is tried.
import { get, post } from '../api/http.ts';

/** By the ids of the settings. */
export type CrmSettings = Readonly<Record<string, string | number | boolean>>;

/** By which the endpoint's own API knows it. */
const ENDPOINT = 'workspace';

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

export interface Stats {
  readonly endpoint: string;
  readonly backlog: number;
  readonly givenUp: number;
  readonly lastSuccessAt: string | null;
  readonly failingSince: string | null;
}

export interface Example {
  /** As Rocket.Chat calls it. */
  readonly type: string;
  readonly body: unknown;
}

export interface Header {
  readonly name: string;
  readonly value: string;
}

export interface Tested {
  readonly succeeded: boolean;
  readonly attempt: {
    readonly at: string;
    readonly status: number | null;
    readonly responseHeaders: readonly Header[] | null;
    readonly response: string | null;
    readonly error: string | null;
    readonly detail: string | null;
    readonly phasesMs: {
      readonly dns: number | null;
      readonly connect: number | null;
      readonly tls: number | null;
      readonly firstByte: number | null;
      readonly total: number;
    };
  };
}

export async function readSettings(): Promise<CrmSettings> {
  const { settings } = await get<{
    readonly settings: readonly { readonly _id: string; readonly value: string | number | boolean }[];
  }>('livechat/integrations.settings');
  return Object.fromEntries(settings.map(({ _id, value }) => [_id, value]));
}

/** Only what was changed. Whoever has a second factor shows a code of it. */
export async function saveSettings(changes: CrmSettings, code: string): Promise<void> {
  const body = Object.fromEntries(Object.entries(changes).map(([id, value]) => [NAMES[id] ?? id, value]));
  await post('omnichannel/integrations', body, 'v1', code);
}

export async function readStats(): Promise<Stats | undefined> {
  const { items } = await get<{ readonly items: readonly Stats[] }>('stats', {}, 'hark/v1');
  return items.find(({ endpoint }) => endpoint === ENDPOINT);
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

export async function sendTest(kind: string): Promise<Tested> {
  return await post<Tested>(`endpoints/${ENDPOINT}:test`, { kind }, 'hark/v1');
}
