// The console at work in the shop of `hark demo`: all of it into target/screenshots, to be looked at,
// and what the documentation shows.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { Console } from '../tests/console/console.ts';
import { type Agent, Desk } from '../tests/desk.ts';
import { furnish } from './shop.ts';

const ALL = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
const SHOWN = fileURLToPath(new URL('../../docs/images/', import.meta.url));

let desk: Desk;
let browser: Browser;
let priya: Agent;

beforeAll(async () => {
  await mkdir(ALL, { recursive: true });
  desk = await Desk.open();
  browser = await launchBrowser();
  priya = await furnish(desk);
});

afterAll(async () => {
  await browser?.close();
  await desk?.stop();
});

const WIDE = { width: 1440, height: 900 };

const WAYS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light', viewport: WIDE }],
  ['dark', { colorScheme: 'dark', viewport: WIDE }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ['arabic', { locale: 'ar', viewport: WIDE }],
];

/** What docs/ shows. */
const DOCUMENTED: ReadonlySet<string> = new Set(['inbox-light', 'inbox-dark', 'chat-phone']);

/** Answers how large it is. */
async function photograph(console: Console, file: string): Promise<number> {
  const picture = await console.page.screenshot({ path: `${ALL}console-${file}.png` });
  if (DOCUMENTED.has(file)) {
    await console.page.screenshot({ path: `${SHOWN}console-${file}.png` });
  }
  return picture.length;
}

describe.for(WAYS)('%s', ([way, options]) => {
  test('the log-in, the inbox, a chat and its dialogs', async () => {
    const console = await Console.open(browser, desk.server.url, { ...options, deviceScaleFactor: 1 });
    await console.page.locator('#login').waitFor();
    expect(await photograph(console, `log-in-${way}`)).toBeGreaterThan(0);
    await console.page.locator('#login').fill(priya.username);
    await console.page.locator('#password').fill(priya.password);
    await console.page.locator('#password').press('Enter');
    await console.listening();
    expect(await photograph(console, `list-${way}`)).toBeGreaterThan(0);
    await console.row('Noor Jansen').click();
    await console.bubble('Do I have to send').waitFor();
    expect(await photograph(console, `${way === 'phone' ? 'chat' : 'inbox'}-${way}`)).toBeGreaterThan(0);
    await console.page.locator('.close-chat').click();
    await console.page.locator('dialog').waitFor();
    expect(await photograph(console, `close-${way}`)).toBeGreaterThan(0);
    await console.page.keyboard.press('Escape');
    await console.page.locator('.talk-head [aria-expanded]').click();
    await console.page.locator('.forward').waitFor();
    expect(await photograph(console, `forward-${way}`)).toBeGreaterThan(0);
    await console.leave();
  });
});

test.for(['light', 'dark'] as const)('the CRM Integration, %s', async (colorScheme) => {
  const admin = { username: 'admin', password: 'secret-of-admin' };
  const console = await Console.logIn(browser, desk.server.url, admin, { colorScheme, deviceScaleFactor: 1 });
  await console.page.goto(`${desk.server.url}webhooks/crm`);
  await console.page.getByLabel('Webhook URL').fill('https://crm.kiln-and-clay.example/hooks/livechat');
  await console.page.getByRole('button', { name: /^Chat Taken/ }).click();
  await console.page.locator('.right .code').waitFor();
  expect(await photograph(console, `crm-${colorScheme}`)).toBeGreaterThan(0);
  await console.context.close();
});
