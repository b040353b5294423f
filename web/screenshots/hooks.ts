// The shop's webhooks: a CRM that answers with the customer, a slow warehouse, and a desk that does not answer.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Desk } from '../tests/desk.ts';

const CARD = {
  Customer: 'C-10482, since May 2021',
  Orders: '9 · 1,284.00 €',
  'Open order': 'KC-20377, delivered 23 Nov',
  link: 'https://crm.kiln-and-clay.example/customers/10482',
};

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/hooks/livechat': (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(CARD)),
  '/chat': (response) => response.writeHead(503).end('{"error":"down for maintenance"}'),
  '/in': (response) => response.writeHead(410).end(),
  '/v1/hark': (response) => response.writeHead(429, { 'Retry-After': '3600' }).end(),
};

async function receive(): Promise<string> {
  const receiver = createServer((request, response) => {
    request.resume();
    (ANSWERS[request.url ?? ''] ?? ((well) => well.writeHead(204).end()))(response);
  });
  await new Promise<void>((listening) => {
    receiver.listen(0, '127.0.0.1', listening);
  });
  // It ends with the one who takes the pictures.
  receiver.unref();
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}

/** Of another API of the same server. */
async function call<T>(desk: Desk, path: string, body: object, headers: Readonly<Record<string, string>> = desk.admin.credentials): Promise<T> {
  const answer = await fetch(`${desk.server.url}${path}`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${path}: ${text}`);
  }
  return JSON.parse(text) as T;
}

export async function connect(desk: Desk): Promise<void> {
  const url = await receive();
  await desk.admin.tell('omnichannel/integrations', {
    LivechatWebhookUrl: `${url}/hooks/livechat`,
    LivechatSecretToken: 'sixteen signs of',
    LivechatWebhookOnStart: true,
    LivechatWebhookOnClose: true,
    LivechatWebhookOnChatTaken: true,
    LivechatWebhookOnChatQueued: true,
    LivechatWebhookOnForward: true,
    LivechatWebhookOnOfflineMsg: true,
    LivechatWebhookOnVisitorMessage: true,
    LivechatWebhookOnAgentMessage: false,
  });
  const endpoints = [
    { name: 'Order desk', url: `${url}/chat`, events: ['chat.started', 'chat.closed', 'lead.captured'], policy: { delaysMs: [] } },
    { name: 'Old CRM', url: `${url}/in`, dialect: 'rocketchat', events: ['chat.*'] },
    { name: 'Shop floor display', url: 'http://10.20.0.14:8080/hook', events: ['chat.queued', 'chat.taken'] },
    { name: 'Data warehouse', url: `${url}/v1/hark`, events: ['*'] },
    { name: 'Ticket system', url: `${url}/in/9f2c`, events: ['offline.submitted', 'chat.closed'] },
    { name: 'Audit archive', url: `${url}/events`, events: ['*'], signing: 'v1a' },
  ];
  for (const endpoint of endpoints) {
    const { id } = await call<{ id: string }>(desk, 'api/hark/v1/endpoints', endpoint);
    if (endpoint.name === 'Ticket system') {
      await call(desk, `api/hark/v1/endpoints/${id}:pause`, {});
    }
  }
  const token = await fetch(`${desk.server.url}oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: 'admin', password: 'secret-of-admin' }),
  });
  const { access_token: bearer } = (await token.json()) as { access_token: string };
  for (const [event, path] of [['chatEnds', 'chat-ended'], ['offlineMessageIsSubmitted', 'offline'], ['agentStatusChanges', 'agents']]) {
    await call(desk, 'v4/livechat/webhooks', { event, targetUrl: `${url}/c100/${path}` }, { Authorization: `Bearer ${bearer}` });
  }
}
