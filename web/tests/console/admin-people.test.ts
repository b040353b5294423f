// People, as somebody who administrates them does it: what they change is what the API says afterwards.
import type { BrowserContextOptions } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

interface User {
  readonly _id: string;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly active: boolean;
  readonly requirePasswordChange?: boolean;
}

interface Answerer {
  readonly username: string;
  readonly statusLivechat: string;
  readonly departments: readonly string[];
  readonly livechat?: { readonly maxNumberSimultaneousChat?: number };
}

const user = async (username: string): Promise<User | undefined> =>
  (await desk.admin.ask<{ users: User[] }>('users.list?count=0')).users.find((one) => one.username === username);

const agent = async (username: string): Promise<Answerer | undefined> =>
  (await desk.admin.ask<{ users: Answerer[] }>('livechat/users/agent?count=0')).users.find((one) => one.username === username);

async function granted(id: string): Promise<readonly string[]> {
  const { update } = await desk.admin.ask<{ update: { _id: string; roles: string[] }[] }>('permissions.listAll');
  return update.find((one) => one._id === id)?.roles ?? [];
}

async function open(path: string, options: BrowserContextOptions = {}): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}${path}`, ADMIN, options);
  return console;
}

let sales = '';
let tom: Agent;
let noor: Guest;

beforeAll(async () => {
  // Waits in the queue of all, as there are no departments yet.
  noor = await Guest.come(desk, 'Noor', 'Is anybody there?');
  tom = await desk.agent('tom', 'Tom Field');
  sales = await desk.department('Sales', [tom]);
});

describe('agents and managers', () => {
  test('an agent gets departments and a limit, is set away, and is one no longer', async () => {
    const console = await open(`admin/agents/${amy.id}`);
    const { page } = console;
    const drawer = page.getByRole('complementary', { name: 'Amy Winter' });
    await page.clock.install();
    await page.reload();
    await drawer.getByLabel('Chats at once, at most').fill('3');
    // Others are seen to come and go meanwhile, and what is typed stays.
    const state = page.getByRole('row', { name: /Tom Field/ }).locator('.state');
    expect(await state.innerText()).toBe('Available');
    await desk.available(tom, false);
    await page.clock.runFor(5000);
    await expect.poll(async () => await state.innerText()).toBe('Away');
    await desk.available(tom, true);
    await drawer.getByLabel('Sales').check();
    await drawer.getByRole('switch').click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Control+s');
    await drawer.getByText('3 changes').waitFor({ state: 'detached' });
    // As others see them.
    await page.getByRole('row', { name: /Amy Winter/ }).locator('.presence-away').waitFor();
    expect(await agent('amy')).toMatchObject({ statusLivechat: 'not-available', departments: [sales], livechat: { maxNumberSimultaneousChat: 3 } });
    await drawer.getByRole('button', { name: 'More' }).click();
    await console.button('No longer an agent').click();
    await page.getByRole('dialog').getByRole('button', { name: 'No longer an agent' }).click();
    await page.getByRole('row', { name: /Amy Winter/ }).waitFor({ state: 'detached' });
    expect(await agent('amy')).toBeUndefined();
    await page.keyboard.press('n');
    const add = page.getByRole('complementary', { name: 'Add an agent' });
    await add.getByLabel('Person').selectOption({ label: 'Amy Winter (amy)' });
    await add.getByRole('button', { name: 'Add', exact: true }).click();
    await drawer.waitFor();
    expect(await agent('amy')).toMatchObject({ statusLivechat: 'available' });
    await console.leave();
  });

  test('a manager is added and taken away', async () => {
    const console = await open('admin/managers');
    const { page } = console;
    await page.getByText('No managers yet').waitFor();
    await page.getByRole('link', { name: 'Add a manager' }).click();
    await page.getByLabel('Person').selectOption({ label: 'Tom Field (tom)' });
    await console.button('Add').click();
    const drawer = page.getByRole('complementary', { name: 'Tom Field' });
    await drawer.waitFor();
    expect((await user('tom'))?.roles).toContain('livechat-manager');
    await drawer.getByRole('button', { name: 'No longer a manager' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'No longer a manager' }).click();
    await page.getByText('No managers yet').waitFor();
    expect((await user('tom'))?.roles).not.toContain('livechat-manager');
    await console.leave();
  });
});

describe('users and roles', () => {
  test('an account is made, changed, switched off and removed', async () => {
    const console = await open('admin/users/new');
    const { page } = console;
    const fresh = page.getByRole('complementary', { name: 'New user' });
    await fresh.getByLabel('Name', { exact: true }).fill('Nina North');
    await fresh.getByLabel('User name').fill('nina');
    await fresh.getByLabel('E-mail').fill('nina@example.org');
    await fresh.getByLabel('Password').fill('a-long-secret-of-nina');
    await fresh.getByLabel('Agent').check();
    await page.keyboard.press('Control+s');
    const drawer = page.getByRole('complementary', { name: 'Nina North' });
    await drawer.waitFor();
    expect(await user('nina')).toMatchObject({ name: 'Nina North', active: true, requirePasswordChange: true });
    expect((await user('nina'))?.roles.toSorted()).toEqual(['livechat-agent', 'user']);
    await drawer.getByLabel('Name', { exact: true }).fill('Nina Nord');
    await drawer.getByRole('switch', { name: 'May log in' }).click();
    await page.keyboard.press('Control+s');
    await page.getByRole('complementary', { name: 'Nina Nord' }).waitFor();
    expect(await user('nina')).toMatchObject({ name: 'Nina Nord', active: false });
    await page.getByRole('complementary').getByRole('button', { name: 'More' }).click();
    await console.button('Delete').click();
    await page.getByRole('dialog', { name: 'Remove Nina Nord?' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('row', { name: /Nina/ }).waitFor({ state: 'detached' });
    expect(await user('nina')).toBeUndefined();
    await console.leave();
  });

  test('a role is given and taken in its own drawer', async () => {
    const console = await open('admin/roles/livechat-monitor');
    const { page } = console;
    const drawer = page.getByRole('complementary', { name: 'Monitor' });
    await drawer.getByLabel('Give the role Monitor to').selectOption({ label: 'Tom Field (tom)' });
    // To walk the list of names gives nobody anything.
    expect(await drawer.getByRole('listitem').count()).toBe(0);
    expect((await user('tom'))?.roles).not.toContain('livechat-monitor');
    await drawer.getByRole('button', { name: 'Add', exact: true }).click();
    const take = drawer.getByRole('button', { name: 'Take the role Monitor from Tom Field' });
    await take.waitFor();
    expect((await user('tom'))?.roles).toContain('livechat-monitor');
    await take.click();
    await take.waitFor({ state: 'detached' });
    expect((await user('tom'))?.roles).not.toContain('livechat-monitor');
    await page.getByText('Tom Field no longer has the role Monitor').waitFor();
    await page.keyboard.press('z');
    await take.waitFor();
    expect((await user('tom'))?.roles).toContain('livechat-monitor');
    await take.click();
    await take.waitFor({ state: 'detached' });
    await console.leave();
  });

  test('roles that two have changed are compared by their names', async () => {
    const before = await granted('close-others-livechat-room');
    const console = await open('admin/permissions?open=close-others-livechat-room');
    const { page } = console;
    await page.getByRole('checkbox', { name: 'Agent: Close chats of others' }).check();
    await grant('close-others-livechat-room', ['admin']);
    await page.keyboard.press('Control+s');
    await console.button('Compare').click();
    const compare = page.getByRole('dialog', { name: 'Compare' });
    await compare.getByRole('cell', { name: 'Administrator', exact: true }).waitFor();
    const cells = await compare.getByRole('cell').allInnerTexts();
    expect(cells[1]).toMatch(/^Administrator, Agent\b.* and \w+$/);
    await compare.getByRole('button', { name: 'Keep theirs' }).click();
    await grant('close-others-livechat-room', before);
    await console.leave();
  });

  test('nobody takes their own log-in or role as administrator, after which they could not take that back', async () => {
    const console = await open(`admin/roles/admin`);
    const { page } = console;
    const drawer = page.getByRole('complementary', { name: 'Administrator' });
    await drawer.getByText('Another administrator can.').waitFor();
    expect(await drawer.getByRole('button', { name: /^Take the role/ }).count()).toBe(0);
    await page.goto(`${desk.server.url}admin/users/${(await user('admin'))?._id ?? ''}`);
    const own = page.getByRole('complementary').last();
    await own.getByText('Another administrator can.').waitFor();
    expect(await own.getByRole('switch', { name: 'May log in' }).isDisabled()).toBe(true);
    expect(await own.getByLabel('Administrator').isDisabled()).toBe(true);
    expect(await own.getByLabel('Manager').isDisabled()).toBe(false);
    expect(await accessibilityFaults(page)).toEqual([]);
    await console.leave();
  });

  test('a change of permissions says who gains and who loses, before it is saved', async () => {
    const before = await granted('close-others-livechat-room');
    const console = await open('admin/permissions');
    const { page } = console;
    await page.getByRole('checkbox', { name: 'Agent: Close chats of others' }).check();
    const side = page.getByRole('complementary', { name: 'Close chats of others' });
    await side.getByRole('heading', { name: 'New with it' }).waitFor();
    await side.getByText('Close chats that others serve.').waitFor();
    const gains = side.locator('section').filter({ hasText: 'New with it' });
    expect(await gains.innerText()).toContain('Amy Winter');
    expect(await gains.innerText()).toContain('Tom Field');
    expect(await gains.innerText()).not.toContain('Ada Admin');
    expect(page.url()).toContain('open=close-others-livechat-room');
    // By arrows to another one, which is taken away.
    await page.getByRole('checkbox', { name: 'Agent: Close own chats' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('complementary', { name: 'Close own chats' }).getByRole('heading', { name: 'Without it now' }).waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('tick-close-others-livechat-room-livechat-agent');
    await page.getByText('for 2 people').waitFor();
    await page.locator('.meaning').getByText('Agent loses “Close own chats”').waitFor();
    expect(await granted('close-others-livechat-room')).toEqual(before);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.getByRole('checkbox', { name: 'Administrator: Roles and permissions' }).isDisabled()).toBe(true);
    // What somebody else changes meanwhile of another permission is in nobody's way, and stays.
    const others = (await granted('view-l-room')).toSorted();
    await desk.admin.tell('permissions.update', { permissions: [{ _id: 'view-l-room', roles: [...others, 'user'] }] });
    await page.keyboard.press('Control+s');
    await page.getByText('2 changes').first().waitFor({ state: 'detached' });
    expect(await granted('view-l-room')).toContain('user');
    await expect.poll(() => page.getByRole('alert').filter({ hasText: 'Not saved' }).count()).toBe(0);
    await desk.admin.tell('permissions.update', { permissions: [{ _id: 'view-l-room', roles: others }] });
    expect(await granted('close-others-livechat-room')).toEqual(expect.arrayContaining([...before, 'livechat-agent']));
    expect(await granted('close-livechat-room')).not.toContain('livechat-agent');
    const rows = page.locator('.matrix tbody tr th[scope=row]');
    await page.getByRole('searchbox').fill('webhooks');
    await expect.poll(() => rows.count()).toBe(1);
    // By the page that it opens, the name of which is not its own.
    await page.getByRole('searchbox').fill('health');
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('See figures of the server')]);
    await console.leave();
  });
});

const change = async (how: string, roleId: string): Promise<void> => void (await desk.admin.tell(`roles.${how}`, { roleId, username: 'una' }));
const grant = async (_id: string, roles: readonly string[]): Promise<void> => void (await desk.admin.tell('permissions.update', { permissions: [{ _id, roles }] }));

describe('in little room', () => {
  const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

  test('a long name stays in its cell, and what is beside it within reach', async () => {
    const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
    await desk.department(long, [tom]);
    await desk.admin.tell('users.create', { username: 'lola', name: long, password: 'secret-of-lola', email: 'lola@example.org', roles: ['user', 'livechat-monitor'], verified: true });
    await desk.set('Livechat_request_comment_when_closing_conversation', false);
    const console = await open('admin/departments');
    const { page } = console;
    /** What of these lies over what is beside it. */
    const over = async (what: string): Promise<readonly string[]> =>
      await page.locator(what).evaluateAll((all) =>
        all.flatMap((one) => {
          const outer = (one.closest('th, li') ?? one).getBoundingClientRect();
          const range = document.createRange();
          range.selectNodeContents(one);
          const inner = range.getBoundingClientRect();
          return inner.right > Math.min(outer.right, innerWidth) + 1 ? [`${one.textContent}: ${inner.right} of ${outer.right}`] : [];
        }),
      );
    await page.getByRole('link', { name: long }).click();
    await page.locator('.drawer').waitFor();
    expect(await over('.listed tbody th > :is(a, button)')).toEqual([]);
    await page.setViewportSize(PHONE.viewport);
    await page.goto(`${desk.url}/admin/audit`);
    await page.getByRole('button', { name: 'Livechat_request_comment_when_closing_conversation' }).first().waitFor();
    expect(await over('.listed tbody th > :is(a, button)')).toEqual([]);
    await page.goto(`${desk.url}/admin/hours`);
    await page.locator('.hours-departments').getByText(long).waitFor();
    expect(await over('.hours-departments li')).toEqual([]);
    await page.goto(`${desk.url}/admin/roles/livechat-monitor`);
    await page.locator('.people-list').getByText(long).waitFor();
    expect(await over('.people-list li')).toEqual([]);
    await console.leave();
  });

  test('who gains by a permission is in sight beside it, until it is put away', async () => {
    const console = await open('admin/permissions', PHONE);
    const { page } = console;
    const own = page.getByRole('button', { name: 'Close own chats', exact: true });
    await own.tap();
    const side = page.getByRole('complementary', { name: 'Close own chats' });
    const isSeen = async (): Promise<boolean> => {
      const box = await side.boundingBox();
      return box !== null && box.y > 200 && box.y + box.height <= 844;
    };
    await side.getByText('Who may do it').waitFor();
    await expect.poll(isSeen).toBe(true);
    await page.getByRole('checkbox', { name: 'Agent: Tags' }).scrollIntoViewIfNeeded();
    expect(await isSeen()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await own.tap();
    await side.waitFor({ state: 'detached' });
    await console.leave();
  });
});

/** Somebody without a role for chats, in whose page nothing is heard before `goOn`. */
async function comesUnheard(username: string): Promise<{ readonly console: Console; readonly goOn: () => void }> {
  const password = `secret-of-${username}`;
  await desk.admin.tell('users.create', { username, name: username, password, email: `${username}@example.org`, roles: ['user'], verified: true });
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, { username, password });
  let letIn: (() => void) | undefined;
  const isLetIn = new Promise<void>((done) => {
    letIn = done;
  });
  await console.page.routeWebSocket(/websocket$/, async (socket) => {
    await isLetIn;
    socket.connectToServer();
  });
  await console.page.reload();
  await console.page.getByRole('heading', { name: 'Inbox: not for your roles' }).waitFor();
  return { console, goOn: () => letIn?.() };
}

const becomesAgent = async (username: string): Promise<void> => void (await desk.admin.tell('roles.addUserToRole', { username, roleId: 'livechat-agent' }));

describe('what one may do oneself', () => {
  test('it follows at once: pages, menus, and the inbox with what waits there', async () => {
    await desk.admin.tell('users.create', { username: 'una', name: 'Una Reed', password: 'secret-of-una', email: 'una@example.org', roles: ['user'], verified: true });
    const console = await Console.logIn(browser, `${desk.server.url}inbox`, { username: 'una', password: 'secret-of-una' });
    const { page } = console;
    const inbox = page.getByRole('heading', { name: 'Inbox: not for your roles' });
    await inbox.waitFor();
    await change('addUserToRole', 'livechat-agent');
    await page.getByRole('tab', { name: /Queue/ }).click();
    await console.row('Noor').waitFor();
    await console.listening();
    // Heard of, not only read.
    await desk.take(tom, noor.rid);
    await console.row('Noor').waitFor({ state: 'detached' });
    await change('addUserToRole', 'livechat-manager');
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Tags' }).click();
    await page.getByRole('heading', { name: 'Tags', level: 1 }).waitFor();
    const tags = await granted('manage-livechat-tags');
    await grant('manage-livechat-tags', tags.filter((role) => role !== 'livechat-manager'));
    await page.getByRole('heading', { name: 'Tags: not for your roles' }).waitFor();
    await grant('manage-livechat-tags', tags);
    await page.getByRole('heading', { name: 'Tags', exact: true, level: 1 }).waitFor();
    await change('removeUserFromRole', 'livechat-manager');
    await page.getByRole('heading', { name: 'Tags: not for your roles' }).waitFor();
    await page.getByRole('navigation', { name: 'Administration' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Back to the inbox' }).click();
    await page.getByRole('tab', { name: /Mine/ }).waitFor();
    await change('removeUserFromRole', 'livechat-agent');
    await inbox.waitFor();
    expect(await page.getByRole('tab').count()).toBe(0);
    await console.leave();
  });

  test('a role that was given before the page could hear of it is seen', async () => {
    const { console, goOn } = await comesUnheard('eve');
    await becomesAgent('eve');
    goOn();
    const queue = console.page.getByRole('tab', { name: /Queue/ });
    await queue.waitFor();
    expect(await queue.getAttribute('aria-selected')).toBe('false');
    await console.leave();
  });

  test('a role that was heard of is not taken back by an answer that is older', async () => {
    const { console, goOn } = await comesUnheard('ian');
    const { page } = console;
    const older: (() => Promise<void>)[] = [];
    await page.route(
      '**/api/v1/me',
      async (route) => {
        const response = await route.fetch();
        older.push(async () => await route.fulfill({ response }));
      },
      { times: 1 },
    );
    goOn();
    await expect.poll(() => older.length).toBe(1);
    await becomesAgent('ian');
    const queue = page.getByRole('tab', { name: /Queue/ });
    await queue.waitFor();
    const answered = page.waitForResponse('**/api/v1/me');
    await older[0]?.();
    await (await answered).finished();
    // What the page makes of it is drawn with the next picture.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    expect(await queue.count()).toBe(1);
    await console.leave();
  });
});

const units = async () => (await desk.admin.ask<{ units: { name: string; numMonitors: number; numDepartments: number }[] }>('livechat/units?text=')).units;

describe('units and monitors', () => {
  test('somebody looks after a unit of departments, until it is removed', async () => {
    const console = await open('admin/monitors/new');
    const { page } = console;
    await page.getByLabel('Person').selectOption({ label: 'Tom Field (tom)' });
    await console.button('Add').click();
    await page.getByRole('complementary', { name: 'Tom Field' }).waitFor();
    expect((await user('tom'))?.roles).toContain('livechat-monitor');
    await page.goto(`${desk.server.url}admin/units/new`);
    const fresh = page.getByRole('complementary', { name: 'New unit' });
    await fresh.getByLabel('Name', { exact: true }).fill('Shop');
    await page.keyboard.press('Control+s');
    const ofUnit = fresh.getByRole('group', { name: 'Departments' });
    await expect.poll(async () => await ofUnit.evaluate((group) => group.contains(document.activeElement))).toBe(true);
    expect(await fresh.getByText('This cannot be empty.').count()).toBe(2);
    expect(await accessibilityFaults(page)).toEqual([]);
    await ofUnit.getByLabel('Sales').check();
    await fresh.getByLabel('Tom Field').check();
    await page.keyboard.press('Control+s');
    const drawer = page.getByRole('complementary', { name: 'Shop' });
    await drawer.getByLabel('Sales').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await units()).toMatchObject([{ name: 'Shop', numMonitors: 1, numDepartments: 1 }]);
    await drawer.getByRole('button', { name: 'More' }).click();
    await console.button('Delete Shop').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No units yet').waitFor();
    expect(await units()).toEqual([]);
    await console.leave();
  });
});
