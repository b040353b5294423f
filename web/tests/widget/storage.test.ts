// A browser that keeps nothing for frames of other sites, as private windows do.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { launchBrowser } from '../browser.ts';
import { desk } from '../fixture.ts';
import { Guest, openSite, page, type Site } from './site.ts';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  // The shell refuses no frame anything.
  browser = await launchBrowser('whole');
  site = await openSite(() => ({ html: page(desk.server.url) }), 'localhost');
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test('the chat goes on on the next page all the same, and in another tab', async () => {
  const vera = await Guest.come(browser);
  await vera.see(site.url);
  await vera.launcher.click();
  await vera.introduce('vera');
  const isRefused = await (await vera.frame()).evaluate(() => {
    try {
      return localStorage.length < 0;
    } catch {
      return true;
    }
  });
  expect(isRefused).toBe(true);
  await vera.say('Hello');
  const [room] = await desk.rooms();
  const rid = room?._id ?? '';
  await desk.take(amy, rid);
  await vera.panel.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  await vera.composer.fill('half a sen');

  await vera.see(`${site.url}next`);
  await vera.panel.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  expect(await vera.panel.locator('.bubble').allInnerTexts()).toEqual(['Hello']);
  expect(await vera.composer.inputValue()).toBe('half a sen');
  await vera.say('Here I am again');

  const tab = await vera.context.newPage();
  await tab.goto(site.url);
  await tab.locator('.rocketchat-widget button.launcher').click();
  await tab
    .frameLocator('iframe#rocketchat-iframe')
    .locator('.bubble', { hasText: 'Here I am again' })
    .waitFor();
  expect(await desk.rooms()).toHaveLength(1);
  await tab.close();
  await vera.leave();
});
