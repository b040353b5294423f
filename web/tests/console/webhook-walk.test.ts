// How far it is for somebody who has never been here: to a webhook that works, and to a delivery that failed.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Desk } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { Receiver } from './receiver.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
/** More than that, and somebody has to look for it. */
const MOST_TO_SET_UP = 5;
const MOST_TO_FIND = 4;

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.start();
  await desk.agent('amy', 'Amy Winter');
});

afterAll(() => receiver?.stop());

test('from the inbox to a webhook that works, and to why one failed, by the pointer alone', async () => {
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN);
  const { page } = console;
  await page.evaluate(() => {
    document.addEventListener('click', () => {
      sessionStorage.setItem('clicks', String(Number(sessionStorage.getItem('clicks') ?? '0') + 1));
    }, true);
  });
  const clicks = async (): Promise<number> => Number(await page.evaluate(() => sessionStorage.getItem('clicks') ?? '0'));
  const began = Date.now();
  await page.getByRole('link', { name: /^Webhooks/ }).click();
  await page.getByRole('link', { name: 'Add endpoint' }).click();
  await page.getByLabel('Address', { exact: true }).fill(receiver.url('/first'));
  await page.getByText(/^Answers from/).waitFor();
  await page.getByRole('button', { name: /^Create endpoint/ }).click();
  await page.getByRole('region', { name: 'New secret' }).getByRole('button', { name: 'Copy' }).waitFor();
  await page.getByRole('button', { name: 'Send Test' }).click();
  await page.getByRole('region', { name: 'Answer to the test' }).getByText('200 OK', { exact: true }).waitFor();
  const toSetUp = await clicks();
  const setUp = Date.now() - began;
  expect(toSetUp).toBeLessThanOrEqual(MOST_TO_SET_UP);
  // It fails, while they are somewhere else.
  await page.getByRole('link', { name: /^Inbox/ }).click();
  receiver.answer('/first', 503, {}, 'down for maintenance');
  const before = await clicks();
  await Guest.come(desk, 'Sam', 'hello');
  await expect.poll(() => receiver.of('/first').some(({ headers }) => headers['hark-event'] === 'chat.started')).toBe(true);
  const again = Date.now();
  await page.getByRole('link', { name: /^Webhooks/ }).click();
  await page.getByRole('row', { name: /127\.0\.0\.1/ }).getByRole('link').first().click();
  await page.getByRole('row', { name: /503/ }).getByRole('link').first().click();
  await page.getByRole('complementary').getByRole('tab', { name: /^Response/ }).click();
  await page.getByText('down for maintenance').waitFor();
  const toFind = (await clicks()) - before;
  expect(toFind).toBeLessThanOrEqual(MOST_TO_FIND);
  globalThis.console.info(`a webhook that works: ${toSetUp} clicks, ${setUp} ms of the program; why one failed: ${toFind} clicks, ${Date.now() - again} ms`);
  await console.leave();
});

test('a replay goes on while nobody looks, and is stopped where it stands', async () => {
  // Nothing is delivered here, so that it stays where it is.
  const still = await Desk.open('off', ['--deliver', 'off']);
  try {
    const answer = await fetch(`${still.server.url}api/hark/v1/endpoints`, {
      method: 'POST',
      headers: { ...still.admin.credentials, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Still', url: receiver.url('/still') }),
    });
    const { id } = (await answer.json()) as { id: string };
    await still.agent('amy', 'Amy Winter');
    await Guest.come(still, 'Sam', 'hello');
    const started = await fetch(`${still.server.url}api/hark/v1/endpoints/${id}:replay`, {
      method: 'POST',
      headers: { ...still.admin.credentials, 'Content-Type': 'application/json' },
      body: JSON.stringify({ afterEvent: 0 }),
    });
    expect(started.status).toBe(201);
    const console = await Console.logIn(browser, `${still.server.url}webhooks/endpoints/${id}/deliveries`, ADMIN);
    const { page } = console;
    const bar = page.getByRole('status').filter({ hasText: 'Sending again what happened' });
    await bar.waitFor();
    // All that ever happened, and not since when it is sent again.
    const log = await still.admin.ask<{ items: { timestamp: string }[] }>('../hark/v1/events?limit=1');
    const clock = (at: string): Promise<string> =>
      page.evaluate((text) => new Date(text).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }), at);
    await expect.poll(() => bar.innerText()).toMatch(new RegExp(`happened ${await clock(log.items[0]?.timestamp ?? '')} – \\d\\d:\\d\\d`));
    await page.reload();
    await bar.getByRole('progressbar').waitFor();
    await bar.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => bar.count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { name: 'Still' }).waitFor();
    expect(await bar.count()).toBe(0);
    await console.leave();
  } finally {
    await still.stop();
  }
});
