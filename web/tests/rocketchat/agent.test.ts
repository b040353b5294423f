// The agent's side of the published ddp-clients.

import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Agent, Desk } from '../desk.ts';
import { text } from './documents.ts';
import { connect, DDP_CLIENTS, type DdpClient, heard, load } from './line.ts';

function digest(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

describe.for(DDP_CLIENTS)('%s', (name) => {
  let published: DdpClient;
  let desk: Desk;
  let amy: Agent;

  beforeAll(async () => {
    published = await load(name);
    desk = await Desk.open();
    amy = await desk.agent('amy', 'Amy Able');
  });

  afterAll(async () => {
    await desk?.stop();
  });

  /** A visitor opens a chat; answers the room's id. */
  async function chat(token: string): Promise<string> {
    await desk.anyone.tell('livechat/visitor', { visitor: { token, name: token } });
    return text(await desk.anyone.ask(`livechat/room?token=${token}`), 'room', '_id');
  }

  test('log-in by password and by the token of it, REST by the same, log-out', async () => {
    const line = await published.DDPSDK.createAndConnect(desk.url);
    const wrong = line.account.loginWithPassword('amy', digest('wrong'));
    await expect(wrong).rejects.toMatchObject({ error: 403 });
    await line.account.loginWithPassword('amy', digest(amy.password));
    expect(line.account.uid).toBe(amy.id);
    expect(line.account.user?.tokenExpires?.getTime()).toBeGreaterThan(Date.now());
    expect(await line.rest.get('/v1/me')).toMatchObject({ _id: amy.id, username: 'amy' });

    const second = await published.DDPSDK.createAndConnect(desk.url);
    const entered = await second.account.loginWithToken(line.account.user?.token ?? '');
    expect(entered).toMatchObject({ id: amy.id, type: 'resume' });
    const routing = await second.call('livechat:getRoutingConfig');
    expect(routing).toMatchObject({ previewRoom: true });

    await line.account.logout();
    await expect(second.call('livechat:getRoutingConfig')).rejects.toMatchObject({
      error: 'error-invalid-user',
    });
    line.connection.close();
    second.connection.close();
  });

  test('log-in by a personal access token', async () => {
    const made = await amy.caller.tell('users.generatePersonalAccessToken', { tokenName: 'desk' });
    const line = await published.DDPSDK.createAndConnect(desk.url);
    await line.account.loginWithToken(text(made, 'token'));
    expect(line.account.uid).toBe(amy.id);
    // It wants to know how long the token is good, which has no end.
    expect(line.account.user?.tokenExpires?.getTime()).toBeGreaterThan(Date.now());
    line.connection.close();
  });

  test('a chat: heard of, taken, answered, read', async () => {
    const line = await connect(desk, amy, published.DDPSDK);
    const queue = await heard(line, 'livechat-inquiry-queue-observer', 'public');
    const rooms = await heard(line, 'notify-user', `${amy.id}/rooms-changed`);
    const places = await heard(line, 'notify-user', `${amy.id}/subscriptions-changed`);
    const bells = await heard(line, 'notify-user', `${amy.id}/notification`);
    const rid = await chat('ann');
    await expect.poll(() => queue).toMatchObject([[{ type: 'added', rid, status: 'queued' }]]);
    await expect.poll(() => bells).toMatchObject([[{ payload: { rid, type: 'l' } }]]);

    const words = await heard(line, 'room-messages', rid);
    const inquiry = text(queue, 0, 0, '_id');
    const taken = await line.call('livechat:takeInquiry', inquiry, { clientAction: true });
    expect(taken).toMatchObject({ _id: rid, servedBy: { username: 'amy' } });
    await expect.poll(() => queue.at(-1)).toMatchObject([{ type: 'changed', status: 'taken' }]);
    await expect.poll(() => places).toMatchObject([['inserted', { rid }]]);
    await expect.poll(() => rooms.at(-1)).toMatchObject(['updated', { _id: rid }]);
    await expect.poll(() => words.slice(-2)).toMatchObject([[{ t: 'command' }], [{ t: 'uj' }]]);

    const sent = await line.call('sendMessage', { _id: 'made-by-the-client', rid, msg: 'Hello' });
    expect(sent).toMatchObject({ _id: 'made-by-the-client', rid, msg: 'Hello' });
    await expect.poll(() => words.at(-1)).toMatchObject([{ _id: 'made-by-the-client' }]);
    await line.call('updateMessage', { _id: 'made-by-the-client', rid, msg: 'Hello Ann' });
    await expect.poll(() => words.at(-1)).toMatchObject([{ msg: 'Hello Ann' }]);
    await desk.anyone.tell('livechat/message', { token: 'ann', rid, msg: 'Hi' });
    await expect.poll(() => words.at(-1)).toMatchObject([{ msg: 'Hi', token: `room:${rid}` }]);
    await expect.poll(() => places.at(-1)).toMatchObject(['updated', { rid, alert: true }]);
    await line.call('readMessages', rid);
    await expect.poll(() => places.at(-1)).toMatchObject(['updated', { rid, unread: 0 }]);

    expect(await line.call('rooms/get')).toContainEqual(expect.objectContaining({ _id: rid }));
    expect(await line.call('subscriptions/get')).toContainEqual(expect.objectContaining({ rid }));
    expect(await line.call('loadHistory', rid, null, 50, null)).toMatchObject({
      messages: [{ msg: 'Hi' }, { msg: 'Hello Ann' }, { t: 'uj' }, { t: 'command' }, {}],
    });
    const closing = { rid, comment: 'Solved' };
    await line.rest.post('/v1/livechat/room.closeByUser', closing);
    await expect.poll(() => queue.at(-1)).toMatchObject([{ type: 'removed', rid }]);
    await expect.poll(() => places.at(-1)).toMatchObject(['removed', { rid }]);
    line.connection.close();
  });

  test('what is not his is refused', async () => {
    const nobody = await published.DDPSDK.createAndConnect(desk.url);
    const queue = nobody.stream('livechat-inquiry-queue-observer', 'public', () => undefined);
    await expect(queue.ready()).rejects.toMatchObject({ error: 'not-allowed' });
    await expect(nobody.rest.get('/v1/me')).rejects.toMatchObject({ status: 401 });
    const line = await connect(desk, amy, published.DDPSDK);
    const others = line.stream('notify-user', `${desk.admin.id}/rooms-changed`, () => undefined);
    await expect(others.ready()).rejects.toMatchObject({ error: 'not-allowed' });
    nobody.connection.close();
    line.connection.close();
  });

  test('the server ends and comes back: logged in again by itself', async () => {
    const rid = await chat('patient');
    await desk.take(amy, rid);
    const line = await connect(desk, amy, published.DDPSDK);
    const words = await heard(line, 'room-messages', rid);
    await desk.restart();
    await expect.poll(() => line.connection.status).toBe('connected');
    expect(await line.call('livechat:getRoutingConfig')).toMatchObject({ previewRoom: true });
    await desk.anyone.tell('livechat/message', { token: 'patient', rid, msg: 'Still there?' });
    await expect.poll(() => words.at(-1)).toMatchObject([{ msg: 'Still there?' }]);
    line.connection.close();
  });
});
