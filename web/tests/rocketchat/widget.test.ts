// The widget of Rocket.Chat as it was published (1.13.3), on a site of another origin.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { leaveBrowser, workersBrowser } from '../browser.ts';
import { type Agent, Desk } from '../desk.ts';
import { at, list, text } from './documents.ts';
import { connect, heard, type Line } from './line.ts';
import { openSite, type Site } from './site.ts';
import { Widget } from './widget.ts';

const PICTURE = fileURLToPath(new URL('../../../docs/images/console-chat-phone.png', import.meta.url));

let desk: Desk;
let site: Site;
let browser: Browser;
let amy: Agent;
let ben: Agent;
let support: string;
/** Amy's client. As long as it is connected she is there. */
let line: Line;

beforeAll(async () => {
  desk = await Desk.open();
  await desk.set('API_Enable_CORS', true);
  await desk.set('Livechat_enable_transcript', true);
  await desk.acceptMail();
  await desk.set('Livechat_offline_email', 'desk@example.org');
  // It asks the network.
  await desk.set('Livechat_validate_offline_email', false);
  await desk.set('Livechat_offline_success_message', 'We write back tomorrow.');
  amy = await desk.agent('amy', 'Amy Able');
  ben = await desk.agent('ben', 'Ben Best');
  line = await connect(desk, amy);
  await desk.department('Sales', [amy, ben]);
  support = await desk.department('Support', [amy, ben]);
  await desk.field('order', 'Order number');
  site = await openSite(desk.url);
  browser = await workersBrowser();
});

// Each may be missing if the set-up failed, and its failure is the one to show.
afterAll(async () => {
  line?.connection.close();
  await leaveBrowser();
  await site?.close();
  await desk?.stop();
});

/** Fills in the form that stands before the chat. */
async function register(widget: Widget, name: string): Promise<void> {
  await widget.fillIn({ name, email: `${name.toLowerCase()}@example.org`, order: '4711' });
  await widget.field('department').selectOption({ label: 'Support' });
  await widget.button('Start chat').click();
  await widget.composer.waitFor();
}

/** Somebody has registered, said hello and is answered by Amy. */
async function inChat(name: string): Promise<{ widget: Widget; rid: string }> {
  const widget = await Widget.open(browser, site.url);
  await register(widget, name);
  await widget.say('Hello');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello']);
  const rid = text(await desk.chatWith(name), '_id');
  await desk.take(amy, rid);
  await expect.poll(widget.title).toBe('Amy Able');
  return { widget, rid };
}

test('the form, and what comes of it', async () => {
  const widget = await Widget.open(browser, site.url);
  await widget.fillIn({ name: 'Ann', email: 'no address', order: '4711' });
  expect(await widget.button('Start chat').isDisabled()).toBe(true);
  await widget.fillIn({ email: 'ann@example.org', order: '' });
  expect(await widget.button('Start chat').isDisabled()).toBe(true);
  await register(widget, 'Ann');
  await widget.say('Hello');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello']);
  const room = await desk.chatWith('Ann');
  expect(room).toMatchObject({ departmentId: support });
  const { visitor } = await desk.anyone.ask(`livechat/visitor/${text(room, 'v', 'token')}`);
  expect(visitor).toMatchObject({
    name: 'Ann',
    visitorEmails: [{ address: 'ann@example.org' }],
    livechatData: { order: '4711' },
  });
  expect(await widget.called()).toContainEqual([
    'PrechatFormSubmit',
    { name: 'Ann', email: 'ann@example.org', department: support },
  ]);
  await widget.close();
});

test('words and typing both ways, an edit, a deletion', async () => {
  const { widget, rid } = await inChat('Bea');
  const doing = await heard(line, 'notify-room', `${rid}/user-activity`);
  const username = text(await desk.room(rid), 'v', 'username');

  await widget.write('I have');
  await expect.poll(() => doing.at(-1)).toEqual([username, ['user-typing'], {}]);
  await widget.say(' a question');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'I have a question']);
  await expect.poll(() => doing.at(-1)).toEqual([username, [], {}]);

  await line.call('stream-notify-room', `${rid}/user-activity`, 'amy', ['user-typing']);
  await widget.typing.waitFor();
  const id = await desk.say(amy, rid, 'I have an answr');
  await line.call('stream-notify-room', `${rid}/user-activity`, 'amy', []);
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'I have a question', 'I have an answr']);
  await widget.typing.waitFor({ state: 'detached' });

  await amy.caller.tell('chat.update', { roomId: rid, msgId: id, text: 'I have an answer' });
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'I have a question', 'I have an answer']);
  // This widget hears of a deletion and goes on showing the message until it reads the chat again.
  await amy.caller.tell('chat.delete', { roomId: rid, msgId: id });
  await widget.reload();
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'I have a question']);
  expect(await widget.title()).toBe('Amy Able');

  // It goes on in the same room, with the same visitor.
  await widget.say('Are you there?');
  await widget.frame.getByText('Are you there?').waitFor();
  await desk.say(amy, rid, 'I am');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'I have a question', 'Are you there?', 'I am']);
  expect(await desk.chatWith('Bea')).toMatchObject({ _id: rid });
  await widget.close();
});

