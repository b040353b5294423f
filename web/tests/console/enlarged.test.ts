// Text twice as large in a window as wide as before: columns, charts and counts have the room that their words take.
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { many } from './crowd.ts';
import { onEachOther } from './reach.ts';
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
  ['/monitor', '.monitor-health'],
  ['/reports/overview', '.chart'],
  ['/reports/webhooks', '.chart'],
] as const;

const WINDOWS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['in English', { locale: 'en-GB', viewport: VIEWPORT }],
  ['in Arabic', { locale: 'ar', viewport: VIEWPORT }],
];

test.for(WINDOWS)('nothing lies on anything at 200 %%, %s', async ([, options]) => {
  const console = await Console.logIn(browser, `${desk.url}/inbox`, ADMIN, options);
  const { page } = console;
  const cdp = await console.context.newCDPSession(page);
  await cdp.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
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
