// Text twice as large in a window as wide as before: columns, charts and counts have the room that their words take.
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { many } from './crowd.ts';
import { onEachOther, outOfFrame } from './reach.ts';
import { Receiver } from './receiver.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
/** So high that nothing has to be scrolled to. */
const VIEWPORT = { width: 1280, height: 2400 };
/** More than a count says, and three digits beside a chart. */
const WAITING = 110;

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.start();
  receiver.answer('/refused', 503);
  await desk.endpoint({ name: 'Order desk of the shop', url: receiver.url('/orders'), events: ['chat.*', 'message.*'] });
  await desk.endpoint({ name: 'Archive', url: receiver.url('/refused'), events: ['chat.started'], policy: { delaysMs: [] } });
  const support = await desk.department('Support for everybody', [amy]);
  await many(WAITING, (place) => Guest.come(desk, `Visitor with a name ${place}`, 'Hello?', { department: support }));
  await vi.waitFor(() => expect(receiver.of('/orders').length).toBeGreaterThan(WAITING), { timeout: 30_000 });
});

afterAll(() => receiver?.stop());

/** What can be opened at an address, by what is there when it is. */
const PAGES = [
  ['/webhooks/endpoints', '.hooks .name'],
  ['/webhooks/deliveries', '.log-rows tbody tr'],
  ['/webhooks/endpoints/workspace', 'h1'],
  ['/monitor', '.monitor-health'],
  ['/reports/overview', '.chart'],
  ['/reports/webhooks', '.chart'],
] as const;

const enlarge = async ({ context, page }: Console): Promise<void> => {
  const cdp = await context.newCDPSession(page);
  // As somebody sets it in the browser.
  await cdp.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
};

/** Words whose lines are lower than their letters, so that they lie on those above or below. */
const squeezed = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.inbox *')]
      .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== ''))
      .filter((one) => Number.parseFloat(getComputedStyle(one).lineHeight) < Number.parseFloat(getComputedStyle(one).fontSize))
      .map((one) => `${one.parentElement?.className ?? ''} > ${one.className}: ${one.textContent?.trim().slice(0, 40) ?? ''}`),
  );

const WINDOWS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['in English', { locale: 'en-GB', viewport: VIEWPORT }],
  ['in Arabic', { locale: 'ar', viewport: VIEWPORT }],
];

test.for(WINDOWS)('nothing lies on anything at 200 %%, %s', async ([, options]) => {
  const console = await Console.logIn(browser, `${desk.url}/inbox`, ADMIN, options);
  const { page } = console;
  await enlarge(console);
  const found: Record<string, readonly string[]> = {};
  for (const [path, part] of PAGES) {
    await page.goto(`${desk.url}${path}`);
    await page.locator(part).first().waitFor();
    await console.settled();
    found[path] = await onEachOther(page);
  }
  await console.leave();
  expect(Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))).toEqual({});
});

test.for(WINDOWS)('a chat is read beside the list at 200 %%, %s', async ([, { locale = '' }]) => {
  const guest = await Guest.come(desk, `Visitor with a long name, ${locale}`, 'Hello?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, `${desk.url}/inbox?view=queue`, amy, { locale, viewport: { width: 1280, height: 900 } });
  const { page } = console;
  await enlarge(console);
  await page.goto(`${desk.url}/inbox/${guest.rid}?view=queue`);
  await page.locator('.bubble').waitFor();
  await page.locator('a.row').first().waitFor();
  expect(await squeezed(page)).toEqual([]);
  expect(await onEachOther(page)).toEqual([]);
  expect((await outOfFrame(page)).filter((fault) => /row|tab|strip|status|button/.test(fault))).toEqual([]);
  // By which those that are not seen have their room.
  expect(new Set(await page.locator('a.row').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height))).size).toBe(1);
  await desk.close(amy, guest.rid);
  await console.leave();
});

test.for([
  ['a window', { width: 1280, height: 720 }],
  ['a phone', { width: 390, height: 844 }],
] as const)('a count of the rail is whole beside its icon, in %s', async ([, viewport]) => {
  const console = await Console.logIn(browser, `${desk.url}/inbox`, amy, { viewport });
  const { page } = console;
  const counted = page.locator('.rail .count').first();
  await expect.poll(() => counted.textContent()).toBe('99+');
  /** How much of the icon cannot be seen for it. */
  const covered = (): Promise<number> =>
    counted.evaluate((count) => {
      const one = count.getBoundingClientRect();
      const icon = count.parentElement?.querySelector('svg')?.getBoundingClientRect() ?? one;
      const across = Math.min(one.right, icon.right) - Math.max(one.left, icon.left);
      return (Math.max(0, across) * Math.max(0, Math.min(one.bottom, icon.bottom) - Math.max(one.top, icon.top))) / (icon.width * icon.height);
    });
  expect(await covered()).toBeLessThan(0.4);
  await enlarge(console);
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px');
  expect(await covered()).toBeLessThan(0.4);
  expect((await onEachOther(page)).filter((fault) => fault.endsWith('99+'))).toEqual([]);
  // Nothing of the rail lies below the window.
  expect(await page.locator('.rail > *').evaluateAll((all) => all.every((one) => one.getBoundingClientRect().bottom <= innerHeight))).toBe(true);
  await console.leave();
});
