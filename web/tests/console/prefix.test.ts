// The console below a path of somebody's server, where a proxy has put it, and what such a proxy may refuse.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { PATH, type Proxy, proxy } from '../proxy.ts';
import { Visitor } from '../widget/visitor.ts';
import { Console, Guest } from './console.ts';

let front: Proxy;

beforeAll(async () => {
  front = await proxy(desk.server.url);
});

afterAll(async () => {
  await front?.close();
});

test('every page finds its files, the API and the socket', async () => {
  const guest = await Guest.come(desk, 'Ann', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.open(browser, `${front.url}inbox/${guest.rid}`);
  const outside: string[] = [];
  console.page.on('request', (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol !== 'blob:' && !pathname.startsWith(PATH)) {
      outside.push(pathname);
    }
  });
  await console.enter('amy', amy.password);
  await console.listening();
  await console.say('Good day');
  await expect.poll(() => guest.heard()).toEqual(['Good day']);
  await guest.say('Thank you');
  await console.bubble('Thank you').waitFor();
  await console.page.getByRole('link', { name: 'Hark' }).click();
  await console.page.getByRole('heading', { name: 'The queue is empty' }).waitFor();
  expect(new URL(console.page.url()).pathname).toBe(`${PATH}inbox`);
  await console.page.reload();
  await console.openChat('Ann');
  expect(outside).toEqual([]);
  await console.leave();
});

test('the page that says what is here leads to nothing outside', async () => {
  const page = await browser.newPage();
  await page.goto(`${front.url}about`);
  const found = await page.locator('a').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
  expect(found).toContain(`${PATH}docs`);
  expect(found.filter((path) => !path.startsWith(PATH))).toEqual([]);
  await page.close();
});

test('where no socket passes the news is asked for, less and less often, and a socket is taken when it can be had', async () => {
  const guest = await Guest.come(desk, 'Ben', 'Hello');
  await desk.take(amy, guest.rid);
  front.passSockets(false);
  const console = await Console.open(browser, `${front.url}inbox/${guest.rid}`);
  await console.page.clock.install();
  let questions = 0;
  console.page.on('request', (request) => {
    questions += new URL(request.url()).pathname.endsWith('/api/v1/me') ? 1 : 0;
  });
  await console.enter('amy', amy.password);
  const banner = console.page.getByText('lets no live connection through');
  await console.comes(banner);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await guest.say('Is anybody there?');
  await console.comes(console.bubble('Is anybody there?'));
  await console.comes(console.page.getByText('News comes every 8 seconds.'));
  // What one sends goes out, and from then on news is asked for often again.
  await console.say('I am');
  await expect.poll(() => guest.heard()).toEqual(['I am']);
  await console.page.getByText('News comes every 2 seconds.').waitFor();
  // And somebody who comes is heard.
  const chime = console.page.waitForRequest('**/sounds/chime.wav');
  const next = await Guest.come(desk, 'Cem', 'Me too');
  await console.comes(console.page.getByText('1 waiting'));
  await chime;
  await desk.take(amy, next.rid);
  await console.comes(console.row('Cem'));
  front.passSockets(true);
  await console.button('Try now').click();
  await console.listening();
  await expect.poll(() => banner.count()).toBe(0);
  const before = questions;
  await guest.say('Good');
  await console.bubble('Good').waitFor();
  // Now it is told, and nobody asks.
  expect(questions).toBe(before);
  // In the middle of the work, too.
  front.passSockets(false);
  await console.comes(banner);
  await guest.say('Still there?');
  await console.comes(console.bubble('Still there?'));
  front.passSockets(true);
  await console.comes(console.page.locator('[data-connection="live"]'));
  await console.leave();
});

test('where no socket passes, each sees all the same that the other writes', async () => {
  front.passSockets(false);
  const guest = await Visitor.open(browser, front.url);
  await guest.introduce('Dora', 'dora@example.org');
  await guest.say('Hello');
  await guest.arrived();
  const { _id: rid } = await guest.room(desk);
  await desk.take(amy, rid);
  const console = await Console.open(browser, `${front.url}inbox/${rid}`);
  await console.page.clock.install();
  await guest.page.clock.install();
  await console.enter('amy', amy.password);
  await console.comes(console.page.getByText('lets no live connection through'));
  const seen = { console: false, guest: false };
  // People write for longer than a moment.
  const bothWrite = async (): Promise<object> => {
    await console.composer.press('m');
    await guest.composer.press('m');
    await Promise.all([console.page.clock.runFor(500), guest.page.clock.runFor(500)]);
    seen.console ||= (await console.page.locator('.typing-bubble').count()) > 0;
    seen.guest ||= (await guest.page.getByText('Amy Winter is typing').count()) > 0;
    return seen;
  };
  await expect.poll(bothWrite).toEqual({ console: true, guest: true });
  await guest.composer.press('Enter');
  await console.comes(console.bubble('mm'));
  await console.page.locator('.typing-bubble').waitFor({ state: 'detached' });
  expect(await guest.said.first().innerText()).toBe('Hello');
  front.passSockets(true);
  await console.leave();
  await guest.context.close();
});

test('where no socket passes, what waited for a new log-in goes out by itself', async () => {
  const guest = await Guest.come(desk, 'Dot', 'Hello');
  await desk.take(amy, guest.rid);
  front.passSockets(false);
  const console = await Console.open(browser, `${front.url}inbox/${guest.rid}`);
  await console.page.clock.install();
  await console.enter('amy', amy.password);
  await console.comes(console.page.getByText('lets no live connection through'));
  // Its end is noticed with the next that is asked or sent: here it is what is sent, as if nothing else was.
  await console.page.route('**/method.call/sendMessage', (route) => route.fulfill({ status: 401, json: { status: 'error' } }), { times: 1 });
  await console.say('This waits');
  const again = console.page.getByRole('dialog', { name: 'Please log in again' });
  await again.getByLabel('Password', { exact: true }).fill(amy.password);
  await again.getByRole('button', { name: 'Log in', exact: true }).click();
  await again.waitFor({ state: 'detached' });
  await expect.poll(() => guest.heard()).toEqual(['This waits']);
  front.passSockets(true);
  await console.leave();
});
