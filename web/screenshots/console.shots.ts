// The console at work in the shop of `hark demo`, each of its pages in each way in which it can look.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { Console } from '../tests/console/console.ts';
import { type Agent, Desk } from '../tests/desk.ts';
import { photograph, WAYS } from './camera.ts';
import { furnish } from './shop.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

let desk: Desk;
let browser: Browser;
let priya: Agent;

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchBrowser();
  priya = await furnish(desk);
});

afterAll(async () => {
  await browser?.close();
  await desk?.stop();
});

type Who = Pick<Agent, 'username' | 'password'>;

/** By the parts of the page, whose words are in another language each time. */
async function logIn(who: Who, options: BrowserContextOptions): Promise<Console> {
  const console = await Console.open(browser, `${desk.server.url}inbox`, options);
  await console.page.locator('#login').fill(who.username);
  await console.page.locator('#password').fill(who.password);
  await console.page.locator('#password').press('Enter');
  await console.listening();
  return console;
}

describe.for(WAYS)('%s', ([way, options]) => {
  test('the log-in, the inbox, a chat and its dialogs', async () => {
    const before = await Console.open(browser, desk.server.url, options);
    await before.page.locator('#login').waitFor();
    expect((await photograph(before.page, `log-in-${way}`)).length).toBeGreaterThan(0);
    await before.context.close();
    const console = await logIn(priya, options);
    const { page } = console;
    expect((await photograph(page, `list-${way}`)).length).toBeGreaterThan(0);
    await console.row('Noor Jansen').click();
    await console.bubble('Do I have to send').waitFor();
    // What was heard of it comes a little later.
    await page.locator('.heard-mark').first().waitFor();
    await page.locator('.composer textarea').fill('/re');
    await page.locator('.offers .option').first().waitFor();
    await photograph(page, `${way === 'phone' ? 'chat' : 'inbox'}-${way}`);
    await page.locator('.composer textarea').fill('');
    await page.locator('.close-chat').click();
    await page.locator('dialog').waitFor();
    await photograph(page, `close-${way}`);
    await page.keyboard.press('Escape');
    if (way === 'phone') {
      await page.locator('.more-acts').click();
      await page.locator('.choices .option').first().click();
    } else {
      await page.locator('.talk-head [aria-expanded]').first().click();
    }
    await page.locator('.forward').waitFor();
    await photograph(page, `forward-${way}`);
    await page.keyboard.press('Escape');
    await page.locator('.more-acts').click();
    await page.locator('.choices').waitFor();
    await photograph(page, `priority-${way}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.locator('.palette input').fill('re');
    await photograph(page, `palette-${way}`);
    await page.keyboard.press('Escape');
    await console.leave();
  });

  test('all chats, and one of them beside the list', async () => {
    const console = await logIn(ADMIN, options);
    const { page } = console;
    await page.goto(`${desk.server.url}chats`);
    await page.getByText('Noor Jansen').first().click();
    await page.locator('.drawer').waitFor();
    expect((await photograph(page, `chats-${way}`)).length).toBeGreaterThan(0);
    await console.leave();
  });

  test('the profile', async () => {
    const console = await logIn(priya, options);
    await console.page.goto(`${desk.server.url}me`);
    await console.page.locator('#tokens').waitFor();
    expect((await photograph(console.page, `me-${way}`)).length).toBeGreaterThan(0);
    await console.leave();
  });

  test('the CRM Integration', async () => {
    const console = await logIn(ADMIN, options);
    const { page } = console;
    await page.goto(`${desk.server.url}webhooks/crm`);
    await page.locator('.switches .kind').nth(2).click();
    await page.locator('.right .code').waitFor();
    await page.locator('.page-head .button').first().click();
    await page.locator('.as-seen').waitFor();
    expect((await photograph(page, `crm-${way}`)).length).toBeGreaterThan(0);
    await console.leave();
  });

  test('endpoints, a new one, what one was sent, and what is sent once more', async () => {
    const console = await logIn(ADMIN, options);
    const { page } = console;
    await page.goto(`${desk.server.url}webhooks/endpoints`);
    await page.locator('.hooks .go').first().waitFor();
    if (way !== 'phone') {
      await page.locator('.bars48 rect').first().waitFor({ state: 'attached' });
    }
    expect((await photograph(page, `webhooks-${way}`)).length).toBeGreaterThan(0);
    await page.goto(`${desk.server.url}webhooks/endpoints/new`);
    await page.locator('input[type=url]').fill(`${desk.server.url}health`);
    await page.locator('.looked .i').waitFor();
    await photograph(page, `endpoint-new-${way}`);
    await page.locator('input[type=url]').fill('');
    await page.goto(`${desk.server.url}webhooks/endpoints`);
    await page.locator('.hooks tbody').first().locator('a').first().click();
    await page.locator('.sent a').first().click();
    await page.locator('.sent-one .panes .code').waitFor();
    await photograph(page, `deliveries-${way}`);
    await page.locator('.page-head a[href$="/replay"]').click();
    await page.locator('.replay-counted[aria-busy=false]').waitFor();
    await photograph(page, `replay-${way}`);
    await console.leave();
  });

  test('what was sent, and where one comes in again', async () => {
    const console = await logIn(ADMIN, options);
    const { page } = console;
    await page.goto(`${desk.server.url}webhooks/given-up`);
    await page.locator('.sent a').first().click();
    await page.locator('.drawer .code').waitFor();
    expect((await photograph(page, `given-up-${way}`)).length).toBeGreaterThan(0);
    await console.leave();
    const before = await Console.open(browser, `${desk.server.url}login/forgotten`, options);
    await before.page.locator('#login').waitFor();
    await photograph(before.page, `forgotten-${way}`);
    await before.context.close();
  });

  test('the live monitor and the reports', async () => {
    const console = await logIn(ADMIN, options);
    const { page } = console;
    await page.goto(`${desk.server.url}monitor`);
    await page.locator('.monitor-figures').waitFor();
    await page.locator('.chart').first().waitFor();
    expect((await photograph(page, `monitor-${way}`)).length).toBeGreaterThan(0);
    await page.goto(`${desk.server.url}reports/overview`);
    await page.locator('.reports-page[aria-busy="false"]').waitFor();
    expect((await photograph(page, `reports-${way}`)).length).toBeGreaterThan(0);
    await console.leave();
  });

  test('a page that is not for an agent', async () => {
    const console = await logIn(priya, options);
    await console.page.goto(`${desk.server.url}setup`);
    await console.page.getByText('Ada Admin').waitFor();
    expect((await photograph(console.page, `not-allowed-${way}`)).length).toBeGreaterThan(0);
    await console.leave();
  });
});
