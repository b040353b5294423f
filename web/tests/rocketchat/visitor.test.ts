// The visitor's side of the published ddp-clients, on which the widgets of today and of 6.14 are
// built.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Agent, Desk } from '../desk.ts';
import { text } from './documents.ts';
import { connect, DDP_CLIENTS, type DdpClient, heard, load, retry } from './line.ts';

type VisitorClient = InstanceType<DdpClient['LivechatClientImpl']>;

describe.for(DDP_CLIENTS)('%s', (name) => {
  let published: DdpClient;
  let desk: Desk;
  let amy: Agent;
  let ben: Agent;
  let support: string;

  beforeAll(async () => {
    published = await load(name);
    desk = await Desk.open();
    await desk.acceptMail();
    amy = await desk.agent('amy', 'Amy Able');
    ben = await desk.agent('ben', 'Ben Best');
    support = await desk.department('Support', [amy, ben]);
    await desk.field('order', 'Order number');
  });

  afterAll(async () => {
    await desk?.stop();
  });

  /** A visitor's client in a chat of his, which waits to be taken. */
  async function visitor(token: string): Promise<{ client: VisitorClient; rid: string }> {
    const client = published.LivechatClientImpl.create(desk.url.replace(/^http/, 'ws'), retry());
    await client.connection.connect();
    await client.grantVisitor({ visitor: { token, name: token } });
    const rid = text(await client.room({}), '_id');
    return { client, rid };
  }

  test('a whole chat', async () => {
    const token = 'token-of-ann';
    const client = published.LivechatClientImpl.create(desk.url.replace(/^http/, 'ws'));
    expect(await client.config({ token })).toMatchObject({
      enabled: true,
      online: true,
      departments: [{ _id: support, name: 'Support' }],
      customFields: [{ _id: 'order', required: true }],
    });
    expect(await client.connection.connect()).toBe(true);
    const guest = { token, name: 'Ann', email: 'ann@example.org', department: support };
    const { visitor: ann } = await client.grantVisitor({ visitor: guest });
    expect(ann).toMatchObject({ token, visitorEmails: [{ address: 'ann@example.org' }] });
    expect(await client.sendCustomField({ token, key: 'order', value: '7', overwrite: true }))
      .toMatchObject({ field: { key: 'order', value: '7', overwrite: true } });
    expect(await client.visitor({})).toMatchObject({ visitor: { livechatData: { order: '7' } } });

    const rid = text(await client.room({}), '_id');
    const words: unknown[] = [];
    const doing: unknown[] = [];
    const gone: unknown[] = [];
    const agents: unknown[] = [];
    const statuses: unknown[] = [];
    const guests: unknown[] = [];
    client.onMessage((message: unknown) => words.push(message));
    client.onUserActivity((...args) => doing.push(args));
    await client.subscribeRoom(rid);
    client.onRoomDeleteMessage(rid, (message: unknown) => gone.push(message));
    client.onAgentChange(rid, (agent: unknown) => agents.push(agent));
    client.onAgentStatusChange(rid, (status: unknown) => statuses.push(status));
    client.onVisitorChange(rid, (record: unknown) => guests.push(record));

    const said = await client.sendMessage({ rid, msg: 'Hello' });
    const id = text(said, 'message', '_id');
    await expect
      .poll(() => words.at(-1))
      .toMatchObject({ _id: id, msg: 'Hello', u: { _id: text(ann, '_id') } });
    await desk.take(amy, rid);
    await expect.poll(() => agents).toMatchObject([{ username: 'amy', name: 'Amy Able' }]);
    expect(await client.agent(rid)).toMatchObject({ username: 'amy', status: 'online' });
    await desk.status(amy, 'busy');
    await expect.poll(() => statuses).toEqual(['busy']);
    await desk.status(amy, 'online');

    const line = await connect(desk, amy);
    const activity = `${rid}/user-activity` as const;
    const seen = await heard(line, 'notify-room', activity);
    await client.notifyVisitorActivity(rid, ann.username, ['user-typing']);
    await expect.poll(() => seen).toEqual([[ann.username, ['user-typing'], {}]]);
    await line.call('stream-notify-room', activity, 'amy', ['user-typing']);
    await line.call('stream-notify-room', activity, 'amy', []);
    await expect.poll(() => doing).toEqual([
      ['amy', ['user-typing']],
      ['amy', []],
    ]);

    const answer = await desk.say(amy, rid, 'How can I help?');
    await amy.caller.tell('chat.update', { roomId: rid, msgId: answer, text: 'How may I help?' });
    await expect.poll(() => words.slice(-2)).toMatchObject([
      { _id: answer, msg: 'How can I help?' },
      { _id: answer, msg: 'How may I help?', editedBy: { username: 'amy' } },
    ]);
    expect(await client.message(answer, { rid })).toMatchObject({ message: { _id: answer } });
    await client.editMessage(id, { token, rid, msg: 'Hello there' });
    await amy.caller.tell('chat.delete', { roomId: rid, msgId: answer });
    await expect.poll(() => gone).toEqual([{ _id: answer }]);
    const history = await client.loadMessages(rid, { limit: 50 });
    expect(history.map((message: unknown) => text(message, 'msg'))).toEqual([
      '',
      'connected',
      'Hello there',
      '',
    ]);

    expect(await client.updateVisitorStatus('away')).toBe('away');
    await client.grantVisitor({ visitor: { token, name: 'Ann Archer' } });
    await expect.poll(() => guests.at(-1)).toMatchObject({ name: 'Ann Archer' });
    // There are no calls; it may say no to one all the same.
    await client.notifyCallDeclined(rid);
    const page = { title: 'A shop', change: 'url', location: { href: 'https://shop.example/' } };
    expect(await client.sendVisitorNavigation({ token, rid, pageInfo: page })).toMatchObject({
      success: true,
    });
    await desk.set('Livechat_enable_transcript', true);
    expect(await client.requestTranscript('ann@example.org', { rid })).toMatchObject({
      success: true,
    });
    await desk.set('Livechat_enable_transcript', false);
    expect(await client.closeChat({ rid })).toMatchObject({ rid });
    await expect.poll(() => words.at(-1)).toMatchObject({ t: 'livechat-close' });
    await client.unsubscribeAll();
    const next = await client.room({});
    expect(text(next, '_id')).not.toBe(rid);
    await client.closeChat({ rid: text(next, '_id') });
    await client.deleteVisitor();
    await expect(client.visitor({})).rejects.toMatchObject({ status: 400 });
    line.connection.close();
    client.connection.close();
  });

  test('the agent changes, and the places in the queue move', async () => {
    await desk.set('Livechat_waiting_queue', true);
    const [first, second] = [await visitor('first'), await visitor('second')];
    const agents: unknown[] = [];
    const places: unknown[] = [];
    second.client.onAgentChange(second.rid, (agent: unknown) => agents.push(agent));
    // It shows no token for this one; what it hears comes by the right of the one above.
    second.client.onQueuePositionChange(second.rid, (place: unknown) => places.push(place));
    await heard(second.client, 'notify-all', 'public-settings-changed');
    await desk.take(amy, first.rid);
    await expect.poll(() => places.at(-1)).toMatchObject({ spot: 1 });
    await desk.take(amy, second.rid);
    await desk.admin.tell('livechat/room.forward', { roomId: second.rid, userId: ben.id });
    await expect.poll(() => agents).toMatchObject([{ username: 'amy' }, { username: 'ben' }]);
    await desk.set('Livechat_waiting_queue', false);
    first.client.connection.close();
    second.client.connection.close();
  });

  test("another visitor's chat is closed to him", async () => {
    const [mine, other] = [await visitor('curious'), await visitor('private')];
    const shown = { token: 'curious', visitorToken: 'curious' };
    const refused = mine.client.stream('room-messages', [other.rid, shown], () => undefined);
    await expect(refused.ready()).rejects.toMatchObject({ error: 'not-allowed' });
    await expect(mine.client.loadMessages(other.rid, {})).rejects.toMatchObject({ status: 400 });
    await expect(mine.client.sendMessage({ rid: other.rid, msg: 'Hi' })).rejects.toMatchObject({
      status: 400,
    });
    mine.client.connection.close();
    other.client.connection.close();
  });

  test('the server ends and comes back: what was subscribed to goes on', async () => {
    const { client, rid } = await visitor('patient');
    const words: unknown[] = [];
    client.onMessage((message: unknown) => words.push(message));
    await client.subscribeRoom(rid);
    await desk.take(amy, rid);
    await expect.poll(() => words.slice(-2)).toMatchObject([{ t: 'command' }, { t: 'uj' }]);
    await desk.restart();
    await expect.poll(() => client.connection.status).toBe('connected');
    // An answer to this one is behind those to all before it.
    await heard(client, 'notify-all', 'public-settings-changed');
    await desk.say(amy, rid, 'Still here?');
    await expect.poll(() => words.at(-1)).toMatchObject({ msg: 'Still here?' });
    client.connection.close();
  });
});
