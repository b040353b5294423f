// A site that had Rocket.Chat, and changed nothing but the server's name.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import type { Agent, Room } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site, snippet } from './site.ts';

declare global {
  interface Window {
    /** Which callbacks were called, and with what. */
    calledBack: [name: string, data: unknown][];
  }
}

const CALLBACKS = [
  'onChatMaximized',
  'onChatMinimized',
  'onChatStarted',
  'onChatEnded',
  'onPrechatFormSubmit',
  'onOfflineFormSubmit',
  'onWidgetShown',
  'onWidgetHidden',
  'onAssignAgent',
  'onAgentStatusChange',
  'onQueuePositionChange',
  'onServiceOffline',
];

const METHODS = [
  'initialize',
  'pageVisited',
  'setCustomField',
  'setTheme',
  'setDepartment',
  'clearDepartment',
  'setBusinessUnit',
  'clearBusinessUnit',
  'setGuestToken',
  'setGuestName',
  'setGuestEmail',
  'setAgent',
  'registerGuest',
  'setLanguage',
  'showWidget',
  'hideWidget',
  'maximizeWidget',
  'minimizeWidget',
  'setParentUrl',
  'setGuestMetadata',
  'setHiddenSystemMessages',
  'transferChat',
  'clearAllCallbacks',
];

/** What Rocket.Chat's own widget does not have. */
const OURS = ['identify', 'logout', 'onIdentityRefused'];

/** What the site asks for while nothing is loaded yet. */
const EARLY = `
window.calledBack = [];
RocketChat(function () {
  var widget = this;
  ${JSON.stringify(CALLBACKS)}.forEach(function (name) {
    widget[name](function (data) { window.calledBack.push([name, data]); });
  });
});
RocketChat(function () { throw new Error('a mistake of the site'); });
`;

let ben: Agent;
let site: Site;
let sales: string;
let support: string;
/** By the path of the page. */
const calls = new Map<string, string>();

beforeAll(async () => {
  ben = await desk.agent('ben', 'Ben Summer');
  await desk.set('Livechat_waiting_queue', true);
  sales = await desk.department('Sales', [amy, ben]);
  support = await desk.department('Support', [amy, ben]);
  await desk.field('plan', 'Your plan');
  await desk.set('Livechat_offline_email', 'desk@example.org');
  // It asks the network.
  await desk.set('Livechat_validate_offline_email', false);
  site = await openSite((path) => ({
    html: page(desk.server.url, {
      head: '<script></script>',
      script: snippet(desk.server.url, `${EARLY}${calls.get(path) ?? ''}`),
    }),
  }));
});

afterAll(async () => {
  await site?.close();
});

/** Opens a page of the site where the widget is asked for this besides. */
async function come(name: string, asked = ''): Promise<Guest> {
  calls.set(`/${name}`, asked);
  const guest = await Guest.come(browser);
  await guest.see(`${site.url}${name}`);
  return guest;
}

/** The mistake of the site is seen by whoever looks, and is the only one. */
async function leave(guest: Guest): Promise<void> {
  expect(new Set(guest.complaints)).toEqual(new Set(['uncaught: Error: a mistake of the site']));
  await guest.context.close();
}

async function called(guest: Guest): Promise<string[]> {
  return guest.page.evaluate(() => window.calledBack.map(([name]) => name));
}

/** With what a callback was called last; waits until it was. */
async function given(guest: Guest, name: string): Promise<unknown> {
  await expect.poll(() => called(guest)).toContain(name);
  return guest.page.evaluate(
    (wanted) => window.calledBack.findLast(([known]) => known === wanted)?.[1],
    name,
  );
}

/** The chat of the visitor who shows this token. */
async function roomOf(token: string): Promise<Room> {
  const room = (await desk.rooms()).find(({ v }) => v.token === token);
  if (room === undefined) {
    throw new Error(`There is no chat of ${token}.`);
  }
  return room;
}

test('what cannot be told to the panel is lost alone', async () => {
  const token = 'token-of-one-with-a-function';
  const guest = await come(
    'function',
    `RocketChat(function () {
      this.setGuestMetadata({ f: function () {} });
      this.registerGuest({ token: '${token}', name: 'Fay', email: 'fay@example.org' });
      this.maximizeWidget();
    });`,
  );
  await guest.opened();
  await guest.composer.waitFor();
  await guest.say('Hello');
  const room = await roomOf(token);
  expect(room.v.name).toBe('Fay');
  await desk.take(amy, room._id);
  expect(guest.complaints.filter((text) => text.includes('could not be cloned'))).toHaveLength(1);
  await guest.context.close();
});

