// The log of deliveries: a chart that is the time filter, filters in the address, a long list, and what is new.
import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { many } from './crowd.ts';
import { Receiver } from './receiver.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
/** More than come at once, and several times what can be seen. */
const MANY = 250;

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.start();
  await desk.agent('amy', 'Amy Winter');
});

afterAll(() => receiver?.stop());

async function make(name: string, path: string, more: object = {}): Promise<string> {
  const answer = await fetch(`${desk.server.url}api/hark/v1/endpoints`, {
    method: 'POST',
    headers: { ...desk.admin.credentials, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, url: receiver.url(path), events: ['message.visitor'], ...more }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function at(path: string): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}${path}`, ADMIN);
  return console;
}

test('a long log is read back to its beginning, and what is new waits until it is wanted', { timeout: 120_000 }, async () => {
  const id = await make('Archive', '/archive');
  const guest = await Guest.come(desk, 'Talkative', 'word 1');
  for (let word = 2; word <= MANY; word += 1) {
    await guest.say(`word ${word}`);
  }
  await expect.poll(() => receiver.of('/archive').length, { timeout: 60_000 }).toBe(MANY);
  const console = await at(`webhooks/endpoints/${id}/deliveries`);
  const { page } = console;
  const list = page.locator('.log-rows');
  await page.getByText('The latest 100 deliveries').waitFor();
  // Only what can be seen is drawn.
  expect(await page.locator('.log-rows tbody tr').count()).toBeLessThan(60);
  for (const read of [200, MANY]) {
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await page.getByText(read === MANY ? `${MANY} deliveries.` : `The latest ${read} deliveries`).waitFor();
  }
  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect.poll(() => page.locator('.log-rows tbody tr').last().getAttribute('aria-rowindex')).toBe(String(MANY + 1));
  expect(await page.locator('.log-rows tbody tr').count()).toBeLessThan(60);
  await page.locator('.log-rows tbody tr').last().getByRole('link').click();
  const one = page.getByRole('complementary', { name: 'message.visitor' });
  await one.getByText('"word 1"').waitFor();
  // Three come; nothing moves.
  // It is still open when the page is read anew, and the log begins with the newest.
  await page.reload();
  await page.getByText('The latest 100 deliveries').waitFor();
  await one.getByText('"word 1"').waitFor();
  await page.goto(page.url().replace(/open=[^&]+/, 'open=msg_none'));
  await page.getByRole('complementary', { name: 'Not there any more' }).waitFor();
  await page.goBack();
  await one.getByText('"word 1"').waitFor();
  for (const read of [200, MANY]) {
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await page.getByText(read === MANY ? `${MANY} deliveries.` : `The latest ${read} deliveries`).waitFor();
  }
  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  const before = await list.evaluate((element) => element.scrollTop);
  for (const words of ['new 1', 'new 2', 'new 3']) {
    await guest.say(words);
  }
  await page.getByRole('button', { name: '3 new' }).waitFor();
  expect(await list.evaluate((element) => element.scrollTop)).toBe(before);
  await one.getByText('"word 1"').waitFor();
  // By keys from row to row: the last has none behind it.
  await page.keyboard.press('j');
  await one.getByText('"word 1"').waitFor();
  await page.keyboard.press('k');
  await one.getByText('"word 2"').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => one.count()).toBe(0);
  await page.getByRole('button', { name: '3 new' }).click();
  await expect.poll(() => page.getByRole('button', { name: '3 new' }).count()).toBe(0);
  await page.locator('.log-rows tbody tr').first().getByRole('link').click();
  await one.getByText('"new 3"').waitFor();
  // Of more than a page it is not known how many they are.
  await many(120, (word) => guest.say(`more ${word}`));
  await page.getByRole('button', { name: '100+ new' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await console.leave();
});

test('what is looked for stands in the address, by the chart, by keys and by chips', async () => {
  receiver.answer('/mixed', 503);
  const id = await make('Mixed', '/mixed', { events: ['message.visitor', 'chat.started'], policy: { delaysMs: [] } });
  await Guest.come(desk, 'Una', 'first');
  await expect.poll(() => receiver.of('/mixed').length).toBe(2);
  receiver.answer('/mixed', 200);
  const second = await Guest.come(desk, 'Duo', 'second');
  const console = await at(`webhooks/endpoints/${id}/deliveries`);
  const { page } = console;
  const rows = page.locator('.log-rows tbody tr');
  await expect.poll(() => rows.count()).toBe(4);
  const choose = async (filter: string, choice: string): Promise<void> => {
    await page.getByRole('button', { name: filter, exact: true }).click();
    await page.getByRole('dialog', { name: filter }).getByRole('button', { name: choice, exact: true }).click();
  };
  await choose('State', 'Not delivered');
  await expect.poll(() => rows.count()).toBe(2);
  await page.getByRole('button', { name: 'Resend 2' }).waitFor();
  await page.getByRole('button', { name: /^State Not delivered/ }).click();
  await expect.poll(() => rows.count()).toBe(4);
  await choose('State', 'Given up');
  await expect.poll(() => rows.count()).toBe(2);
  expect(page.url()).toContain('state=given-up');
  // The chart shows what it can tell, and says what that is.
  await page.getByText('The chart shows failed attempts').waitFor();
  const bars = async (): Promise<readonly number[]> => [await page.locator('.brush .bar-good').count(), await page.locator('.brush .bar-bad').count()];
  const [, failed] = await bars();
  expect(await bars()).toEqual([0, failed]);
  expect(failed).toBeGreaterThan(0);
  const file = page.waitForEvent('download');
  await console.button('Export what is shown (CSV)').click();
  const table = await readFile(await (await file).path(), 'utf8');
  expect(table.trim().split('\r\n')).toHaveLength(3);
  expect(table).toMatch(/Given up,message\.visitor,Mixed,Una,[^,]+,503,1/);
  await choose('Answer', '5xx');
  await choose('Event', 'chat.started');
  await expect.poll(() => rows.count()).toBe(1);
  expect(page.url()).toContain('answer=5xx');
  await page.getByText('The chart counts everything').waitFor();
  expect((await bars())[0]).toBeGreaterThan(0);
  expect(await accessibilityFaults(page)).toEqual([]);
  // What it comes to can be sent to somebody.
  await page.reload();
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByRole('button', { name: /^Answer 5xx/ }).click();
  await choose('Answer', 'timeout');
  await page.getByRole('heading', { name: 'No deliveries match' }).waitFor();
  await console.button('Remove the filters').click();
  await expect.poll(() => rows.count()).toBe(4);
  await choose('Chat', 'Duo');
  await expect.poll(() => rows.count()).toBe(2);
  expect(page.url()).toContain(`chat=${second.rid}`);
  await page.getByRole('button', { name: /^Chat Duo/ }).click();
  // By keys: an hour that is long over.
  const since = page.getByLabel('Since', { exact: true });
  const until = page.getByLabel('Until', { exact: true });
  expect(await until.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d$/);
  await until.focus();
  for (let turn = 0; turn < 4; turn += 1) {
    await page.keyboard.press('ArrowLeft');
  }
  await expect.poll(() => page.url()).toContain('until=');
  await page.getByRole('heading', { name: 'No deliveries match' }).waitFor();
  await console.button('Remove the filters').click();
  await expect.poll(() => rows.count()).toBe(4);
  // By dragging over the last hours.
  const chart = await page.getByRole('img', { name: /2 delivered, 2 failed attempts/ }).boundingBox();
  const [x, y, wide] = [chart?.x ?? 0, (chart?.y ?? 0) + 20, chart?.width ?? 0];
  await page.mouse.move(x + wide * 0.8, y);
  await page.mouse.down();
  await page.mouse.move(x + wide * 0.95, y, { steps: 4 });
  await page.mouse.move(x + wide, y);
  await page.mouse.up();
  await expect.poll(() => page.url()).toContain('from=');
  expect(page.url()).not.toContain('until=');
  await expect.poll(() => rows.count()).toBe(4);
  expect(await since.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d$/);
  await page.getByRole('button', { name: /^Since / }).click();
  await expect.poll(() => page.url()).not.toContain('from=');
  await console.leave();
});

test('a delivery says to whom it went on every width, and its last attempt is in sight', async () => {
  receiver.answer('/often', 503);
  await make('Often', '/often', { policy: { delaysMs: Array.from({ length: 10 }, () => 1) } });
  await Guest.come(desk, 'Rui', 'hello');
  const console = await at('webhooks/given-up');
  const { page } = console;
  const row = page.getByRole('row', { name: /Often/ });
  await row.getByText('503', { exact: true }).waitFor({ timeout: 20_000 });
  await row.getByRole('link').click();
  const one = page.getByRole('complementary', { name: 'message.visitor' });
  await one.getByText('of attempt 11').waitFor();
  const last = one.getByRole('button', { pressed: true });
  await last.getByText('503 Service Unavailable').waitFor();
  await one.getByRole('tab', { name: 'Response 503' }).click();
  await one.getByRole('tabpanel').getByText('503 Service Unavailable').waitFor();
  const list = one.getByRole('list', { name: 'Attempts' });
  await expect.poll(async () => {
    const [its, room] = await Promise.all([last.boundingBox(), list.boundingBox()]);
    return (its?.y ?? 0) + (its?.height ?? 0) <= (room?.y ?? 0) + (room?.height ?? 0);
  }).toBe(true);
  for (const width of [1440, 768, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await one.getByRole('link', { name: 'Often' }).waitFor();
    await one.getByRole('button', { name: 'Close the details' }).click();
    await row.getByText('503', { exact: true }).waitFor();
    await row.getByText('Rui').waitFor();
    await page.getByRole('button', { name: '7 days' }).waitFor();
    await row.getByRole('link').click();
  }
  expect(await accessibilityFaults(page)).toEqual([]);
  // From there to the endpoint.
  await one.getByRole('link', { name: 'Often' }).click();
  await page.getByRole('heading', { name: 'Often' }).waitFor();
  await console.leave();
});

test('all that was given up and is looked for is sent again at once', async () => {
  receiver.answer('/one', 500);
  receiver.answer('/two', 500);
  const policy = { delaysMs: [] };
  await make('One', '/one', { policy });
  await make('Two', '/two', { policy });
  const guest = await Guest.come(desk, 'Lost', 'a');
  await guest.say('b');
  await expect.poll(() => receiver.of('/two').length + receiver.of('/one').length).toBe(4);
  const console = await at('webhooks/given-up');
  const { page } = console;
  await page.getByRole('button', { name: 'Endpoint', exact: true }).click();
  await page.getByRole('dialog', { name: 'Endpoint' }).getByRole('button', { name: 'Two' }).click();
  receiver.answer('/two', 200);
  // Piece by piece, and it goes on while one looks at something else.
  const held: (() => Promise<void>)[] = [];
  await page.route('**/deliveries/resend', (route) => {
    const go = (): Promise<void> => route.continue({ postData: { ...(route.request().postDataJSON() as object), limit: 1 } });
    return held.length < 2 ? void held.push(go) : go();
  });
  await page.getByRole('button', { name: 'Resend 2' }).click();
  await expect.poll(() => held.length).toBe(1);
  await page.getByRole('link', { name: 'Live tail' }).click();
  await page.getByRole('heading', { name: 'Live tail' }).waitFor();
  await held[0]?.();
  await expect.poll(() => held.length).toBe(2);
  await page.getByRole('link', { name: /^Given up/ }).click();
  await page.getByRole('status').getByText('1 sent again').waitFor();
  await page.getByRole('link', { name: 'Live tail' }).click();
  await held[1]?.();
  await page.getByText('2 sent again').first().waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Given up' }).waitFor();
  await page.unroute('**/deliveries/resend');
  await expect.poll(() => receiver.of('/two').length).toBe(4);
  const ids = receiver.of('/two').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(2);
  expect(receiver.of('/one').length).toBe(2);
  await expect.poll(() => page.locator('.log-rows tbody').innerText()).toContain('One');
  expect(await page.locator('.log-rows tbody').innerText()).not.toContain('Two');
  // Or only what is chosen, by keys or by ticks.
  await page.getByRole('button', { name: 'Endpoint', exact: true }).click();
  await page.getByRole('dialog', { name: 'Endpoint' }).getByRole('button', { name: 'One' }).click();
  const rows = page.locator('.log-rows tbody tr');
  await expect.poll(() => rows.count()).toBe(2);
  receiver.answer('/one', 200);
  await page.keyboard.press('ArrowDown');
  await page.getByRole('complementary', { name: 'message.visitor' }).getByText('"b"').waitFor();
  await page.keyboard.press('x');
  await page.getByRole('status').getByText('1 chosen.').waitFor();
  const ticks = page.getByRole('checkbox', { name: 'message.visitor Lost' });
  expect([await ticks.first().isChecked(), await ticks.last().isChecked()]).toEqual([true, false]);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect.poll(() => ticks.first().isChecked()).toBe(false);
  await ticks.last().check();
  await page.getByRole('button', { name: 'Resend 1' }).waitFor();
  await page.keyboard.press('s');
  await expect.poll(() => receiver.of('/one').length).toBe(3);
  expect(receiver.of('/one').at(-1)?.body).toContain('"a"');
  await expect.poll(() => rows.count()).toBe(1);
  await console.leave();
});
