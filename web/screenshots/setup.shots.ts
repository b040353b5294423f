// The first run, from an empty server on.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { Console } from '../tests/console/console.ts';
import { Desk } from '../tests/desk.ts';
import { photograph, WAYS } from './camera.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser('whole');
});

afterAll(async () => {
  await browser?.close();
});

test.for(WAYS)('the first run, %s', async ([way, options]) => {
  const desk = await Desk.open();
  await desk.set('Site_Name', 'Kiln & Clay');
  await desk.set('Livechat_title', 'Kiln & Clay');
  await desk.set('Livechat_title_color', '#1f6f54');
  await desk.set('Livechat_Routing_Method', 'Auto_Selection');
  await desk.set('Livechat_registration_form', false);
  const console = await Console.open(browser, desk.server.url, options);
  const { page } = console;
  await page.locator('#login').fill('admin');
  await page.locator('#password').fill('secret-of-admin');
  await page.locator('#password').press('Enter');
  for (const step of ['you', 'site', 'department', 'snippet']) {
    await page.waitForURL(new RegExp(`/setup${step === 'you' ? '' : `/${step}`}$`));
    await page.locator('.ask h1').waitFor();
    expect((await photograph(page, `setup-${step}`, way)).length).toBeGreaterThan(0);
    await page.locator('.ask .button.primary').click();
  }
  await page.goto(`${desk.server.url}inbox`);
  await page.locator(way === 'phone' ? '.list' : '.first').waitFor();
  await photograph(page, 'first-steps', way);
  await page.goto(`${desk.server.url}setup/try`);
  const shop = page.frameLocator('.shop-frame iframe');
  // By a key: on a phone the page is higher than the screen.
  await shop.locator('.rocketchat-widget').getByRole('button').first().press('Enter');
  const panel = shop.frameLocator('.rocketchat-widget iframe');
  await panel.getByRole('textbox').fill('Write to mara@example.org');
  await panel.getByRole('textbox').press('Enter');
  await page.locator('.events').getByText('lead.captured').waitFor();
  await photograph(page, 'setup-try', way);
  await console.context.close();
  await desk.stop();
});