test('all methods and callbacks are there, under both names and with the old queue', async () => {
  const vera = await come('names');
  const found = await vera.page.evaluate(() => {
    const { RocketChat, Hark } = window as unknown as {
      RocketChat: { (call: (this: object) => void): void; livechat: object; _: { push(call: () => void): void } };
      Hark: unknown;
    };
    const kinds: Record<string, string> = {};
    let isSame = false;
    RocketChat(function widget() {
      isSame = this === RocketChat.livechat;
    });
    for (const [name, value] of Object.entries(RocketChat.livechat)) {
      kinds[name] = typeof value;
    }
    let pushed = false;
    RocketChat._.push(() => {
      pushed = true;
    });
    return { kinds, isSame, pushed, both: RocketChat === Hark };
  });
  expect(found.kinds).toEqual(
    Object.fromEntries([...METHODS, ...CALLBACKS, ...OURS].map((name) => [name, 'function'])),
  );
  expect(found).toMatchObject({ isSame: true, pushed: true, both: true });
  await leave(vera);
});

test('what was asked for before the script came reaches the server', async () => {
  const vera = await come(
    'early',
    `RocketChat(function () {
      this.initialize({
        department: 'Support',
        guestToken: 'token-of-vera',
        guestName: 'Vera',
        guestEmail: 'vera@example.org',
        setCustomFields: [['plan', 'gold', true]],
        registerGuest: { name: 'Vera', email: 'vera@example.org', department: '${support}' },
        theme: { color: 'rgb(10, 20, 30)', position: 'left', title: 'Ask us' },
        language: 'en-GB',
        parentUrl: 'https://shop.example/cart',
        setGuestMetadata: { campaign: 'autumn' },
        hiddenSystemMessages: ['uj', 'ul'],
      });
    });`,
  );
  // Nobody has clicked.
  await expect
    .poll(async () => {
      const answer = await fetch(`${desk.server.url}api/v1/livechat/visitor/token-of-vera`);
      const { visitor } = (await answer.json()) as { visitor?: Record<string, unknown> };
      return visitor;
    })
    .toMatchObject({
      name: 'Vera',
      visitorEmails: [{ address: 'vera@example.org' }],
      department: support,
      livechatData: { plan: 'gold' },
    });
  expect(await vera.iframe.isVisible()).toBe(false);
  expect((await vera.launcher.boundingBox())?.x).toBe(20);
  expect(
    await vera.launcher.evaluate((button) => getComputedStyle(button).backgroundColor),
  ).toBe('rgb(10, 20, 30)');
  await vera.call('maximizeWidget');
  // He is known, so nobody asks him who he is.
  await vera.composer.waitFor();
  await vera.panel.getByText('Ask us', { exact: true }).waitFor();
  await vera.say('Hello');
  expect((await roomOf('token-of-vera')).departmentId).toBe(support);
  await leave(vera);
});

test('what a site asks for wrongly is passed over, and all else is done', async () => {
  const token = 'token-of-wes';
  const vera = await come(
    'wrong',
    `RocketChat(function () {
      this.pageVisited('campaign');
      this.setDepartment('Nowhere');
      this.initialize({
        guestName: undefined,
        department: 'Nowhere either',
        customField: undefined,
        setCustomFields: undefined,
        theme: undefined,
        registerGuest: { token: '${token}', name: 'Wes', email: 'wes@example.org' },
        setGuestMetadata: { campaign: 'autumn' },
      });
      this.maximizeWidget();
    });`,
  );
  await vera.opened();
  await vera.composer.waitFor();
  await vera.say('Hello');
  const room = await roomOf(token);
  expect(room.v.name).toBe('Wes');
  expect([sales, support]).toContain(room.departmentId);
  await desk.take(amy, room._id);
  await desk.close(amy, room._id);
  await leave(vera);
});

test('a page that is named by a word is told as it is', async () => {
  await desk.set('Livechat_history_monitor_type', 'title');
  try {
    const token = 'token-of-pia';
    const vera = await come('word');
    await vera.call('registerGuest', { token, name: 'Pia', email: 'pia@example.org' });
    await vera.call('maximizeWidget');
    await vera.composer.waitFor();
    await vera.say('Hello');
    const { _id: rid } = await roomOf(token);
    await vera.call('pageVisited', 'title');
    const told = () =>
      desk.admin.ask<{ pages: { navigation: { page: { change: string; location: { href: string } } } }[] }>(
        `livechat/visitors.pagesVisited/${rid}`,
      );
    await expect
      .poll(async () => (await told()).pages[0]?.navigation.page)
      .toMatchObject({ change: 'title', location: { href: `${site.url}word` } });
    await desk.take(amy, rid);
    await desk.close(amy, rid);
    await leave(vera);
  } finally {
    await desk.set('Livechat_history_monitor_type', 'url');
  }
});

