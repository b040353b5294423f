// From an empty server to its first chat, and a restart while many write.
import type { FrameLocator } from 'playwright-core';
import { expect, test } from 'vitest';

import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
const VISITORS = 6;
const EACH = 25;

test('journey 34: from an empty server to the first chat by clicks, and a restart under load loses no message', async () => {
  const console = await Console.open(browser, desk.server.url);
  const { page } = console;
  await console.enter(ADMIN.username, ADMIN.password);
  await page.getByRole('heading', { name: 'Who answers here' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Mara Lindqvist');
  await console.button('Continue').click();
  await page.getByRole('heading', { name: 'Name your site' }).waitFor();
  await page.getByLabel('Name of the site').fill('Kiln & Clay');
  await page.getByLabel('Title of the widget').fill('Kiln & Clay');
  await console.button('Continue').click();
  await page.getByRole('heading', { name: 'Who gets the first chats' }).waitFor();
  await console.button('Continue').click();
  await page.getByRole('heading', { name: 'Put the widget on your site' }).waitFor();
  expect(await page.locator('.snippet code').innerText()).toContain('/livechat/widget.js');
  await console.button('Continue').click();
  await page.getByText('listening', { exact: true }).waitFor();
  const shop: FrameLocator = page.frameLocator('iframe[title="Trial page"]');
  await shop.locator('.rocketchat-widget').getByRole('button').first().click();
  const panel = shop.frameLocator('.rocketchat-widget iframe');
  await panel.getByRole('textbox', { name: /message/i }).fill('Hello! Is anybody there?');
  await panel.getByRole('textbox', { name: /message/i }).press('Enter');
  await panel.getByLabel(/Name/).fill('Vera');
  await panel.getByLabel(/e-?mail/i).fill('vera@example.org');
  await panel.getByRole('button', { name: /start/i }).click();
  await page.getByRole('heading', { name: 'It works. This is what your CRM will hear.' }).waitFor();
  // How long it took is on the page: under two minutes, or it has no such form.
  expect(await page.locator('.first-after').innerText()).toMatch(/\b[01]:\d\d\b/);
  await console.leave();

  const guests: Guest[] = [];
  for (let number = 0; number < VISITORS; number += 1) {
    guests.push(await Guest.come(desk, `Visitor ${number}`, 'Hello'));
  }
  let sent = 0;
  const write = async (guest: Guest): Promise<void> => {
    for (let number = 0; number < EACH; number += 1) {
      await guest.insist(`Word ${number}`);
      sent += 1;
    }
  };
  const writing = Promise.all(guests.map(write));
  await expect.poll(() => sent).toBeGreaterThan((VISITORS * EACH) / 5);
  await desk.restart();
  await writing;
  const said = Array.from({ length: EACH }, (_, number) => `Word ${number}`);
  const after = await Console.logIn(browser, desk.server.url, ADMIN);
  for (const guest of guests) {
    await after.page.goto(`${desk.url}/inbox/${guest.rid}`);
    await expect.poll(() => after.page.locator('.bubble').allInnerTexts()).toEqual(['Hello', ...said]);
  }
  await after.leave();
});
