// More than anybody has in a day: thousands of chats, and as many messages in one.

import type { Page } from 'playwright-core';

import type { Agent, Desk } from '../desk.ts';
import { Guest } from './console.ts';

/** Visitors who write at the same time. */
const AT_ONCE = 16;

/** Does something so many times, some of them at once. */
export async function many(times: number, act: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < times) {
      next += 1;
      await act(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

interface Crowd {
  /** So many open chats of the agent, with the two that are named. */
  readonly chats: number;
  readonly messages: number;
}

/** A chat in which much was said, and one in which little was; they came last, and so stand at the end of a list. */
export async function crowd(desk: Desk, agent: Agent, { chats, messages }: Crowd): Promise<[long: Guest, short: Guest]> {
  await many(chats - 2, async (number) => {
    const { rid } = await Guest.come(desk, `Visitor ${number}`, 'Hello');
    await desk.take(agent, rid);
  });
  const long = await Guest.come(desk, 'Long Talk', 'Word 0');
  await desk.take(agent, long.rid);
  const short = await Guest.come(desk, 'Short Talk', 'Hello');
  await desk.take(agent, short.rid);
  await many(messages - 2, () => long.say('And another word'));
  await long.say('The last word');
  return [long, short];
}

/** How long the page's own tasks have taken until then, in seconds. */
export async function working(page: Page): Promise<() => Promise<number>> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  return async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
}