test('who is sent to a department where nobody is hears it before their first words', async () => {
  const cara = await desk.agent('cara', 'Cara Fall');
  const night = await desk.department('Night', [cara]);
  await desk.available(cara, false);
  const vera = await come('nobody-there');
  await vera.call('registerGuest', { token: 'token-of-nat', name: 'Nat', email: 'nat@example.org', department: 'Night' });
  await vera.call('maximizeWidget');
  await vera.opened();
  const message = vera.panel.getByLabel('Leave a message', { exact: true });
  await message.waitFor();
  await vera.panel.getByRole('button', { name: 'Change', exact: true }).click();
  expect(await vera.panel.getByLabel('Department').inputValue()).toBe(night);
  // Somebody comes: the next look at the panel finds them.
  await desk.available(cara, true);
  await vera.call('minimizeWidget');
  await vera.closed();
  await vera.see(`${site.url}nobody-there`);
  await vera.call('maximizeWidget');
  await vera.opened();
  await vera.composer.waitFor();
  await desk.available(cara, false);
  await leave(vera);
});

test('callbacks of a chat', async () => {
  await desk.anyone.tell('livechat/visitor', { visitor: { token: 'ahead', department: sales } });
  const { room: ahead } = await desk.anyone.ask<{ room: Room }>('livechat/room?token=ahead');
  const vera = await come('chat');
  await vera.call('setCustomField', 'plan', 'gold');
  await vera.call('hideWidget');
  expect(await vera.host.isVisible()).toBe(false);
  await vera.call('hideWidget');
  await vera.call('showWidget');
  expect(await vera.host.isVisible()).toBe(true);
  await vera.call('maximizeWidget');
  await vera.opened();
  await vera.call('minimizeWidget');
  await vera.closed();
  expect(await called(vera)).toEqual([
    'onWidgetHidden',
    'onWidgetShown',
    'onChatMaximized',
    'onChatMinimized',
  ]);

  await vera.launcher.click();
  await vera.opened();
  await vera.toForm();
  await vera.panel.getByLabel('Name', { exact: true }).fill('Vera');
  await vera.panel.getByLabel('Email', { exact: true }).fill('v@example.org');
  await vera.panel.getByLabel('Department').selectOption({ label: 'Sales' });
  await vera.panel.getByLabel('Your plan').fill('gold');
  await vera.panel.getByRole('button', { name: 'Start chat' }).click();
  expect(await given(vera, 'onPrechatFormSubmit')).toMatchObject({
    name: 'Vera',
    email: 'v@example.org',
  });
  await vera.say('Hello');
  await given(vera, 'onChatStarted');
  const { _id: rid } = await roomOf(await vera.token());
  await vera.listens();
  await desk.take(amy, ahead._id);
  await expect
    .poll(() => given(vera, 'onQueuePositionChange'))
    .toMatchObject({ spot: 1 });
  await desk.take(amy, rid);
  expect(await given(vera, 'onAssignAgent')).toMatchObject({ username: 'amy', name: 'Amy Winter' });
  await amy.caller.tell('users.setStatus', { status: 'busy', message: '' });
  expect(await given(vera, 'onAgentStatusChange')).toBe('busy');
  await amy.caller.tell('users.setStatus', { status: 'online', message: '' });
  await desk.close(amy, rid);
  await given(vera, 'onChatEnded');
  await leave(vera);
});

test('a chat goes to another department, and callbacks are forgotten', async () => {
  const vera = await come(
    'transfer',
    `RocketChat(function () { this.registerGuest({ token: 'moving', name: 'Vera', email: 'm@example.org', department: 'Sales' }); });`,
  );
  await vera.call('maximizeWidget');
  await vera.composer.waitFor();
  await vera.say('Hello');
  const { departmentId } = await roomOf('moving');
  expect(departmentId).not.toBe(support);
  await vera.call('transferChat', 'Support');
  await expect.poll(async () => (await roomOf('moving')).departmentId).toBe(support);
  await vera.call('clearAllCallbacks');
  const before = await called(vera);
  await vera.call('minimizeWidget');
  await vera.closed();
  expect(await called(vera)).toEqual(before);
  await leave(vera);
});

test('callbacks while nobody is there', async () => {
  try {
    await desk.available(amy, false);
    await desk.available(ben, false);
    const vera = await come('offline');
    await given(vera, 'onServiceOffline');
    await vera.launcher.click();
    await vera.opened();
    await vera.panel.getByLabel('Name', { exact: true }).fill('Vera');
    await vera.panel.getByLabel('Email', { exact: true }).fill('v@example.org');
    await vera.panel.getByLabel('Message', { exact: true }).fill('Call me');
    await vera.panel.getByRole('button', { name: 'Send message', exact: true }).click();
    expect(await given(vera, 'onOfflineFormSubmit')).toMatchObject({ message: 'Call me' });
    await leave(vera);
  } finally {
    await desk.available(amy, true);
    await desk.available(ben, true);
  }
});
