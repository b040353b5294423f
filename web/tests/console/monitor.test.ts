// The live monitor: its numbers are those of the API at each moment, and it costs the same for a crowd.
import type { BrowserContextOptions, Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
const MOST_CHATS = 5;

let tom: Agent;
let support: string;
let sales: string;

beforeAll(async () => {
  await desk.set('Livechat_maximum_chats_per_agent', MOST_CHATS);
  tom = await desk.agent('tom', 'Tom Field');
  support = await desk.department('Support', [amy, tom]);
  sales = await desk.department('Sales', [tom]);
  const noor = await Guest.come(desk, 'Noor Jansen', 'One of the bowls has a crack.', { department: support });
  await desk.take(amy, noor.rid);
  await desk.say(amy, noor.rid, 'A new one is on its way.');
  const lena = await Guest.come(desk, 'Lena Vogt', 'And my parcel?', { department: support });
  await desk.take(amy, lena.rid);
  await Guest.come(desk, 'Callum Reid', 'Hello?', { department: support });
  await Guest.come(desk, 'ليلى منصور', 'مرحبا', { department: sales });
});

interface Now {
  readonly queued: number;
  readonly served: number;
  readonly held: number;
  readonly agents: readonly { readonly name: string; readonly status: string; readonly available: boolean; readonly chats: number; readonly waiting: number; readonly most: number | null }[];
}

interface Sums {
  readonly total: { readonly chats: number; readonly answered: number; readonly averageFirstResponseMs: number | null };
}

const figures = <T>(path: string): Promise<T> => desk.admin.ask<T>(`../hark/v1/figures/${path}`);

/** As the console writes it below an hour. */
const clock = (ms: number | null): string => {
  const seconds = Math.floor((ms ?? 0) / 1000);
  return ms === null ? '–' : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** From one look at the server to the next. */
const ROUND_MS = 5000;

/** On its clock time passes as everywhere, and when a test wants it to. */
async function open(): Promise<Console> {
  const console = await Console.logIn(browser, desk.server.url, ADMIN);
  await console.page.clock.install();
  await console.page.goto(`${desk.url}/monitor`);
  await shown(console.page);
  return console;
}

async function shown(page: Page): Promise<void> {
  await page.locator('.monitor-figures').waitFor();
}

/** The numbers at the top, by their names, with the small words behind them. */
const strip = (page: Page): Promise<Record<string, string>> =>
  page.locator('.monitor-figures > div').evaluateAll((all) =>
    Object.fromEntries(all.map((one) => [one.querySelector('dt')?.textContent ?? '', one.querySelector('dd')?.textContent ?? ''])),
  );

/** The same by what the API says. */
async function byTheApi(department?: string): Promise<Record<string, string>> {
  const of = department === undefined ? '' : `department=${department}`;
  const [now, sums] = await Promise.all([figures<Now>(`now?${of}`), figures<Sums>(`sums?by=hour&${of}`)]);
  const there = now.agents.filter(({ available, status }) => available && status !== 'offline');
  const slots = there.reduce((sum, { most }) => sum + (most ?? 0), 0);
  const taken = there.reduce((sum, { chats }) => sum + chats, 0);
  return {
    Waiting: String(now.queued),
    'Open chats': `${now.served}${now.held > 0 ? `${now.held} on hold` : ''}`,
    'Agents online': `${there.length}of ${now.agents.length}`,
    'Free slots': `${slots - taken}of ${slots}`,
    'First answer today, average': clock(sums.total.averageFirstResponseMs),
  };
}

/** The page looks once more. */
async function looksAgain(page: Page): Promise<void> {
  // A round is left out while anything of the one before is on its way.
  const answers = [/figures\/now/, /figures\/waits/].map(async (path) => await (await page.waitForResponse(path)).finished());
  await page.clock.runFor(ROUND_MS);
  await Promise.all(answers);
}

/** Not everything is looked at each time. */
async function saysWhatTheApiSays(page: Page, department?: string): Promise<void> {
  await expect
    .poll(async () => {
      await looksAgain(page);
      const [found, wanted] = await Promise.all([strip(page), byTheApi(department)]);
      return Object.entries(wanted).filter(([name, value]) => found[name] !== value);
    })
    .toEqual([]);
}

/** Colours are the same on all of them, and looked at on one. */
const WAYS: readonly (readonly [string, BrowserContextOptions, typeof accessibilityFaults])[] = [
  ['a narrow window', { viewport: { width: 1000, height: 760 } }, faultsInLightAndDark],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, accessibilityFaults],
];

describe.for(WAYS)('%s', ([, options, look]) => {
  test('has no faults', async () => {
    const console = await Console.logIn(browser, `${desk.url}/monitor`, ADMIN, options);
    const { page } = console;
    await shown(page);
    await page.locator('.chart').first().waitFor();
    expect(await look(page)).toEqual([]);
    for (const button of await page.locator('.chart-table-button').all()) {
      await button.click();
    }
    expect(await look(page)).toEqual([]);
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(content).toBe(window);
    await console.leave();
  });
});

test('journey 31: while chats run, each number is the one of the API', async () => {
  const console = await open();
  const { page } = console;
  await saysWhatTheApiSays(page);
  const before = await figures<Now>('now');
  const guest = await Guest.come(desk, 'Mara Lind', 'Is anybody there?', { department: support });
  // This once as long as it takes.
  await expect.poll(async () => (await strip(page))['Waiting']).toBe(String(before.queued + 1));
  const queue = page.getByRole('img', { name: /^Queue: 3 waiting/ });
  await queue.waitFor();
  await expect.poll(() => queue.textContent()).toContain('Mara Lind');
  await saysWhatTheApiSays(page);
  await desk.take(tom, guest.rid);
  await looksAgain(page);
  await expect.poll(async () => (await strip(page))['Waiting']).toBe(String(before.queued));
  const row = page.getByRole('row', { name: /Tom Field/ });
  await row.getByRole('img', { name: '1 of 5, 1 needs an answer' }).waitFor();
  await saysWhatTheApiSays(page);
  await desk.say(tom, guest.rid, 'I am.');
  await looksAgain(page);
  await row.getByRole('img', { name: '1 of 5, 0 need an answer' }).waitFor();
  await saysWhatTheApiSays(page);
  await tom.caller.tell('livechat/room.closeByUser', { rid: guest.rid, comment: 'done' });
  await looksAgain(page);
  await row.getByRole('img', { name: '0 of 5, 0 need an answer' }).waitFor();
  await saysWhatTheApiSays(page);
  await desk.available(tom, false);
  await looksAgain(page);
  await row.getByText('away').waitFor();
  await saysWhatTheApiSays(page);
  await desk.available(tom, true);
  await saysWhatTheApiSays(page);
  await console.leave();
});

test('the department stands in the address, and so does the wall', async () => {
  await desk.admin.tell('livechat/department', {
    department: { name: 'Winter market', email: 'market@example.org', enabled: false, showOnRegistration: false, showOnOfflineForm: false },
    agents: [],
  });
  const console = await open();
  const { page } = console;
  // One that takes no chats, and has none, is in nobody's way.
  expect(await page.locator('main').getByText('Winter market').count()).toBe(0);
  await page.getByRole('group', { name: 'Department' }).getByRole('button', { name: 'Sales' }).click();
  await expect.poll(() => page.url()).toBe(`${desk.url}/monitor?department=${sales}`);
  await expect.poll(async () => (await strip(page))['Waiting']).toBe('1');
  await saysWhatTheApiSays(page, sales);
  await page.getByRole('button', { name: 'Wall mode' }).click();
  expect(page.url()).toBe(`${desk.url}/monitor?department=${sales}&wall=on`);
  await page.reload();
  await shown(page);
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  expect(await page.locator('main').boundingBox()).toEqual({ x: 0, y: 0, width, height });
  await page.keyboard.press('Escape');
  await expect.poll(() => page.url()).toBe(`${desk.url}/monitor?department=${sales}`);
  await console.leave();
});

test('it is opened by keys, and what it shows can be held and read as tables', async () => {
  const console = await Console.logIn(browser, desk.server.url, ADMIN);
  const { page } = console;
  await page.clock.install();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await shown(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/^Paused at/).waitFor();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const waiting = (await strip(page))['Waiting'];
  const guest = await Guest.come(desk, 'Held Back', 'Hello', { department: sales });
  await page.getByRole('region', { name: 'Queue' }).getByRole('button', { name: 'As a table' }).click();
  await page.getByRole('cell', { name: 'Callum Reid' }).waitFor();
  await page.clock.runFor(2 * ROUND_MS);
  expect((await strip(page))['Waiting']).toBe(waiting);
  expect(asked.filter((url) => url.includes('figures/now'))).toEqual([]);
  await page.getByRole('button', { name: 'Resume' }).click();
  await saysWhatTheApiSays(page);
  await desk.take(tom, guest.rid);
  await tom.caller.tell('livechat/room.closeByUser', { rid: guest.rid, comment: 'done' });
  await console.leave();
});

/** Holds back what is asked until it is let go. */
async function hold(page: Page, what: string): Promise<Route[]> {
  const held: Route[] = [];
  await page.route(`**/figures/${what}*`, (route) => {
    held.push(route);
  });
  return held;
}

async function letGo(page: Page, what: string, held: readonly Route[]): Promise<void> {
  await Promise.all(held.map((route) => route.continue()));
  await page.unroute(`**/figures/${what}*`);
}

test('answers that take longer than a round are asked for once and shown, the first ones also while it is held', async () => {
  const console = await Console.logIn(browser, desk.server.url, ADMIN);
  const { page } = console;
  await page.clock.install();
  const now = await hold(page, 'now');
  const sums = await hold(page, 'sums');
  await page.goto(`${desk.url}/monitor`);
  await expect.poll(() => [now.length, sums.length]).toEqual([1, 2]);
  await page.clock.runFor(ROUND_MS);
  await page.getByRole('button', { name: 'Pause' }).click();
  await letGo(page, 'now', now);
  await shown(page);
  await page.getByText(/^Paused at/).waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await looksAgain(page);
  // Today by the hour and by the agent are still on their way.
  expect(sums.length).toBe(2);
  await letGo(page, 'sums', sums);
  await page.getByRole('region', { name: 'Chats today' }).waitFor();
  // The workspace's webhook has no address.
  expect(await page.getByRole('region', { name: 'Webhooks' }).count()).toBe(0);
  await saysWhatTheApiSays(page);
  await console.leave();
});

test('what cannot be read says so, and the rest stays where it is', async () => {
  const console = await open();
  const { page } = console;
  const place = (): Promise<unknown> => page.locator('.monitor-figures').boundingBox();
  const before = await place();
  await page.route('**/figures/now*', (route) => route.abort());
  await page.clock.runFor(ROUND_MS);
  await page.getByRole('alert').getByText(/^No connection since \d\d:\d\d:\d\d\./).waitFor();
  expect(await page.getByText(/^Live, /).count()).toBe(0);
  expect(await place()).toEqual(before);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.unroute('**/figures/now*');
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByText(/^Live, /).waitFor();
  // Without any figures the page says more.
  await page.route('**/figures/now*', (route) => route.abort());
  await page.reload();
  await page.getByRole('alert').getByRole('heading').waitFor();
  await console.leave();
});

test('an agent is told who can let them in', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  expect(await page.getByRole('link', { name: 'Monitor' }).count()).toBe(0);
  await page.goto(`${desk.url}/monitor`);
  await page.getByText(/Ada Admin/).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await console.leave();
});

