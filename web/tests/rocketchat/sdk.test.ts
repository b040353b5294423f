// The older driver for visitors, @rocket.chat/sdk (1.0.0-alpha.42), on which widgets up to 1.13 are
// built. It awaits an answer to all that it asks and knows none that refuses, so it is asked for
// nothing here that is refused.

import Livechat from '@rocket.chat/sdk/lib/clients/Livechat';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Agent, Desk } from '../desk.ts';
import { at, list, text } from './documents.ts';
import { connect, heard } from './line.ts';

let desk: Desk;
let amy: Agent;

beforeAll(async () => {
  desk = await Desk.open();
  await desk.acceptMail();
  amy = await desk.agent('amy', 'Amy Able');
  await desk.field('order', 'Order number');
});

afterAll(async () => {
  await desk?.stop();
});

const silent = () => undefined;

function driver(): Livechat {
  const logger = { debug: silent, info: silent, warning: silent, warn: silent, error: silent };
  return new Livechat({ host: desk.url, protocol: 'ddp', useSsl: false, logger });
}

test('a whole chat', async () => {
  const client = driver();
  const token = 'token-of-ann';
  expect(await client.config({ token })).toMatchObject({ enabled: true, online: true });
  const guest: unknown = await client.grantVisitor({ visitor: { token, name: 'Ann', email: 'ann@example.org' } });
  const username = text(guest, 'username');
  await client.connect({});
  const field = { token, key: 'order', value: '7', overwrite: true };
  expect(await client.sendCustomField(field)).toMatchObject({ field: { key: 'order' } });

  const rid = text(await client.room(), '_id');
  const words: unknown[] = [];
  const typing: unknown[] = [];
  const agents: unknown[] = [];
  const statuses: unknown[] = [];
  await client.onMessage((message: unknown) => words.push(message));
  await client.onTyping((...args: unknown[]) => typing.push(args));
  expect(await client.subscribeRoom(rid)).toHaveLength(3);
  await client.onAgentChange(rid, (agent: unknown) => agents.push(agent));
  await client.onAgentStatusChange(rid, (status: unknown) => statuses.push(status));

  const said: unknown = await client.sendMessage({ token, rid, msg: 'Hello' });
  const id = text(said, 'message', '_id');
  await expect
    .poll(() => words.at(-1))
    .toMatchObject({ _id: id, msg: 'Hello', ts: expect.any(Date) });
  await desk.take(amy, rid);
  await expect.poll(() => agents).toMatchObject([{ username: 'amy' }]);
  expect(await client.agent({ rid })).toMatchObject({ username: 'amy' });
  await desk.status(amy, 'busy');
  await expect.poll(() => statuses).toEqual(['busy']);

  const line = await connect(desk, amy);
  const activity = `${rid}/user-activity` as const;
  const seen = await heard(line, 'notify-room', activity);
  await client.notifyVisitorTyping(rid, username, true);
  await client.notifyVisitorTyping(rid, username, false);
  await expect.poll(() => seen).toEqual([
    [username, ['user-typing'], {}],
    [username, [], {}],
  ]);
  await line.call('stream-notify-room', activity, 'amy', ['user-typing']);
  await line.call('stream-notify-room', activity, 'amy', []);
  await expect.poll(() => typing).toEqual([
    ['amy', true],
    ['amy', false],
  ]);

  const answer = await desk.say(amy, rid, 'How can I help?');
  await expect.poll(() => words.at(-1)).toMatchObject({ _id: answer });
  await client.editMessage(id, { token, rid, msg: 'Hello there' });
  await expect.poll(() => words.at(-1)).toMatchObject({ _id: id, msg: 'Hello there' });
  await client.deleteMessage(id, { rid });
  const file = new File(['Two of them'], 'order.txt', { type: 'text/plain' });
  await client.uploadFile({ rid, file });
  await expect.poll(() => at(words.at(-1), 'attachments', 0, 'title')).toBe('order.txt');
  const history = list(await client.loadMessages(rid, { token, limit: 50 }));
  expect(history.map((message) => text(message, 'msg'))).toEqual([
    '',
    'How can I help?',
    '',
    'connected',
    '',
  ]);

  expect(await client.updateVisitorStatus('away')).toBe('away');
  const page = { title: 'A shop', change: 'url', location: { href: 'https://shop.example/' } };
  await client.sendVisitorNavigation({ token, rid, pageInfo: page });
  await desk.set('Livechat_enable_transcript', true);
  await client.requestTranscript('ann@example.org', { rid });
  await desk.set('Livechat_enable_transcript', false);
  expect(await client.closeChat({ rid })).toMatchObject({ rid });
  await expect.poll(() => words.at(-1)).toMatchObject({ t: 'livechat-close' });
  expect(text(await client.room(), '_id')).not.toBe(rid);
  line.connection.close();
  await client.disconnect();
});

test('whose window closes is gone, though he had no name when it opened', async () => {
  const client = driver();
  client.credentials.token = 'token-of-bea';
  await client.connect({});
  await client.grantVisitor({ visitor: { token: 'token-of-bea', name: 'Bea' } });
  const rid = text(await client.room(), '_id');
  expect(at(await desk.room(rid), 'v', 'status')).toBe('online');
  await client.disconnect();
  await expect.poll(async () => at(await desk.room(rid), 'v', 'status')).toBe('offline');
});

test('the places in the queue move', async () => {
  await desk.set('Livechat_waiting_queue', true);
  const [first, second] = [driver(), driver()];
  await first.grantVisitor({ visitor: { token: 'first' } });
  await second.grantVisitor({ visitor: { token: 'second' } });
  await second.connect({});
  const [ahead, behind] = [text(await first.room(), '_id'), text(await second.room(), '_id')];
  const places: unknown[] = [];
  await second.onQueuePositionChange(behind, (place: unknown) => places.push(place));
  await desk.take(amy, ahead);
  const { queueInfo } = await second.config({ token: 'second' });
  expect(queueInfo).toMatchObject({ spot: expect.any(Number) });
  await expect.poll(() => places.at(-1)).toEqual(queueInfo);
  await second.disconnect();
});
