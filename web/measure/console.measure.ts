// What the console costs who answers, and the server: with two thousand open chats and ten thousand messages in one.

import { readFile } from 'node:fs/promises';

import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { type Agent, Desk } from '../tests/desk.ts';
import { Console, Guest } from '../tests/console/console.ts';
import { crowd, many } from '../tests/console/crowd.ts';
import { CABLE, kib, metrics, middle, ms, quantile, Report, slowDown } from './measuring.ts';

const CHATS = 2_000;
const MESSAGES = 10_000;
/** Five a second for an hour. */
const HOUR = 18_000;
/** Chats among which they are, with the one that is open. */
const BUSY_CHATS = 20;
/** After so many, everything that is loaded once was loaded, and what has a bound is full. */
const WARM = 5_000;
const RUNS = 5;
const SWITCHES = 40;
const NEW_CHATS = 16;
const KEYS = 60;
const IDLE_MS = 30_000;
const SOCKETS = 500;
const AGENTS = 25;
/** A browser opens no more than this to one server from one window. */
const OF_A_WINDOW = 125;

const report = new Report();

let desk: Desk;
let browser: Browser;
let amy: Agent;

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchBrowser('whole');
  amy = await desk.agent('amy', 'Amy Winter');
});

afterAll(async () => {
  report.print();
  await browser?.close();
  await desk?.stop();
});

const sessionOf = async (page: Page): Promise<CDPSession> => {
  const session = await page.context().newCDPSession(page);
  // Of the processor, not of the clock: others may use this machine as well.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
};

/** What is held when everything that nobody needs was taken away. */
async function held(session: CDPSession): Promise<{ readonly heap: number; readonly nodes: number }> {
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize: heap } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  return { heap, nodes };
}

// In the order in which they stand: the server is small first.
test('what an open console costs the server while nothing happens', async () => {
  const tokens: { readonly id: string; readonly token: string }[] = [];
  for (let number = 0; number < AGENTS; number += 1) {
    const { caller } = await desk.agent(`agent${number}`, `Agent ${number}`);
    tokens.push({ id: caller.id, token: caller.token });
  }
  // What a real one says until it is quiet.
  const frames: string[] = [];
  const console = await Console.open(browser, desk.server.url);
  console.page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.push(String(payload)));
  });
  await console.enter(amy.username, amy.password);
  await console.listening();
  const said = frames.filter((frame) => /"msg":"(connect|sub)"|"method":"login"/.test(frame));
  await console.context.close();
  // That somebody left is noticed after a while, and is something that happens.
  const leaver = `users.info?userId=${amy.id}`;
  await expect.poll(async () => (await desk.admin.ask<{ user: { status: string } }>(leaver)).user.status, { timeout: 120_000 }).toBe('offline');
  // Its own jobs go on all the time, and what log-ins took is given back meanwhile.
  const alone = await idle();
  const before = await memoryOf(desk.server.pid);
  const windows: Page[] = [];
  for (let number = 0; number < SOCKETS; number += OF_A_WINDOW) {
    const scripts = Array.from({ length: OF_A_WINDOW }, (_, place) => {
      const own = tokens[(number + place) % AGENTS] ?? { id: '', token: '' };
      return said.map((frame) => frame.replaceAll(amy.id, own.id).replace(/"resume":"[^"]*"/, `"resume":"${own.token}"`));
    });
    const window = await (await browser.newContext()).newPage();
    await window.goto(`${desk.server.url}try`);
    await window.evaluate(open, scripts);
    windows.push(window);
  }
  const after = await memoryOf(desk.server.pid);
  const together = await idle();
  report.say(`server, ${SOCKETS} consoles, ${IDLE_MS / 1000} s`, 'memory each', 'statements', 'processor');
  report.say('without them', '', String(alone.statements), alone.processor);
  report.say('with them', kib((after - before) / SOCKETS), String(together.statements), together.processor);
  report.gap();
  for (const window of windows) {
    await window.context().close();
  }
  expect(windows).toHaveLength(SOCKETS / OF_A_WINDOW);
});