test('files both ways', async () => {
  const { widget, rid } = await inChat('Cleo');
  const messages = await heard(line, 'room-messages', rid);

  await widget.frame.locator('input[type="file"]').setInputFiles({
    name: 'order.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Two of them'),
  });
  await widget.frame.getByText('order.txt').waitFor();
  await expect.poll(() => messages).toMatchObject([[{ attachments: [{ title: 'order.txt' }] }]]);
  const place = text(messages, 0, 0, 'attachments', 0, 'title_link');
  const got = await fetch(`${desk.url}${place}`, { headers: amy.caller.credentials });
  expect(await got.text()).toBe('Two of them');

  const form = new FormData();
  form.append('file', new File([await readFile(PICTURE)], 'this.png', { type: 'image/png' }));
  const { file } = await amy.caller.send(`rooms.media/${rid}`, form);
  await amy.caller.tell(`rooms.mediaConfirm/${rid}/${text(file, '_id')}`, { msg: 'This one?' });
  const picture = widget.frame.locator('img[src*="file-upload"]');
  await picture.waitFor();
  // Its bytes are there, by the cookies that the widget has set for itself.
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await widget.close();
});

test('passed on, ended by the agent, mailed, and begun anew', async () => {
  const { widget, rid } = await inChat('Dora');
  await desk.admin.tell('livechat/room.forward', { roomId: rid, userId: ben.id });
  await expect.poll(widget.title).toBe('Ben Best');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'Ada Admin transferred the chat to Ben Best']);
  await desk.say(ben, rid, 'Ben here');
  await widget.frame.getByText('Ben here').waitFor();

  await desk.status(ben, 'busy');
  await expect.poll(widget.callbacks).toContain('AgentStatusChange');
  await desk.status(ben, 'online');

  await desk.close(ben, rid);
  await expect.poll(widget.question).toContain('copy of this chat');
  const mailed = widget.page.waitForResponse(`${desk.url}/api/v1/livechat/transcript`);
  await widget.button('Yes').click();
  expect((await mailed).status()).toBe(200);
  await expect.poll(widget.title).toBe('Chat Finished');
  await widget.button('OK').click();
  const callbacks = await widget.callbacks();
  expect(callbacks.filter((event) => ['ChatStarted', 'ChatEnded'].includes(event))).toEqual([
    'ChatStarted',
    'ChatEnded',
  ]);

  await widget.reload();
  await widget.composer.waitFor();
  await expect.poll(widget.bubbles).toEqual([]);
  await widget.say('Hello again');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello again']);
  const [before, next] = [await desk.room(rid), await desk.chatWith('Dora')];
  expect(text(next, '_id')).not.toBe(rid);
  expect(text(next, 'v', 'token')).toBe(text(before, 'v', 'token'));
  await widget.close();
});

test('ended by the visitor, and begun anew without a reload', async () => {
  const { widget, rid } = await inChat('Eva');
  await widget.button('Options').click();
  await widget.button('Finish this chat').click();
  await widget.button('Yes').click();
  await expect.poll(widget.question).toContain('copy of this chat');
  await widget.button('No').click();
  await widget.button('New Chat').click();
  expect(await desk.room(rid)).not.toHaveProperty('open');
  await widget.say('One more thing');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'One more thing']);
  expect(text(await desk.chatWith('Eva'), '_id')).not.toBe(rid);
  await widget.close();
});

