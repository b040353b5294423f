import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

let receiver: Server;
const heard: { token: string; body: string }[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => {
      heard.push({ token: String(request.headers['x-rocketchat-livechat-token']), body });
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"Customer": "C-10482"}');
    });
  });
  await new Promise<void>((listening) => {
    receiver.listen(0, '127.0.0.1', listening);
  });
});

afterAll(async () => {
  receiver?.close();
});

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

test('a manager says where chats are told, and tries it', async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN);
  await console.page.keyboard.press('g');
  await console.page.keyboard.press('w');
  await console.page.getByRole('link', { name: 'CRM Integration' }).click();
  await console.page.getByRole('heading', { name: 'CRM Integration' }).waitFor();
  const address = console.page.getByLabel('Webhook URL');
  await address.fill('crm.example');
  await console.button('Save').click();
  await console.page.locator('.save-bar').getByText('The address begins with https:// or http://').waitFor();
  expect(await address.getAttribute('aria-invalid')).toBe('true');
  await address.fill(url);
  await console.page.getByLabel('Secret Token').fill('s3cret');
  const started = console.page.getByRole('switch', { name: 'Send Request on Chat Taken' });
  const wasOn = (await started.getAttribute('aria-checked')) === 'true';
  await started.click();
  await console.page.keyboard.press('Control+s');
  await console.page.getByText('Saved', { exact: true }).waitFor();
  const settings = await desk.admin.ask<{ settings: { _id: string; value: unknown }[] }>('livechat/integrations.settings');
  const value = (id: string) => settings.settings.find(({ _id }) => _id === id)?.value;
  expect(value('Livechat_webhookUrl')).toBe(url);
  expect(value('Livechat_webhook_on_chat_taken')).toBe(!wasOn);
  await console.page.getByRole('button', { name: /^Chat Taken/ }).click();
  await expect.poll(() => console.page.locator('.right').innerText()).toContain('"LivechatSessionTaken"');
  await console.button('Send Test').click();
  await console.page.getByText('C-10482', { exact: true }).waitFor();
  await console.page.getByRole('region', { name: 'Answer to the test' }).getByText('200 OK', { exact: true }).waitFor();
  expect(heard.at(-1)?.token).toBe('s3cret');
  expect(JSON.parse(heard.at(-1)?.body ?? '{}')).toMatchObject({ type: 'LivechatSessionTaken' });
  await console.page.mouse.move(0, 0);
  await expect.poll(() => console.button('Send Test').getAttribute('aria-disabled')).toBe('false');
  expect(await faultsInLightAndDark(console.page)).toEqual([]);
  await console.leave();
});

test('the page is for those who may see webhooks', async () => {
  const amy = await desk.agent('amy', 'Amy Winter');
  const console = await Console.logIn(browser, desk.server.url, amy);
  expect(await console.page.getByRole('link', { name: 'Webhooks' }).count()).toBe(0);
  await console.leave();
});

test('what was sent is listed with its answers, and what was given up is sent again', async () => {
  let isUp = false;
  const heardAgain: string[] = [];
  const crm = createServer((request, response) => {
    request.resume().on('end', () => {
      heardAgain.push(String(request.headers['hark-event']));
      response.writeHead(isUp ? 200 : 503).end('no');
    });
  });
  await new Promise<void>((listening) => {
    crm.listen(0, '127.0.0.1', listening);
  });
  const answer = await fetch(`${desk.url}/api/hark/v1/endpoints`, {
    method: 'POST',
    headers: { ...desk.admin.credentials, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Warehouse',
      url: `http://127.0.0.1:${(crm.address() as AddressInfo).port}/hook`,
      events: ['chat.started'],
      policy: { delaysMs: [] },
    }),
  });
  expect(answer.status).toBe(201);
  await desk.agent('olga', 'Olga Winter');
  await Guest.come(desk, "Eve O'Hara", 'Hello');
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN, { permissions: ['clipboard-read', 'clipboard-write'] });
  const given = console.page.locator('.rail .count-fault');
  await expect.poll(() => given.innerText()).toBe('1');
  await console.page.getByRole('link', { name: 'Webhooks 1 delivery given up' }).waitFor();
  // Another one is counted when it happens.
  const second = await Guest.come(desk, 'Gus', 'Hello');
  await expect.poll(() => given.innerText()).toBe('2');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.goto(`${desk.server.url}inbox/${second.rid}`);
  await console.page.locator('.heard-mark').first().waitFor();
  isUp = true;
  await console.page.keyboard.press('Control+k');
  const palette = console.page.getByRole('dialog', { name: 'Search and commands' });
  await palette.getByRole('combobox').fill('resend');
  await palette.getByRole('option', { name: /^Resend the 1 delivery that was given up\s*Warehouse/ }).click();
  await expect.poll(() => given.innerText()).toBe('1');
  isUp = false;
  await console.page.goto(`${desk.server.url}webhooks/crm`);
  const counted = console.page.getByRole('button', { name: /^Chat Start/ });
  await expect.poll(() => counted.innerText()).toMatch(/LivechatSessionStart\s*[1-9]/);
  await console.page.getByRole('link', { name: /^Given up/ }).click();
  const row = console.page.getByRole('row').filter({ hasText: 'Warehouse' });
  await expect.poll(() => row.innerText()).toMatch(/chat\.started\s+Warehouse\s+Eve O'Hara\s+\S+\s+503/);
  await row.first().getByRole('link', { name: 'chat.started' }).click();
  const drawer = console.page.getByRole('complementary', { name: 'chat.started' });
  await drawer.getByText("Eve O'Hara").first().waitFor();
  // Beside the tabs, as they are of the one that is chosen.
  await drawer.locator('.tabs').getByText('of attempt 1').waitFor();
  await drawer.getByRole('button', { name: /^Copy as curl/ }).click();
  await console.page.getByText('Copied', { exact: true }).waitFor();
  const copied = await console.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`curl 'http://127.0.0.1:`);
  expect(copied).toContain("-H 'hark-event: chat.started'");
  expect(copied).toContain(String.raw`Eve O'\''Hara`);
  await console.page.mouse.move(0, 0);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  isUp = true;
  await console.page.keyboard.press('s');
  await drawer.getByText(/^delivered /).waitFor();
  await expect.poll(() => heardAgain.length).toBe(4);
  await expect.poll(() => given.count()).toBe(0);
  await console.page.getByRole('link', { name: 'Deliveries' }).click();
  await console.page.getByRole('button', { name: 'State', exact: true }).click();
  await console.page.getByRole('dialog', { name: 'State' }).getByRole('button', { name: 'Delivered', exact: true }).click();
  await expect.poll(() => row.first().innerText()).toMatch(/Delivered\s+chat\.started\s+Warehouse[^]+\s200\s/);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.leave();
  crm.close();
});

