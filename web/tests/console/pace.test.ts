// With the rate limits that a server has by itself: an agent at work does not come near them.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { leaveBrowser, workersBrowser } from '../browser.ts';
import { type Agent, Desk } from '../desk.ts';
import { Console, Guest } from './console.ts';

let desk: Desk;
let browser: Browser;
let amy: Agent;

beforeAll(async () => {
  desk = await Desk.open('on');
  browser = await workersBrowser();
  amy = await desk.agent('amy', 'Amy Winter');
});

afterAll(async () => {
  await leaveBrowser();
  await desk?.stop();
});

test('what an agent does for each chat is not rationed as calls usually are', async () => {
  const names = ['Ann', 'Ben', 'Cal'];
  const guests: Guest[] = [];
  for (const name of names) {
    guests.push(await Guest.come(desk, name, 'Hello'));
  }
  // Ten a minute for everybody at an address: what is rationed so may be called when one comes, and no more.
  const rationed: string[] = [];
  const console = await Console.open(browser, desk.server.url);
  console.page.on('response', (answer) => {
    if (answer.headers()['x-ratelimit-limit'] === '10') {
      rationed.push(new URL(answer.url()).pathname);
    }
  });
  await console.enter('amy', amy.password);
  await console.listening();
  for (const name of names) {
    await console.button('Take next').click();
    await console.page.getByRole('heading', { name, exact: true }).waitFor();
    await console.say(`Good day, ${name}`);
  }
  for (const [index, name] of names.entries()) {
    await console.openChat(name);
    await console.bubble(`Good day, ${name}`).waitFor();
    await guests[index]?.say('Thank you');
    await console.bubble('Thank you').waitFor();
    await console.button('Close').click();
    await console.page.getByLabel('Comment').fill('Done');
    await console.page.keyboard.press('Control+Enter');
    await console.row(name).waitFor({ state: 'detached' });
  }
  expect(rationed.toSorted()).toEqual([...new Set(rationed)].toSorted());
  expect(rationed).toContain('/api/v1/me');
  await console.leave();
});
