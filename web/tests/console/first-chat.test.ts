// `docs/first-chat.md`, clicked through as it is written, to the first answer.
import { readFile } from 'node:fs/promises';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { leaveBrowser, workersBrowser } from '../browser.ts';
import { startServer } from '../server.ts';
import { Console } from './console.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await workersBrowser();
});

afterAll(async () => {
  await leaveBrowser();
});

/** Once what the server has now was read. */
async function nameSite(page: Page): Promise<void> {
  await expect.poll(() => page.getByLabel('Name of the site').inputValue()).not.toBe('');
  await page.getByLabel('Name of the site').fill('Kiln & Clay');
  await page.getByLabel('Title of the widget').fill('Kiln & Clay');
}

test('the page of the first chat is true', async () => {
  const written = await readFile(new URL('../../../docs/first-chat.md', import.meta.url), 'utf8');
  const [, steps = ''] = written.split('## 2. Set it up');
  const [setUp = ''] = steps.split('## 3.');
  const labels = [...setUp.matchAll(/\*\*(.+?)\*\*/g)].map(([, label = '']) => label);
  expect(labels).toHaveLength(9);

  const [, start = ''] = /```sh\n(.+?) \.\/run\n```/.exec(written) ?? [];
  const environment = Object.fromEntries(start.split(' ').map((given) => given.split('=')));
  expect(environment).toHaveProperty('ADMIN_PASS');
  const server = await startServer({ environment });
  const console = await Console.open(browser, server.url, {});
  const { page } = console;
  await console.enter('admin', environment['ADMIN_PASS']);
  for (const label of labels) {
    if (label === 'Continue') {
      await console.button(label).click();
    } else {
      await page.getByRole('heading', { name: label }).waitFor();
    }
    if (label === 'Name your site') {
      await nameSite(page);
    }
  }
  await page.getByText('listening', { exact: true }).waitFor();
  const shop = page.frameLocator('iframe[title="Trial page"]');
  await shop.locator('.rocketchat-widget').getByRole('button').first().click();
  const panel = shop.frameLocator('.rocketchat-widget iframe');
  await panel.getByRole('textbox', { name: /message/i }).fill('Is anybody there?');
  await panel.getByRole('textbox', { name: /message/i }).press('Enter');
  await panel.getByLabel(/Name/).fill('Vera');
  await panel.getByLabel(/e-?mail/i).fill('vera@example.org');
  await panel.getByRole('button', { name: /start/i }).click();
  const events = page.locator('.events');
  await expect.poll(() => events.innerText()).toContain('message.visitor');
  expect(await events.innerText()).toContain('chat.started');

  const [, place = '', mine = ''] = /## 4\..*?\(`(\/\w+)`\).*?\*\*(.+?)\*\*/s.exec(written) ?? [];
  const inbox = await page.context().newPage();
  await inbox.goto(new URL(place, server.url).href);
  await inbox.getByRole('tab', { name: mine }).click();
  await inbox.locator('a.row', { hasText: 'Vera' }).click();
  const answer = inbox.getByRole('textbox', { name: 'Reply to Vera' });
  await answer.fill('Yes, I am');
  await answer.press('Enter');
  await panel.locator('.theirs .bubble', { hasText: 'Yes, I am' }).waitFor();
  await console.leave();
  await server.stop();
});
