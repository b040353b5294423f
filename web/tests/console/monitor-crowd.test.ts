// Two hundred agents, each with chats: what is on the screen and what is asked for is as much as with a few.
import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { many } from './crowd.ts';

const AGENTS = 200;
const CHATS = 2 * AGENTS;
const WAITING = 120;
const PATIENCE_MS = 500_000;
/** A page with everything in it that fits, and some rows above and below. */
const MOST_NODES = 2_500;
/** The queue, the sums and the webhooks, of today and of the days that it is compared with. */
const MOST_QUESTIONS = 20;

test('a crowd costs no more than a few', { timeout: PATIENCE_MS }, async () => {
  const agents: Agent[] = [amy];
  await many(AGENTS - 1, async (number) => {
    agents.push(await desk.agent(`agent-${number}`, `Agent ${String(number).padStart(3, '0')}`));
  });
  const department = await desk.department('Support', agents);
  await many(CHATS, async (number) => {
    const { rid } = await Guest.come(desk, `Visitor ${number}`, 'Hello', { department });
    await desk.take(agents[number % agents.length] ?? amy, rid);
  });
  await many(WAITING, (number) => Guest.come(desk, `Waiting ${number}`, 'Hello', { department }));
  const console = await Console.logIn(browser, desk.server.url, { username: 'admin', password: 'secret-of-admin' });
  const { page } = console;
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/figures|stats|hark\/v1\/endpoints/.test(request.url())) {
      asked.push(new URL(request.url()).pathname);
    }
  });
  await page.goto(`${desk.url}/monitor`);
  await page.getByRole('img', { name: /^Queue: 120 waiting/ }).waitFor();
  expect(asked.length).toBeLessThanOrEqual(MOST_QUESTIONS);
  expect(await page.locator('main *').count()).toBeLessThanOrEqual(MOST_NODES);
  const table = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'Load' }) });
  expect(await table.getAttribute('aria-rowcount')).toBe(String(AGENTS + 1));
  await page.getByText('Agent 001').waitFor();
  expect(await page.getByText('Amy Winter').count()).toBe(0);
  // Whoever is at the end is there when one goes there.
  await page.locator('.page-body').evaluate((body) => body.scrollTo(0, body.scrollHeight));
  await page.getByText('Amy Winter').waitFor();
  expect(await page.getByText('Agent 001').count()).toBe(0);
  expect(await page.locator('main *').count()).toBeLessThanOrEqual(MOST_NODES);
  // From then on it is asked for two things each time.
  asked.length = 0;
  await expect.poll(() => asked.filter((path) => path.endsWith('/figures/now')).length).toBeGreaterThanOrEqual(2);
  expect(asked.filter((path) => !/figures\/(now|waits)$/.test(path)).length).toBeLessThanOrEqual(5);
  await console.leave();
});
