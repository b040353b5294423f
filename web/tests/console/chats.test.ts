// All chats: found by filters that stand in the address, looked into beside the list, opened at a message.
import type { BrowserContextOptions } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

let long: Guest;

beforeAll(async () => {
  const department = await desk.department('Support', [amy]);
  long = await Guest.come(desk, 'Noor Jansen', 'One of the bowls arrived with a crack.', { department });
  await desk.take(amy, long.rid);
  await desk.say(amy, long.rid, 'I am sorry');
  for (let count = 0; count < 70; count += 1) {
    await long.say(`Bowl ${count}`);
  }
  await desk.close(amy, long.rid);
  const other = await Guest.come(desk, 'Callum Reid', 'The glaze has a chip', { department });
  await desk.take(amy, other.rid);
  await Guest.come(desk, 'Sofia Lindgren', 'Is the glaze safe?', { department });
  await desk.findsBy('Sofia', 1);
});

async function chats(query = '', options: BrowserContextOptions = {}): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}chats${query}`, ADMIN, options);
  await console.page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  return console;
}

test.for([
  ['light and in dark', {}, faultsInLightAndDark],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, accessibilityFaults],
] as const)('filters find chats and stand in the address, in %s', async ([, options, look]) => {
  const console = await chats('', options);
  const { page } = console;
  const names = () => page.locator('tbody tr:not(.chats-line) a').allInnerTexts();
  await expect.poll(names).toEqual(['Sofia Lindgren', 'Callum Reid', 'Noor Jansen']);
  await page.getByText('3 of 3').waitFor();
  expect(await look(page)).toEqual([]);
  await page.getByLabel('State').selectOption('closed');
  await expect.poll(names).toEqual(['Noor Jansen']);
  expect(new URL(page.url()).search).toBe('?status=closed');
  await page.getByLabel('Words, names, addresses').fill('Sofia');
  await page.getByText('No chat has all of these: Sofia and Closed.').waitFor();
  expect(await look(page)).toEqual([]);
  await console.button('Remove the filters').click();
  await expect.poll(names).toHaveLength(3);
  expect(new URL(page.url()).search).toBe('');
  await page.goto(`${desk.server.url}chats?status=queued`);
  await expect.poll(names).toEqual(['Sofia Lindgren']);
  await console.leave();
});

test.for([
  ['light and in dark', {}, faultsInLightAndDark],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, accessibilityFaults],
] as const)('words lead to the message in which they stand, in %s', async ([, options, look]) => {
  const console = await chats('?q=GLAZE', options);
  const { page } = console;
  const lines = page.locator('.chats-line');
  await expect.poll(() => lines.allInnerTexts()).toHaveLength(2);
  await page.getByText('2 of 2').waitFor();
  expect(await lines.locator('mark').allInnerTexts()).toEqual(['glaze', 'glaze']);
  expect(await lines.first().innerText()).toContain('Is the glaze safe?');
  expect(await look(page)).toEqual([]);
  await page.getByLabel('Words, names, addresses').fill('arrived crack');
  await expect.poll(() => lines.locator('mark').allInnerTexts()).toEqual(['arrived', 'crack']);
  expect(new URL(page.url()).searchParams.get('q')).toBe('arrived crack');
  await lines.getByRole('link').click();
  const said = page.locator('.is-sought');
  await said.waitFor();
  expect(await said.innerText()).toContain('arrived with a crack');
  expect(new URL(page.url()).pathname).toBe(`/inbox/${long.rid}`);
  await page.goto(`${desk.server.url}chats?q=nor jans`);
  await page.getByText('No chat has all of these: nor jans.').waitFor();
  await page.getByLabel('Words, names, addresses').fill('noor jan');
  await expect.poll(() => lines.locator('mark').allInnerTexts()).toEqual(['Noor', 'Jansen']);
  expect(await lines.innerText()).toMatch(/^Name/);
  await console.leave();
});

async function views(): Promise<string> {
  const answer = await fetch(`${desk.server.url}api/hark/v1/views`, { headers: desk.admin.credentials });
  return await answer.text();
}

test('what is looked for again and again has a name, and is there after a reload', async () => {
  const console = await chats('?status=closed&q=Noor');
  const { page } = console;
  await console.button('Save as a view').click();
  const named = page.getByRole('dialog', { name: 'Save as a view' });
  expect(await named.getByLabel('Name of the view').inputValue()).toBe('Noor, Closed');
  await named.getByLabel('Name of the view').fill('Noor, over');
  expect(await accessibilityFaults(page)).toEqual([]);
  await named.getByRole('button', { name: 'Save' }).click();
  await console.button('Noor, over').waitFor();
  await page.goto(`${desk.server.url}chats`);
  await expect.poll(() => page.locator('tbody tr:not(.chats-line) a').count()).toBe(3);
  await console.button('Noor, over').click();
  await expect.poll(() => page.locator('tbody tr:not(.chats-line) a').allInnerTexts()).toEqual(['Noor Jansen']);
  expect(new URL(page.url()).search).toBe('?q=Noor&status=closed');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await views()).toContain('{"text":"Noor","state":"closed"}');
  await console.button('Delete Noor, over').click();
  await page.getByText('Noor, over is deleted').waitFor();
  expect(await views()).not.toContain('Noor, over');
  await console.leave();
});

test('a chat is looked into beside the list, and opens at what was said', async () => {
  const console = await chats();
  const { page } = console;
  await page.getByRole('link', { name: 'Noor Jansen' }).click();
  const drawer = page.getByRole('complementary', { name: 'Noor Jansen' });
  await drawer.getByText('Amy Winter').waitFor();
  expect(new URL(page.url()).searchParams.get('open')).toBe(long.rid);
  await drawer.getByLabel('Search in this chat').fill('crack');
  await drawer.locator('.hits a').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await drawer.locator('.hits a').click();
  // It is further back than what is read at first.
  const said = page.locator('.is-sought');
  await said.waitFor();
  expect(await said.innerText()).toContain('arrived with a crack');
  await expect.poll(async () => (await said.boundingBox())?.y ?? -1).toBeGreaterThan(56);
  await console.leave();
});

test('agents find what was theirs, by keys', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.page.keyboard.press('g');
  await console.page.keyboard.press('c');
  await expect.poll(() => console.page.locator('tbody tr:not(.chats-line) a').allInnerTexts()).toEqual(['Callum Reid', 'Noor Jansen']);
  const [saved] = await Promise.all([console.page.waitForEvent('download'), console.button('Export what is shown (CSV)').click()]);
  const text = await (await saved.createReadStream()).toArray().then((pieces) => Buffer.concat(pieces as Buffer[]).toString());
  expect(text).toMatch(/^\uFEFFVisitor,State,[^\n]+\r\nCallum Reid,[^\n]+\r\nNoor Jansen,/);
  await console.page.keyboard.press('j');
  await console.page.keyboard.press('j');
  const drawer = console.page.getByRole('complementary', { name: 'Noor Jansen' });
  await drawer.waitFor();
  // A button that has the focus is what Enter presses.
  await drawer.getByRole('button', { name: 'Close the details' }).focus();
  await console.page.keyboard.press('Enter');
  await drawer.waitFor({ state: 'detached' });
  await console.page.keyboard.press('j');
  await console.page.getByRole('complementary', { name: 'Callum Reid' }).waitFor();
  await console.page.keyboard.press('j');
  await drawer.waitFor();
  await console.page.keyboard.press('Enter');
  await console.page.getByRole('heading', { name: 'Noor Jansen', exact: true }).waitFor();
  await console.leave();
});

test('a page that is not for an agent says who can help, and what cannot be read says so', async () => {
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/crm`, amy);
  await console.page.getByRole('heading', { name: 'CRM Integration: not for your roles' }).waitFor();
  await console.page.getByText('You are logged in as Amy Winter. Ada Admin can let you in.').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  const rooms = '**/api/v1/livechat/rooms?*';
  await console.page.route(rooms, (route) => route.fulfill({ status: 503, json: {} }));
  await console.page.goto(`${desk.server.url}chats`);
  await console.page.getByRole('heading', { name: 'This could not be read' }).waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.unroute(rooms);
  await console.button('Try now').click();
  await console.page.getByRole('link', { name: 'Callum Reid' }).waitFor();
  await console.leave();
});

test('on a phone the bar at the bottom is one line on every page', async () => {
  const console = await chats('', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten']) {
    await Guest.come(desk, name, 'A list that is longer than the screen');
  }
  const bar = console.page.getByRole('navigation', { name: 'Main' });
  for (const path of ['chats', 'me', 'webhooks/crm', 'inbox?view=queue']) {
    await console.page.goto(`${desk.server.url}${path}`);
    await bar.getByRole('link', { name: 'Chats' }).waitFor();
    const { x, y, width, height } = (await bar.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    expect({ path, x, width, end: y + height }).toEqual({ path, x: 0, width: 390, end: 844 });
    expect(height).toBeLessThan(70);
  }
  await console.leave();
});