const MINUTES = 15;
/** What they may add to the heap, after the waste is gone. */
const HEAP_GROWTH = MINUTES * 27_000;
const A_MINUTE = 60_000 / ROUND_MS;

test('time that passes leaves the heap and the page as they were', { timeout: 240_000 }, async () => {
  const console = await Console.logIn(browser, desk.server.url, ADMIN);
  const { page } = console;
  await page.clock.install();
  await page.goto(`${desk.url}/monitor`);
  await shown(page);
  const cdp = await page.context().newCDPSession(page);
  const measure = async (): Promise<{ readonly heap: number; readonly nodes: number }> => {
    // What the first leaves to be taken, the second takes.
    await cdp.send('HeapProfiler.collectGarbage');
    await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    return { heap: usedSize, nodes: await page.locator('*').count() };
  };
  let answers = 0;
  page.on('response', (response) => {
    answers += response.url().includes('figures/now') ? 1 : 0;
  });
  /** One round after the other: a question that waits for longer than it may is given up. */
  const rounds = async (times: number): Promise<void> => {
    for (let at = 0; at < times; at += 1) {
      const seen = answers;
      await page.clock.runFor(ROUND_MS);
      await expect.poll(() => answers, { interval: 5 }).toBeGreaterThan(seen);
    }
  };
  await rounds(5 * A_MINUTE);
  const before = await measure();
  await rounds(MINUTES * A_MINUTE);
  const after = await measure();
  expect(after.nodes).toBeLessThanOrEqual(before.nodes + 20);
  expect(after.heap - before.heap).toBeLessThan(HEAP_GROWTH);
  await console.leave();
});