test('how soon it is there, and how quick it is with thousands of chats', { timeout: 900_000 }, async () => {
  await desk.admin.tell('livechat/users/manager', { username: amy.username });
  await crowd(desk, amy, { chats: CHATS, messages: MESSAGES });
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  const session = await sessionOf(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await slowDown(session, CABLE);
  const paints: number[] = [];
  const usable: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await page.reload({ waitUntil: 'commit' });
    await page.locator('a.row').first().waitFor();
    const [paint, list] = await page.evaluate(() => [
      performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
      performance.now(),
    ]);
    paints.push(paint ?? 0);
    usable.push(list ?? 0);
  }
  report.say(`on cable, nothing kept, ${CHATS} chats`, 'first paint', 'list');
  report.say('', ms(middle(paints)), ms(middle(usable)));
  report.gap();
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.reload();
  await console.listening();
  await page.locator('.rows').evaluate((list) => list.scrollTo({ top: list.scrollHeight }));
  await console.row('Short Talk').waitFor();

  /** How long it takes from a click on a row until the last words of its chat are drawn. */
  const switchTo = (name: string, words: string): Promise<number> =>
    page.evaluate(
      async ([who, last]) => {
        const row = [...document.querySelectorAll<HTMLElement>('a.row')].find((one) => one.querySelector('.who')?.textContent === who);
        const start = performance.now();
        row?.click();
        const isThere = (): boolean =>
          document.querySelector('.talk-head h2')?.textContent === who &&
          [...document.querySelectorAll('.bubble')].at(-1)?.textContent === last;
        while (!isThere()) {
          await new Promise(requestAnimationFrame);
        }
        // The frame in which it is drawn.
        await new Promise(requestAnimationFrame);
        return performance.now() - start;
      },
      [name, words] as const,
    );
  const news: number[] = [];
  const names = await page.locator('a.row .who').allInnerTexts();
  for (const name of names.filter((one) => one.startsWith('Visitor ')).slice(-NEW_CHATS)) {
    news.push(await switchTo(name, 'Hello'));
    // What stands beside it is read as well before the next is opened: nobody is so quick.
    await page.waitForLoadState('networkidle');
  }
  const switches: number[] = [];
  for (let turn = 0; turn < SWITCHES; turn += 1) {
    switches.push(await (turn % 2 === 0 ? switchTo('Long Talk', 'The last word') : switchTo('Short Talk', 'Hello')));
  }
  await console.openChat('Long Talk');
  await console.bubble('The last word').last().waitFor();
  await page.waitForLoadState('networkidle');
  await console.composer.click();
  await page.evaluate(() => {
    const painted: number[] = [];
    Object.assign(window, { painted });
    addEventListener(
      'keydown',
      ({ timeStamp }) => {
        requestAnimationFrame(() => {
          // Behind the frame.
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => painted.push(performance.now() - timeStamp));
          port1.start();
          port2.postMessage(undefined);
        });
      },
      true,
    );
  });
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(key % 6 === 5 ? ' ' : 'a');
    // Nobody types faster than it is drawn: keys of one frame would wait for each other.
    await page.waitForFunction((before) => (window as unknown as { readonly painted: readonly number[] }).painted.length > before, key);
  }
  const keys = await page.evaluate(() => (window as unknown as { readonly painted: readonly number[] }).painted);
  report.say(`${CHATS} chats, ${MESSAGES} messages in one`, 'p50', 'p95', 'worst');
  for (const [what, values] of [
    ['to a chat that was not seen yet, to its last words drawn', news],
    ['to and fro between two chats', switches],
    ['key to paint', keys],
  ] as const) {
    report.say(what, ms(middle(values)), ms(quantile(values, 0.95)), ms(Math.max(...values)));
  }
  report.gap();
  await console.context.close();
  expect(keys.length).toBe(KEYS);
});