test('it greets by itself, in the name of who would answer', async () => {
  await desk.set('Livechat_Routing_Method', 'Auto_Selection');
  const params = { sender: 'queue', name: '', msg: 'Can I help?' };
  await desk.admin.tell('livechat/triggers', {
    name: 'Greeting',
    description: '',
    enabled: true,
    runOnce: true,
    conditions: [{ name: 'time-on-site', value: '0' }],
    actions: [{ name: 'send-message', params }],
  });
  const widget = await Widget.visit(browser, site.url);
  await widget.frame.getByText('Can I help?').waitFor();
  const agent = (await widget.called()).find(([event]) => event === 'AssignAgent')?.[1];
  await widget.button('Start chat').click();
  await widget.button('Chat now').click();
  await register(widget, 'Ida');
  await widget.say('Yes');
  await widget.frame.getByText('Yes').waitFor();
  expect(await desk.chatWith('Ida')).toMatchObject({
    servedBy: { username: text(agent, 'username') },
  });
  const [trigger] = list(await desk.admin.ask('livechat/triggers'), 'triggers');
  await desk.admin.remove(`livechat/triggers/${text(trigger, '_id')}`);
  await desk.set('Livechat_Routing_Method', 'Manual_Selection');
  await widget.close();
});

test('the page drives it', async () => {
  const widget = await Widget.open(browser, site.url);
  const token = 'chosen-by-the-page';
  await widget.page.evaluate((chosen) => {
    window.RocketChat(function () {
      this.setCustomField('order', '4712');
      this.registerGuest({
        token: chosen,
        name: 'Hal',
        email: 'hal@example.org',
        department: 'Support',
      });
      this.setTheme({ title: 'Ask us' });
      this.hideWidget();
      this.showWidget();
    });
  }, token);
  const guest = () => desk.anyone.ask(`livechat/visitor/${token}`);
  await expect.poll(guest).toMatchObject({
    visitor: { name: 'Hal', department: support, livechatData: { order: '4712' } },
  });
  await expect.poll(widget.title).toBe('Ask us');
  await widget.page.evaluate(() => {
    window.RocketChat(function () {
      this.setGuestName('Hal Hill');
    });
  });
  await expect.poll(guest).toMatchObject({ visitor: { name: 'Hal Hill' } });

  // Somebody stands before him in the queue.
  await desk.set('Livechat_waiting_queue', true);
  await desk.anyone.tell('livechat/visitor', { visitor: { token: 'before', department: support } });
  const before = await desk.anyone.ask('livechat/room?token=before');
  await widget.say('Hello');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello']);
  await desk.take(ben, text(before, 'room', '_id'));
  // It hears its place when it begins to listen, and again when that one is gone.
  const config = await desk.anyone.ask(`livechat/config?token=${token}`);
  await expect
    .poll(widget.called)
    .toContainEqual(['QueuePositionChange', at(config, 'config', 'queueInfo')]);
  await widget.minimize();
  // The page hears of it by messages of the frame, which take their time.
  await expect
    .poll(async () => new Set(await widget.callbacks()))
    .toEqual(
      new Set([
        'WidgetShown',
        'WidgetHidden',
        'ChatMaximized',
        'ChatMinimized',
        'ChatStarted',
        'QueuePositionChange',
      ]),
    );
  await widget.close();
});

test('the server ends in the middle of a chat and comes back', async () => {
  const { widget, rid } = await inChat('Fay');
  const lost = widget.alert.getByText('Livechat is not connected.');
  const restarted = desk.restart();
  await lost.waitFor();
  await restarted;
  await desk.say(amy, rid, 'While you were away');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'While you were away']);
  await lost.waitFor({ state: 'detached' });
  await widget.say('Here again');
  await widget.frame.getByText('Here again').waitFor();
  await desk.say(amy, rid, 'Good');
  await expect.poll(widget.bubbles).toEqual(['Chat started', 'Hello', 'While you were away', 'Here again', 'Good']);
  await widget.close();
});

test('the last agent goes away: first words are refused, then there is a form for a message', async () => {
  const widget = await Widget.open(browser, site.url);
  await register(widget, 'Gil');
  await desk.available(amy, false);
  await desk.available(ben, false);
  await widget.say('Hello');
  await widget.alert.getByText('Sorry, no online agents').waitFor();

  await widget.reload();
  await widget.fillIn({ name: 'Gil', email: 'gil@example.org', message: 'Call me' });
  await widget.field('department').selectOption({ label: 'Sales' });
  await widget.button('Send').click();
  await expect.poll(widget.question).toBe('We write back tomorrow.');
  await widget.button('OK').click();
  const called = await widget.callbacks();
  expect(called).toContain('ServiceOffline');
  expect(called).toContain('OfflineFormSubmit');
  await widget.close();
  await desk.available(amy, true);
  await desk.available(ben, true);
});
