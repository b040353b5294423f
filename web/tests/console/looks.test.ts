// Each page in each way in which it can look: no accessibility faults, and nothing out of the frame.
import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, colourFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { unmarked } from './reach.ts';

beforeAll(async () => {
  await desk.admin.tell('permissions.update', {
    permissions: [{ _id: 'transfer-livechat-guest', roles: ['admin', 'livechat-manager', 'livechat-agent'] }],
  });
  const tom = await desk.agent('tom', 'Tom Field');
  const department = await desk.department('Support', [amy, tom]);
  await desk.department('Sales', [tom]);
  const waits = await Guest.come(desk, 'Noor Jansen', 'One of the bowls arrived with a crack.', {
    department,
    email: 'noor@example.org',
  });
  await desk.take(amy, waits.rid);
  const answered = await Guest.come(desk, 'ليلى منصور', 'ممتاز. وكم يستغرق التوصيل؟', { department });
  await desk.take(amy, answered.rid);
  await desk.say(amy, answered.rid, 'Two days');
  await Guest.come(desk, 'Callum Reid', 'Hello?', { department });
});

/** What is wrong with what is on the screen. */
async function faults(page: Page): Promise<string[]> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  const found = await accessibilityFaults(page);
  return content === window ? found : [...found, `${content} px in ${window}`];
}

/** The same, and what is wrong in other colours, where nothing else is another. */
async function faultsInAllColours(page: Page): Promise<string[]> {
  const found = await faults(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await colourFaults(page)).map((fault) => `in the dark: ${fault}`));
  await page.emulateMedia({ colorScheme: 'light', contrast: 'more' });
  found.push(...(await colourFaults(page)).map((fault) => `with more contrast: ${fault}`));
  // Then the colours are the system's.
  await page.emulateMedia({ contrast: 'no-preference', forcedColors: 'active' });
  found.push(...(await unmarked(page)).map((fault) => `in forced colours: ${fault}`));
  await page.emulateMedia({ forcedColors: 'none' });
  return found;
}

const WAYS: readonly (readonly [string, BrowserContextOptions, typeof faults])[] = [
  ['all colours', { reducedMotion: 'reduce' }, faultsInAllColours],
  ['narrow', { viewport: { width: 1000, height: 760 } }, faults],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, faults],
  ['a page at 400 %', { viewport: { width: 360, height: 640 } }, faults],
];

describe.for(WAYS)('%s', ([, options, look]) => {
  test('has no faults: the inbox, a chat, its dialogs', async () => {
    const console = await Console.logIn(browser, desk.server.url, amy, options);
    await console.row('Noor Jansen').waitFor();
    expect(await look(console.page)).toEqual([]);
    await console.openChat('Noor Jansen');
    await console.bubble('arrived with a crack').waitFor();
    expect(await look(console.page)).toEqual([]);
    await console.button('More').click();
    await console.page.getByRole('dialog', { name: 'More' }).waitFor();
    expect(await look(console.page)).toEqual([]);
    // Where there is no room beside the name, it is in there.
    if ((options.viewport?.width ?? 1440) > 640) {
      await console.page.keyboard.press('Escape');
    }
    await console.button('Forward').click();
    await console.page.getByRole('combobox', { name: 'Agent or department' }).waitFor();
    expect(await look(console.page)).toEqual([]);
    await console.page.keyboard.press('Escape');
    await console.button('Close').click();
    await console.page.getByRole('dialog', { name: 'Close the chat with Noor Jansen' }).waitFor();
    expect(await look(console.page)).toEqual([]);
    await console.page.keyboard.press('Escape');
    await console.leave();
  });
});

test('the queue and what is asked of me have no faults in any colours', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy, { reducedMotion: 'reduce' });
  await console.page.getByRole('tab', { name: /^Queue/ }).click();
  await console.row('Callum Reid').waitFor();
  expect(await faultsInAllColours(console.page)).toEqual([]);
  await console.row('Callum Reid').click();
  await console.button('Take this chat').waitFor();
  expect(await faultsInAllColours(console.page)).toEqual([]);
  await console.page.locator('.me').click();
  expect(await faultsInAllColours(console.page)).toEqual([]);
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('?');
  await console.page.getByRole('dialog', { name: 'Keys' }).waitFor();
  expect(await faultsInAllColours(console.page)).toEqual([]);
  await console.leave();
});

test('light and dark are chosen, and the choice is kept', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy, { colorScheme: 'light' });
  const ground = () => console.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await console.page.locator('.me').click();
  await console.page.getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(ground).not.toBe(light);
  await console.page.reload();
  await console.row('Noor Jansen').waitFor();
  expect(await ground()).not.toBe(light);
  await console.leave();
});
