import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { accessibilityFaults, launchBrowser } from '../browser.ts';
import { Desk } from '../desk.ts';
import { Console } from './console.ts';

let desk: Desk;
let browser: Browser;
let receiver: Server;
const heard: { token: string; body: string }[] = [];

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchBrowser();
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
  await browser?.close();
  await desk?.stop();
});

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

test.for(['light', 'dark'] as const)('a manager says where chats are told, and tries it, in %s', async (colorScheme) => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${colorScheme}`;
  const console = await Console.logIn(browser, desk.server.url, ADMIN, { colorScheme });
  await console.page.keyboard.press('g');
  await console.page.keyboard.press('w');
  await console.page.getByRole('heading', { name: 'CRM Integration' }).waitFor();
  const address = console.page.getByLabel('Webhook URL');
  await address.fill('crm.example');
  await console.button('Save').click();
  await console.page.getByText('The address begins with https:// or http://').waitFor();
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
  await console.page.getByText('C-10482').waitFor();
  expect(heard.at(-1)?.token).toBe('s3cret');
  expect(JSON.parse(heard.at(-1)?.body ?? '{}')).toMatchObject({ type: 'LivechatSessionTaken' });
  await console.page.mouse.move(0, 0);
  await expect.poll(() => console.button('Send Test').getAttribute('aria-disabled')).toBe('false');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.leave();
});

test('the page is for those who may see webhooks', async () => {
  const amy = await desk.agent('amy', 'Amy Winter');
  const console = await Console.logIn(browser, desk.server.url, amy);
  expect(await console.page.getByRole('link', { name: 'CRM Integration' }).count()).toBe(0);
  await console.leave();
});
