// Two hundred agents and two thousand chats: what is on the screen, what is asked for and what it costs the page is as much as with a few.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { type Agent, Caller } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console } from './console.ts';
import { many, working } from './crowd.ts';

/** So many are drawn as they are, without a window. */
const FEW = 60;
const AGENTS = 200;
const CHATS = 2_000;
const WAITING = 120;
/** More than there are lanes. */
const TEAMS = 14;
const PATIENCE_MS = 500_000;
/** A page with everything in it that fits, and some rows above and below. */
const MOST_NODES = 2_500;
/** The queue, the sums and the webhooks, of today and of the days that it is compared with. */
const MOST_QUESTIONS = 20;
const ROUND_MS = 5000;
const ROUNDS = 9;
/** More is read for a crowd, and no more is drawn. */
const MOST_TIMES = 2;
/** Sums by the hour and by the agent, ratings, endpoints, how it goes with them and their half hours. */
const OF_A_DAY = 6;

/** One look at this moment, answered: until then the page does not look once more. */
async function round(page: Page): Promise<void> {
  const answers = [page.waitForResponse(/figures\/now/), page.waitForResponse(/figures\/waits/)];
  await page.clock.runFor(ROUND_MS);
  await Promise.all(answers.map(async (answer) => (await answer).finished()));
  // What came is drawn, and what follows from that is done.
  await page.clock.runFor(200);
}

/** What the page's own tasks take from one look to the next, in the middle of some. */
async function costOfARound(page: Page): Promise<number> {
  const spent = await working(page);
  const costs: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const before = await spent();
    await round(page);
    costs.push((await spent()) - before);
  }
  return costs.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0;
}

async function hire(from: number, until: number): Promise<Agent[]> {
  const hired: Agent[] = [];
  await many(until - from, async (number) => {
    hired.push(await desk.agent(`agent-${from + number}`, `Agent ${String(from + number).padStart(3, '0')}`));
  });
  return hired;
}

/** Chats from one number to another, which are given to the agents of the department by themselves. */
async function come(department: string, from: number, until: number): Promise<void> {
  const widget = new Caller(desk.server.url, { Referer: `${desk.server.url}livechat` });
  await many(until - from, async (number) => {
    const token = `token-of-visitor-${from + number}`;
    await desk.anyone.tell('livechat/visitor', { visitor: { token, name: `Visitor ${from + number}`, department } });
    await widget.ask(`livechat/room?token=${token}`);
  });
}

test('a crowd costs no more than a few', { timeout: PATIENCE_MS }, async () => {
  const few = [amy, ...(await hire(0, FEW - 1))];
  const support = await desk.department('Support', few);
  await desk.set('Livechat_Routing_Method', 'Load_Balancing');
  await come(support, 0, 2 * FEW);
  const console = await Console.logIn(browser, desk.server.url, { username: 'admin', password: 'secret-of-admin' });
  const { page } = console;
  await page.clock.install();
  await page.goto(`${desk.url}/monitor`);
  await page.getByText('Agent 001').waitFor();
  const before = await costOfARound(page);

  const others = await hire(FEW - 1, AGENTS - 1);
  const sales = await desk.department('Sales', others);
  for (let team = 1; team <= TEAMS; team += 1) {
    await desk.department(`Team ${team}`, [amy]);
  }
  await come(sales, 2 * FEW, CHATS - WAITING);
  await desk.set('Livechat_Routing_Method', 'Manual_Selection');
  await come(support, CHATS - WAITING, CHATS);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/figures|stats|hark\/v1\/endpoints/.test(request.url())) {
      asked.push(new URL(request.url()).pathname);
    }
  });
  await page.goto(`${desk.url}/monitor`);
  const queue = page.getByRole('region', { name: 'Queue' });
  await queue.getByRole('img', { name: /^Queue: 120 waiting/ }).waitFor();
  await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
  expect(asked.length).toBeLessThanOrEqual(MOST_QUESTIONS);
  expect(await page.locator('main *').count()).toBeLessThanOrEqual(MOST_NODES);
  expect(await costOfARound(page)).toBeLessThan(MOST_TIMES * before);
  // More departments than are drawn are counted, and in the table.
  await queue.getByText('12 of 16 departments, longest waits first').waitFor();
  await queue.getByRole('button', { name: 'As a table' }).click();
  await queue.getByRole('cell', { name: 'Team 14' }).waitFor();
  await queue.getByRole('button', { name: 'As a table' }).click();
  const table = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'Load' }) });
  expect(await table.getAttribute('aria-rowcount')).toBe(String(AGENTS + 1));
  await page.getByText('Agent 001').waitFor();
  expect(await page.getByText('Amy Winter').count()).toBe(0);
  // Whoever is at the end is there when one goes there.
  await page.locator('.page-body').evaluate((body) => body.scrollTo(0, body.scrollHeight));
  await page.getByText('Amy Winter').waitFor();
  expect(await page.getByText('Agent 001').count()).toBe(0);
  expect(await page.locator('main *').count()).toBeLessThanOrEqual(MOST_NODES);
  // From then on it is asked for two things each time, and of some times once for those of the day.
  asked.length = 0;
  await round(page);
  await round(page);
  expect(asked.filter((path) => !/figures\/(now|waits)$/.test(path)).length).toBeLessThanOrEqual(OF_A_DAY);
  await console.leave();
});