test('what an hour of messages leaves behind, and what it costs to be open', { timeout: 900_000 }, async () => {
  const ben = await desk.agent('ben', 'Ben Field');
  const guests: Guest[] = [];
  for (let number = 0; number < BUSY_CHATS; number += 1) {
    const guest = await Guest.come(desk, `Busy ${number}`, 'Hello');
    await desk.take(ben, guest.rid);
    guests.push(guest);
  }
  const console = await Console.logIn(browser, desk.server.url, ben);
  await console.openChat('Busy 0');
  const session = await sessionOf(console.page);
  const write = (times: number): Promise<void> => many(times, (number) => guests[number % BUSY_CHATS]?.say(`Message ${number}`) ?? Promise.resolve());
  const settled = async (): Promise<void> => {
    await guests[0]?.say('That was all');
    await expect.poll(() => console.page.locator('.bubble').last().innerText(), { timeout: 120_000 }).toBe('That was all');
  };
  await write(WARM);
  await settled();
  const before = await held(session);
  await write(HOUR);
  await settled();
  const after = await held(session);
  report.say(`${HOUR} messages in ${BUSY_CHATS} chats`, 'before', 'after', 'more');
  report.say('memory of scripts', kib(before.heap), kib(after.heap), `${((after.heap / before.heap - 1) * 100).toFixed(1)} %`);
  report.say('nodes of the page', String(before.nodes), String(after.nodes), '');
  report.gap();
  const busy = async (): Promise<number> => {
    const begun = await metrics(session);
    await new Promise((passed) => {
      setTimeout(passed, IDLE_MS);
    });
    const ended = await metrics(session);
    return ((ended['TaskDuration'] ?? 0) - (begun['TaskDuration'] ?? 0)) * 1000;
  };
  report.say(`open and idle for ${IDLE_MS / 1000} s`, 'all tasks', 'processor');
  const say = (what: string, took: number): void => report.say(what, ms(took), `${((took * 100) / IDLE_MS).toFixed(2)} %`);
  say(`seconds count in ${BUSY_CHATS} rows`, await busy());
  for (const { rid } of guests) {
    await desk.say(ben, rid, 'All done');
  }
  await expect.poll(() => console.page.locator('.bubble').last().innerText()).toBe('All done');
  say('everybody was answered', await busy());
  await console.context.close();
  expect(after.heap).toBeGreaterThan(0);
});

/** Runs in a window: sockets that say these things, each when the one before was answered, and then are silent but for signs
 * of life. */
async function open(scripts: readonly (readonly string[])[]): Promise<void> {
  for (const frames of scripts) {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/websocket`);
    await new Promise((done, failed) => {
      socket.addEventListener('open', done);
      socket.addEventListener('error', failed);
    });
    let answered = 0;
    await new Promise<void>((done) => {
      socket.addEventListener('message', ({ data }) => {
        const { msg } = JSON.parse(String(data)) as { readonly msg?: string };
        if (msg === 'ping') {
          socket.send('{"msg":"pong"}');
        } else if (['connected', 'result', 'ready', 'nosub'].includes(msg ?? '')) {
          answered += 1;
          const next = frames[answered];
          if (next === undefined) {
            done();
          } else {
            socket.send(next);
          }
        }
      });
      socket.send(frames[0] ?? '');
    });
  }
}

/** Bytes that are the process's own and in memory. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** Seconds of the processor that it has used. */
async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** What the server does while nobody asks for anything. */
async function idle(): Promise<{ readonly statements: number; readonly processor: string }> {
  const [statements, work] = [await statementsOf(), await cpuOf(desk.server.pid)];
  await new Promise((passed) => {
    setTimeout(passed, IDLE_MS);
  });
  const [later, more] = [await statementsOf(), await cpuOf(desk.server.pid)];
  return { statements: later - statements, processor: `${(((more - work) * 1000 * 100) / IDLE_MS).toFixed(2)} %` };
}

async function statementsOf(): Promise<number> {
  const text = await (await fetch(`${desk.server.url}metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('hark_store_statements'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