test.for([
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: 'dark' }],
  ['a page at 400 %', { viewport: { width: 360, height: 640 } }],
] as const)('the pages about webhooks fit on %s', async ([, options]) => {
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN, options);
  for (const [path, name] of [
    ['webhooks/endpoints', 'Endpoints'],
    ['webhooks/endpoints/new', 'New endpoint'],
    ['webhooks/crm', 'CRM Integration'],
    ['webhooks/deliveries', 'Deliveries'],
    ['webhooks/live', 'Live tail'],
    ['webhooks/catalogue', 'Event catalogue'],
    ['webhooks/check', 'Check a signature'],
    ['webhooks/tokens', 'API tokens'],
    ['webhooks/endpoints/workspace', /./],
    ['webhooks/endpoints/workspace/deliveries', /./],
    ['webhooks/endpoints/workspace/secrets', /./],
    ['webhooks/endpoints/workspace/changes', /./],
  ] as const) {
    await console.page.goto(`${desk.server.url}${path}`);
    await console.page.getByRole('heading', { name }).first().waitFor();
    await expect.poll(() => console.page.locator('.skeletons, [aria-busy=true]').count()).toBe(0);
    expect(await accessibilityFaults(console.page)).toEqual([]);
    const [content, window] = await console.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(content).toBe(window);
  }
  await console.leave();
});

const setting = async (id: string) => (await desk.admin.ask<{ value: unknown }>(`settings/${id}`)).value;

