// From a server that has just been started to the first event of a chat, by clicks.
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { faultsInLightAndDark, leaveBrowser, workersBrowser } from '../browser.ts';
import { Desk } from '../desk.ts';
import { Console } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

let desk: Desk;
let browser: Browser;

beforeAll(async () => {
  browser = await workersBrowser();
});

afterAll(async () => {
  await leaveBrowser();
});

test('an empty server leads to its first event', async () => {
  desk = await Desk.open();
  const console = await Console.open(browser, desk.server.url);
  const { page } = console;
  const steps = page.getByRole('navigation', { name: 'Steps' });
  const isAt = async (step: string): Promise<void> => {
    await expect.poll(() => steps.locator('[aria-current="step"]').innerText()).toContain(step);
    expect(await faultsInLightAndDark(page)).toEqual([]);
  };
  await console.enter(ADMIN.username, ADMIN.password);
  await page.getByRole('heading', { name: 'Who answers here' }).waitFor();
  await isAt('You');
  const own = page.getByLabel('Name', { exact: true });
  await own.fill('');
  await console.button('Continue').click();
  // In words of Hark's own, and the field has the focus.
  await page.getByText('Please fill this in.').waitFor();
  expect(await own.evaluate((field) => field.ariaInvalid)).toBe('true');
  expect(await own.evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await faultsInLightAndDark(page)).toEqual([]);
  await own.fill('Mara Lindqvist');
  await page.getByText('Please fill this in.').waitFor({ state: 'detached' });
  await console.button('Continue').click();
  await page.getByRole('heading', { name: 'Name your site' }).waitFor();
  await isAt('Your site');
  // What the server has now was read.
  await expect.poll(() => page.getByLabel('Name of the site').inputValue()).toBe('Hark');
  await page.getByLabel('Name of the site').fill('Kiln & Clay');
  expect(await page.getByLabel('Title of the widget').inputValue()).toBe('Kiln & Clay');
  await console.button('Continue').click();
  await page.getByRole('heading', { name: 'Who gets the first chats' }).waitFor();
  await isAt('First department');
  // As its button says, where the step begins.
  await page.locator('h1:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Put the widget on your site' }).waitFor();
  await isAt('Snippet');
  expect(await page.locator('.snippet code').innerText()).toBe(
    `<script async src="${desk.server.url}livechat/widget.js"></script>`,
  );
  await console.button('Continue').click();
  await page.getByRole('heading', { name: 'Write to yourself' }).waitFor();
  await page.getByText('listening', { exact: true }).waitFor();
  await isAt('Try it');

  const shop: FrameLocator = page.frameLocator('iframe[title="Trial page"]');
  await shop.getByText('Kiln & Clay').first().waitFor();
  await shop.locator('.rocketchat-widget').getByRole('button').first().click();
  const panel = shop.frameLocator('.rocketchat-widget iframe');
  await panel.getByRole('textbox', { name: /message/i }).fill('Hello! Is anybody there?');
  await panel.getByRole('textbox', { name: /message/i }).press('Enter');
  await panel.getByLabel(/Name/).fill('Vera');
  await panel.getByLabel(/e-?mail/i).fill('vera@example.org');
  await panel.getByRole('button', { name: /start/i }).click();
  await page.getByRole('heading', { name: 'It works. This is what your CRM will hear.' }).waitFor();
  const events = page.locator('.events');
  await expect.poll(() => events.innerText()).toContain('message.visitor');
  expect(await events.innerText()).toContain('chat.started');
  await expect.poll(() => page.locator('.receiver .code').innerText()).toContain('"eventId"');
  await page.getByText(/in order, none missing|event, none missing/).waitFor();
  await expect.poll(() => page.locator('.receiver .signed').innerText()).toMatch(/webhook-signature\s+signed and checked/);
  expect(await page.locator('.first-after').innerText()).toMatch(/\d:\d\d/);
  await expect.poll(() => page.locator('.todo li').first().innerText()).toMatch(/\d\d:\d\d:\d\d/);
  // What waits to be looked at is drawn over the widget in neither mode.
  expect(await faultsInLightAndDark(page)).toEqual([]);

  // What the server was told is there.
  const { users } = await desk.admin.ask<{ users: { username: string; name: string }[] }>('livechat/users/agent');
  expect(users).toMatchObject([{ username: 'admin', name: 'Mara Lindqvist' }]);
  const { departments } = await desk.admin.ask<{ departments: { name: string; numAgents: number }[] }>('livechat/department');
  expect(departments).toMatchObject([{ name: 'Support', numAgents: 1 }]);
  await console.leave();
  await desk.stop();
});

test('whoever may not set up is told so, and a server that answers already begins with the inbox', async () => {
  desk = await Desk.open();
  const amy = await desk.agent('amy', 'Amy Winter');
  const console = await Console.logIn(browser, desk.server.url, amy);
  expect(new URL(console.page.url()).pathname).toBe('/inbox');
  await console.page.goto(`${desk.server.url}setup`);
  await console.page.getByRole('heading', { name: 'Set up Hark: not for your roles' }).waitFor();
  await console.leave();
  const admin = await Console.logIn(browser, desk.server.url, ADMIN);
  await admin.page.getByRole('heading', { name: 'Welcome, Ada Admin.' }).waitFor();
  expect(await faultsInLightAndDark(admin.page)).toEqual([]);
  // Somebody answers here besides the admin.
  const invite = admin.page.getByRole('listitem').filter({ hasText: 'Invite colleagues' });
  await invite.getByRole('img', { name: 'Done' }).waitFor();
  await invite.getByRole('link', { name: 'Invite' }).click();
  await admin.page.getByRole('heading', { name: 'Users', level: 1 }).waitFor();
  await desk.admin.remove(`livechat/users/agent/${amy.id}`);
  await admin.page.goto(`${desk.server.url}inbox`);
  await invite.getByText('5', { exact: true }).waitFor();
  await admin.page.getByRole('link', { name: 'Open the trial page' }).click();
  await admin.page.getByRole('heading', { name: 'Write to yourself' }).waitFor();
  await admin.leave();
  await desk.stop();
});
