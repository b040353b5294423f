// More open chats of one's own than the server tells at once, and one in which hundreds of things were said: what is on the screen, what is
// listened to and what is asked for stays as much as with a few. What it takes in time is printed by scripts/bench console.
import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { crowd, many, working } from './crowd.ts';

const WAITING = 120;
/** As many chats of one's own as the server tells at once. */
const OWN = 1_000;
const CHATS = OWN + 20;
const BUSY = 240;
/** Some pages of them. */
const MESSAGES = 400;
const PATIENCE_MS = 400_000;

test('journey 33: a long list and a long chat cost no more than short ones', { timeout: PATIENCE_MS }, async () => {
  await desk.admin.tell('livechat/users/manager', { username: amy.username });
  const [, short] = await crowd(desk, amy, { chats: CHATS, messages: MESSAGES });
  // More than a list shows.
  await many(WAITING, (number) => Guest.come(desk, `Waiting ${number}`, 'Hello'));
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  const rows = page.locator('a.row');
  // Of a thousand, as many as the server tells of one's own, what fits and a little more; it is scrolled as if all were there.
  await expect.poll(() => rows.count()).toBeGreaterThan(10);
  expect(await rows.count()).toBeLessThanOrEqual(45);
  const list = page.locator('.rows');
  const tall = await list.evaluate((element) => element.scrollHeight / (element.querySelector('.row')?.clientHeight ?? 1));
  expect(Math.round(tall / 100)).toBe(OWN / 100);
  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect.poll(() => rows.last().evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  expect(await rows.count()).toBeLessThanOrEqual(45);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  /** What is asked to open a chat. */
  const opening = async (name: string, words: string): Promise<number> => {
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    asked.length = 0;
    await console.openChat(name);
    await console.bubble(words).waitFor();
    await page.waitForLoadState('networkidle');
    return asked.length;
  };
  await page.getByText('120 waiting').waitFor();
  const few = await opening('Short Talk', 'Hello');
  expect(await opening('Long Talk', 'The last word')).toBeLessThanOrEqual(few);
  expect(await page.locator('.bubble').count()).toBeLessThanOrEqual(60);
  // A busy chat: what is kept of it has an end, and its beginning is read when it is wanted.
  await console.openChat('Short Talk');
  const spent = await working(page);
  /** What the page does until half of it is on the screen. */
  const busy = async (last: string): Promise<number> => {
    const before = await spent();
    await many(BUSY / 2 - 1, (number) => short.say(`Busy ${number}`));
    await short.say(last);
    await console.bubble(last).waitFor();
    return (await spent()) - before;
  };
  await page.mouse.move(0, 0);
  const loose = await busy('Half of it');
  // To hold a thousand rows where they are, under the pointer, costs little more.
  await list.hover();
  expect(await busy('The end of it')).toBeLessThan(3 * loose);
  expect(await page.locator('.bubble').count()).toBeLessThanOrEqual(200);
  const log = page.getByRole('list', { name: 'Conversation' });
  await expect
    .poll(async () => {
      await log.evaluate((element) => element.scrollTo({ top: 0 }));
      return page.locator('.bubble').first().innerText();
    })
    .toBe('Hello');
  expect(await page.locator('.bubble').count()).toBe(BUSY + 1);
  // Who goes on by keys comes to a chat that is not drawn as well.
  await console.composer.press('Escape');
  await list.evaluate((element) => element.scrollTo({ top: 0 }));
  await expect.poll(() => page.locator('a.row.is-selected').count()).toBe(0);
  await page.locator('body').press('k');
  await page.locator('a.row.is-selected').waitFor();
  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await page.getByRole('tab', { name: /^All/ }).click();
  await expect.poll(() => page.locator('.empty-list').allInnerTexts()).toEqual(['200 of 1,140 are shown']);
  expect(await rows.count()).toBeLessThanOrEqual(45);
  await console.leave();
});

test('the list waits for no answer but its own', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  const isAsked = page.waitForRequest('**/method.call/rooms%2Fget');
  // Who one is comes when the chats were asked for, and those of all others when one's own are drawn.
  await page.route('**/api/v1/me', async (route) => {
    await isAsked;
    await route.continue();
  });
  const held: (() => Promise<void>)[] = [];
  await page.route('**/api/v1/livechat/rooms?*', (route) => {
    held.push(() => route.continue());
  });
  const before: string[] = [];
  page.on('request', (request) => {
    // What the page of before still asked for is not of this one.
    before.splice(0, request.isNavigationRequest() ? before.length : 0);
    before.push(new URL(request.url()).pathname);
  });
  await page.reload();
  await page.locator('a.row').first().waitFor();
  const apis = before.filter((path) => path.startsWith('/api/'));
  expect(apis.slice(0, 6).toSorted()).toEqual([
    '/api/v1/livechat/inquiries.queuedForUser',
    '/api/v1/me',
    '/api/v1/method.call/permissions%2Fget',
    '/api/v1/method.call/public-settings%2Fget',
    '/api/v1/method.call/rooms%2Fget',
    '/api/v1/method.call/subscriptions%2Fget',
  ]);
  await page.unroute('**/api/v1/livechat/rooms?*');
  await Promise.all(held.map((go) => go()));
  await page.getByRole('tab', { name: /^All/ }).click();
  await page.getByText('200 of 1,140 are shown').waitFor();
  await console.leave();
});
