// Thousands of open chats, and one in which ten thousand things were said: what is on the screen and what is asked for
// stays as much as with a few.
import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const CHATS = 2_000;
const WAITING = 120;
const MESSAGES = 10_000;
/** Visitors who write at the same time. */
const AT_ONCE = 16;
const PATIENCE_MS = 400_000;

/** Does something so many times, some of them at once. */
async function many(times: number, act: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < times) {
      next += 1;
      await act(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

test('a long list and a long chat cost no more than short ones', { timeout: PATIENCE_MS }, async () => {
  const long = await Guest.come(desk, 'Long Talk', 'Word 0');
  await desk.take(amy, long.rid);
  const short = await Guest.come(desk, 'Short Talk', 'Hello');
  await desk.take(amy, short.rid);
  await desk.admin.tell('livechat/users/manager', { username: amy.username });
  const ben = await desk.agent('ben', 'Ben Field');
  await many(CHATS - 2, async (number) => {
    const { rid } = await Guest.come(desk, `Visitor ${number}`, 'Hello');
    await desk.take(ben, rid);
  });
  // More than a list shows.
  await many(WAITING, (number) => Guest.come(desk, `Waiting ${number}`, 'Hello'));
  await many(MESSAGES - 2, () => long.say('And another word'));
  await long.say('The last word');
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  /** What is asked to open a chat. */
  const opening = async (name: string, words: string): Promise<number> => {
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
  await page.getByRole('tab', { name: /^All/ }).click();
  await expect.poll(() => page.locator('.empty-list').allInnerTexts()).toEqual(['100 of 2,000 are shown']);
  expect(await page.locator('a.row').count()).toBe(100);
  await console.leave();
});