test('patterns for leads are tried on a text, and are kept with what else is told', async () => {
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/crm`, ADMIN);
  const found = console.page.getByRole('region', { name: 'What the patterns find' });
  await console.page.getByLabel('Sample text').fill('Write to ann@example.org or call KC-20377');
  await expect.poll(() => found.innerText()).toContain('1 e-mail');
  await expect.poll(() => found.locator('mark').allInnerTexts()).toEqual(['ann@example.org']);
  const phone = console.page.getByLabel('Phone pattern');
  const usual = await phone.inputValue();
  await phone.fill('KC-([0-9');
  await console.page.getByText(/^This pattern cannot be read/).waitFor();
  // It is not saved, nor is anything else.
  expect(await phone.getAttribute('aria-invalid')).toBe('true');
  const before = await setting('Livechat_http_timeout');
  await console.page.getByLabel('HTTP timeout').fill('4321');
  await console.button('Save').click();
  await console.page.locator('.save-bar .fault').getByText('This pattern cannot be read').waitFor();
  expect(await setting('Livechat_http_timeout')).toBe(before);
  await console.page.getByLabel('HTTP timeout').fill(String(before));
  await phone.fill('KC-[0-9]+');
  await expect.poll(() => found.innerText()).toContain('1 phone number, not found by the default');
  await expect.poll(() => found.locator('mark.is-new').allInnerTexts()).toEqual(['KC-20377']);
  await found.getByText(/^in [\d.]+ ms$/).waitFor();
  // One that goes back and forth is stopped, and the page goes on.
  const sample = await console.page.getByLabel('Sample text').inputValue();
  const email = console.page.getByLabel('E-mail pattern');
  const usualEmail = await email.inputValue();
  await console.page.getByLabel('Sample text').fill(`${'a'.repeat(34)}!`);
  await email.fill('(a+)+$');
  await found.getByText(/^Stopped after 200 ms/).waitFor();
  await email.fill(usualEmail);
  await console.page.getByLabel('Sample text').fill(sample);
  await expect.poll(() => found.innerText()).toContain('1 e-mail');
  await console.page.getByRole('switch', { name: 'Send Request on Lead capture' }).click();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.keyboard.press('Control+s');
  await console.page.getByText('Saved', { exact: true }).waitFor();
  expect(await setting('Livechat_webhook_on_capture')).toBe(true);
  expect(await setting('Livechat_lead_phone_regex')).toBe('KC-[0-9]+');
  await console.button('Default').click();
  expect(await phone.inputValue()).toBe(usual);
  await console.button('Next kind').click();
  await expect.poll(() => console.page.locator('.right').innerText()).toContain('"LivechatSession"');
  // What visitors look at is sent with two switches on.
  await console.page.getByRole('switch', { name: 'Send Request on Visitor Navigation History' }).click();
  const needed = console.page.getByText('Nothing is sent about navigation until this is on, too');
  await needed.waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.getByRole('switch', { name: 'Page visits as messages' }).click();
  await needed.waitFor({ state: 'detached' });
  await console.page.keyboard.press('Control+s');
  await expect.poll(() => setting('Livechat_Visitor_navigation_as_a_message')).toBe(true);
  // What was changed and not saved is asked about by the browser.
  await console.context.close();
});

test('of two who change the webhook, who saves second is told who was first', async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  await desk.set('Livechat_webhookUrl', url);
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/crm`, ADMIN);
  const { page } = console;
  const address = page.getByLabel('Webhook URL');
  // Of the one that is saved it is said what is there, too.
  await page.getByText('Answers from 127.0.0.1').waitFor();
  await address.fill(`${url}mine`);
  await desk.set('Livechat_webhookUrl', `${url}theirs`);
  await page.keyboard.press('Control+s');
  await expect.poll(() => page.locator('.save-bar').innerText()).toMatch(/Not saved: Ada Admin changed it at/);
  expect(await setting('Livechat_webhookUrl')).toBe(`${url}theirs`);
  await console.button('Compare').click();
  const compared = page.getByRole('dialog', { name: 'Compare' });
  expect(await compared.getByRole('row').last().innerText()).toMatch(/Webhook URL\s+\S+theirs\s+\S+mine/);
  await compared.getByRole('button', { name: 'Save mine' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(await setting('Livechat_webhookUrl')).toBe(`${url}mine`);
  await page.getByRole('main').getByRole('link', { name: 'Deliveries' }).click();
  await page.waitForURL(/\/webhooks\/endpoints\/workspace\/deliveries/);
  await console.leave();
});

test('what is wrong with the address and the time is said where they stand', async () => {
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/crm`, ADMIN);
  const { page } = console;
  const before = await page.getByLabel('Webhook URL').inputValue();
  await page.getByLabel('HTTP timeout').fill('12 s');
  await page.getByText('A whole number from 1 to 60,000').waitFor();
  expect(await page.getByLabel('HTTP timeout').inputValue()).toBe('12 s');
  await page.getByLabel('HTTP timeout').fill('');
  await page.getByText('A whole number from 1 to 60,000').waitFor();
  await page.getByLabel('HTTP timeout').fill('4000');
  await page.getByText('Ten retries').waitFor();
  // Looked at while it is typed, and said of the one that is saved.
  await page.getByLabel('Webhook URL').fill('http://10.20.0.14/hook');
  await page.getByText(/is no public address/).waitFor();
  await console.button('Save').click();
  await page.getByText('Not sent', { exact: true }).waitFor();
  // In the words of the server.
  await page.locator('[lang="en"]').getByText(/is no public address/).waitFor();
  expect(await setting('Livechat_http_timeout')).toBe(4000);
  await page.mouse.move(0, 0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel('Webhook URL').fill(before);
  await console.button('Save').click();
  await page.getByText('Not sent', { exact: true }).waitFor({ state: 'detached' });
  await console.leave();
});

test('whoever may see what else is told, and not change it, is told so', async () => {
  const mia = await desk.agent('mia', 'Mia Sand');
  await desk.admin.tell('livechat/users/manager', { username: 'mia' });
  await desk.admin.tell('permissions.update', { permissions: [{ _id: 'view-privileged-setting', roles: ['admin', 'livechat-manager'] }] });
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/crm`, mia);
  await console.page.getByText('Your roles can see these, not change them').waitFor();
  expect(await console.page.getByRole('switch', { name: 'Send Request on Lead capture' }).isDisabled()).toBe(true);
  expect(await console.page.getByRole('switch', { name: 'Send Request on Chat Start' }).isDisabled()).toBe(false);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.leave();
});
