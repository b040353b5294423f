// Reports: what the chats of some days were, by the address; saved, as a file, as tables, and on paper.
import { readFile } from 'node:fs/promises';

import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInLightAndDark, faultsInside } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { Receiver } from './receiver.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
const KINDS = ['overview', 'chats', 'agents', 'departments', 'tags', 'satisfaction', 'webhooks'] as const;

let sales: string;

beforeAll(async () => {
  const tom = await desk.agent('tom', 'Tom Field');
  const support = await desk.department('Support', [amy, tom]);
  sales = await desk.department('Sales', [tom]);
  const noor = await Guest.come(desk, 'Noor Jansen', 'One of the bowls has a crack.', { department: support });
  await desk.take(amy, noor.rid);
  await desk.say(amy, noor.rid, 'A new one is on its way.');
  await amy.caller.tell('livechat/room.closeByUser', { rid: noor.rid, comment: 'done', tags: ['refund', '=1+1'] });
  await desk.anyone.tell('livechat/room.survey', { rid: noor.rid, token: noor.token, data: [{ name: 'satisfaction', value: '4' }] });
  await Guest.come(desk, 'Callum Reid', 'Hello?', { department: support });
  const lena = await Guest.come(desk, 'Lena Vogt', 'And my parcel?', { department: sales });
  await desk.take(tom, lena.rid);
});

interface Summed {
  readonly firstDay: string;
  readonly total: { readonly chats: number; readonly answered: number; readonly transferred: number };
  readonly items: readonly { readonly name: string | null; readonly sums: { readonly chats: number } }[];
}

const sums = (query: string): Promise<Summed> => desk.admin.ask<Summed>(`../hark/v1/figures/sums?${query}`);

async function open(path: string, options: BrowserContextOptions = {}): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.url}${path}`, ADMIN, options);
  await shown(console.page);
  return console;
}

async function shown(page: Page): Promise<void> {
  await page.locator('.reports-page[aria-busy="false"]').waitFor();
}

const strip = (page: Page): Promise<Record<string, string>> =>
  page.locator('.reports-figures > div').evaluateAll((all) =>
    Object.fromEntries(all.map((one) => [one.querySelector('dt')?.textContent ?? '', one.querySelector('dd')?.firstChild?.textContent ?? ''])),
  );

/** Colours are the same on all of them, and looked at on one. */
const WAYS: readonly (readonly [string, BrowserContextOptions, typeof accessibilityFaults])[] = [
  ['a narrow window', { viewport: { width: 1000, height: 760 } }, faultsInLightAndDark],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, accessibilityFaults],
];

describe.for(WAYS)('%s', ([, options, look]) => {
  test('has no faults in any report', async () => {
    const console = await open('/reports/overview', options);
    const { page } = console;
    for (const kind of KINDS) {
      await page.goto(`${desk.url}/reports/${kind}`);
      await shown(page);
      const found = await look(page);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect([kind, ...found, content]).toEqual([kind, window]);
    }
    await console.leave();
  });
});

test('each number is the one of the API', async () => {
  const console = await open('/reports/overview');
  const { page } = console;
  const today = (await sums('by=day')).firstDay;
  await page.goto(`${desk.url}/reports/overview?from=${today}&until=${today}`);
  await shown(page);
  const { total, items } = await sums(`by=agent&firstDay=${today}`);
  expect(total.chats).toBe(3);
  expect(await strip(page)).toMatchObject({ Chats: String(total.chats), Rating: '4', 'Not answered': '66.7%' });
  const rows = page.getByRole('table', { name: 'Agents' }).getByRole('row');
  expect(await rows.count()).toBe(items.filter(({ name }) => name !== null).length + 1);
  for (const { name, sums: own } of items.filter((one) => one.name !== null)) {
    await rows.filter({ hasText: name ?? '' }).getByRole('cell', { name: String(own.chats), exact: true }).first().waitFor();
  }
  await page.getByRole('combobox', { name: 'Department' }).selectOption('Sales');
  await expect.poll(() => page.url()).toContain(`department=${sales}`);
  await expect.poll(async () => (await strip(page))['Chats']).toBe('1');
  expect((await sums(`by=day&department=${sales}`)).total.chats).toBe(1);
  await console.leave();
});

interface Spread {
  readonly chats: number;
  readonly median: { readonly fromMs: number; readonly untilMs: number | null };
  readonly items: readonly { readonly chats: number }[];
}

test('medians and shares are those of the API, of all departments or of one', async () => {
  const today = (await sums('by=day')).firstDay;
  const { firstAnswer } = await desk.admin.ask<{ firstAnswer: Spread }>('../hark/v1/figures/spreads');
  expect([firstAnswer.chats, firstAnswer.median.fromMs, firstAnswer.items.map(({ chats }) => chats)]).toEqual([1, 0, [1, 0, 0, 0, 0, 0]]);
  const console = await open(`/reports/overview?from=${today}&until=${today}`);
  const { page } = console;
  expect(await strip(page)).toMatchObject({ 'First answer, median': 'under 15s', 'Answered within 2m': '33.3%', 'Chat, median': 'under 2m' });
  const chart = page.getByRole('region', { name: 'First answer' });
  await chart.getByRole('button', { name: 'As a table' }).click();
  await chart.getByRole('row', { name: /under 15s 1 100%/ }).waitFor();
  await chart.getByRole('row', { name: /5m and longer 0/ }).waitFor();
  await page.getByRole('combobox', { name: 'Department' }).selectOption('Sales');
  await expect.poll(async () => (await strip(page))['First answer, median']).toBe('–');
  await console.leave();
});

test('the days and what they are compared with stand in the address, and go along', async () => {
  const console = await open('/reports/overview?from=2026-01-05&until=2026-01-11');
  const { page } = console;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  await shown(page);
  /** The stretches that were asked for. */
  const days = (): readonly string[] =>
    asked.flatMap((url) => (/by=day&firstDay=([\d-]+)&lastDay=([\d-]+)/.exec(url) ?? []).slice(1).join(' ') || []).toSorted();
  expect(days()).toEqual(['2025-12-29 2026-01-04', '2026-01-05 2026-01-11']);
  asked.length = 0;
  await page.getByRole('combobox', { name: 'Compared with' }).selectOption('against a year before');
  await expect.poll(() => page.url()).toContain('against=year');
  await expect.poll(days).toEqual(['2025-01-06 2025-01-12', '2026-01-05 2026-01-11']);
  // Where there was nothing, the charts say so.
  await page.getByText('Nothing in this time').first().waitFor();
  await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'Tags' }).click();
  await expect.poll(() => page.url()).toBe(`${desk.url}/reports/tags?from=2026-01-05&until=2026-01-11&against=year`);
  await page.getByRole('button', { name: /7 days/ }).click();
  await page.getByRole('dialog', { name: 'Days' }).getByRole('button', { name: 'Last 28 days' }).click();
  await expect.poll(() => page.url()).not.toContain('2026-01-05');
  await page.getByRole('cell', { name: 'refund' }).waitFor();
  // Days that there are not, and more of them than a report has.
  await page.goto(`${desk.url}/reports/tags?from=2026-02-31&until=2026-13-01`);
  await page.getByRole('button', { name: /28 days/ }).waitFor();
  await page.getByRole('cell', { name: 'refund' }).waitFor();
  await page.goto(`${desk.url}/reports/tags?from=1999-01-01&until=2026-11-24`);
  await page.getByRole('button', { name: /369 days/ }).waitFor();
  await page.getByText(/^A report covers 369 days at most, so this one begins on .*21.* 2025\.$/).waitFor();
  await page.getByText('Nothing in this time').first().waitFor();
  await console.leave();
});

test('a report is of one department or of all, and says which', async () => {
  const console = await open('/reports/overview');
  const { page } = console;
  const menu = page.getByRole('navigation', { name: 'Reports' });
  const choice = page.getByRole('combobox', { name: 'Department' });
  await choice.selectOption('Sales');
  await expect.poll(async () => (await strip(page))['Chats']).toBe('1');
  await menu.getByRole('link', { name: 'Satisfaction' }).click();
  await expect.poll(() => page.url()).toContain('/reports/satisfaction');
  await shown(page);
  // Of these chats none was rated, and none has a tag.
  expect(await strip(page)).toMatchObject({ Chats: '1', Rating: '–' });
  await choice.selectOption('Support');
  await expect.poll(async () => (await strip(page))['Rating']).toBe('4');
  expect(await strip(page)).toMatchObject({ Chats: '2' });
  await menu.getByRole('link', { name: 'Tags' }).click();
  await page.getByRole('cell', { name: 'refund' }).waitFor();
  await choice.selectOption('Sales');
  await page.getByText('Nothing in this time').first().waitFor();
  // After an update, before the job is through.
  await page.route('**/figures/sums*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), countedFrom: '2026-11-24' } });
  });
  await page.reload();
  await page.getByText('Ratings, tags and times of departments before 24 Nov are still being counted.').waitFor();
  await page.unroute('**/figures/sums*');
  await page.reload();
  await page.getByText('Nothing in this time').first().waitFor();
  expect(await page.getByText('are still being counted').count()).toBe(0);
  // The choice stands where it can be kept to.
  await menu.getByRole('link', { name: 'Chats' }).click();
  await expect.poll(() => choice.inputValue()).toBe(sales);
  await expect.poll(async () => (await strip(page))['Chats']).toBe('1');
  await console.leave();
});

test('days are those of the zone for reports, wherever one sits', async () => {
  const today = (await sums('by=day')).firstDay;
  const isThere = (timeZone: string): boolean => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format() === today;
  const timezoneId = ['Pacific/Kiritimati', 'Etc/GMT+12'].find((zone) => !isThere(zone));
  expect(timezoneId).toBeDefined();
  const console = await open('/reports/overview', { timezoneId: timezoneId ?? '' });
  const { page } = console;
  expect((await strip(page))['Chats']).toBe('3');
  await page.getByRole('button', { name: /28 days/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Days' });
  expect(await dialog.getByLabel('Until').inputValue()).toBe(today);
  await dialog.getByRole('button', { name: 'Today' }).click();
  await expect.poll(() => page.url()).toContain(`from=${today}&until=${today}`);
  await expect.poll(async () => (await strip(page))['Chats']).toBe('3');
  await console.leave();
});

test('a report is saved under a name, removed, and kept again', async () => {
  const console = await open('/reports/agents');
  const { page } = console;
  await page.getByRole('button', { name: 'Save report' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save report' });
  expect(await faultsInside(page.mainFrame(), '.save-as form')).toEqual([]);
  await dialog.getByLabel('Name').fill('Monday round');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Monday round' }).waitFor();
  expect(page.url()).toMatch(/\/reports\/saved\/\w+$/);
  await page.reload();
  await page.getByRole('heading', { name: 'Monday round' }).waitFor();
  await page.getByRole('table', { name: 'Agents' }).waitFor();
  const { items } = await desk.admin.ask<{ items: { name: string; report: object | null }[] }>('../hark/v1/views');
  expect(items).toMatchObject([{ name: 'Monday round', report: { kind: 'agents', days: 28, against: 'before' } }]);
  const menu = page.getByRole('navigation', { name: 'Reports' });
  expect(await menu.getByRole('link', { name: 'Monday round' }).getAttribute('aria-current')).toBe('page');
  // What is asked of it is another report, behind which it is still there.
  await page.getByRole('combobox', { name: 'Compared with' }).selectOption('no comparison');
  await page.getByRole('heading', { name: 'Agents' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Monday round' }).waitFor();
  await page.getByRole('button', { name: 'Remove saved report' }).click();
  await expect.poll(() => page.url()).toContain('/reports/agents?');
  await expect.poll(() => menu.getByRole('link', { name: 'Monday round' }).count()).toBe(0);
  await page.getByText('Monday round is deleted').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { name: 'Monday round' }).waitFor();
  expect(await desk.admin.ask<object>('../hark/v1/views')).toMatchObject({ items: [{ name: 'Monday round', report: { kind: 'agents', days: 28, against: 'before' } }] });
  await page.getByRole('button', { name: 'Remove saved report' }).click();
  await expect.poll(() => menu.getByRole('link', { name: 'Monday round' }).count()).toBe(0);
  await page.goto(`${desk.url}/reports/saved/gone`);
  await page.getByRole('heading', { name: 'There is no such report' }).waitFor();
  await console.leave();
});

test('what is shown is a file, in which nothing is a formula', async () => {
  const console = await open('/reports/tags');
  const { page } = console;
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^tags-[\d-]+\.csv$/);
  const lines = (await readFile(await file.path(), 'utf8')).split('\r\n');
  expect(lines).toEqual(['\uFEFFTag,Chats,Share of chats (%)', "'=1+1,1,33.333", 'refund,1,33.333', '']);
  await console.leave();
});

/** The lines of the file of the report that is shown. */
async function fileOf(page: Page): Promise<readonly string[]> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  return (await readFile(await file.path(), 'utf8')).replace('\uFEFF', '').split('\r\n');
}

const first = (lines: readonly string[]): readonly (string | undefined)[] => lines.map((line) => line.split(',')[0]);

test('a file has numbers as programs read them, whatever the language', async () => {
  const console = await open('/reports/departments', { locale: 'de-DE' });
  const { page } = console;
  const [head, support, other] = await fileOf(page);
  expect(head).toBe('Abteilung,Chats,Erste Antwort (s),Jede Antwort (s),"Chat, Mittel (s)",Nicht beantwortet (%),Weitergeleitet (%),Nachrichten');
  expect(support).toMatch(/^Support,2,[\d.]+,[\d.]+,[\d.]+,50,0,\d+$/);
  // Nobody has answered it yet.
  expect(other).toMatch(/^Sales,1,,,,100,0,\d+$/);
  await console.leave();
});

test('a file has what the page shows, in its order', async () => {
  const console = await open('/reports/departments');
  const { page } = console;
  expect(first(await fileOf(page))).toEqual(['Department', 'Support', 'Sales', '']);
  await page.getByRole('table', { name: 'Departments' }).getByRole('button', { name: 'Chats' }).click();
  expect(first(await fileOf(page))).toEqual(['Department', 'Sales', 'Support', '']);
  // One day had chats; when in the week they came stands below it.
  await page.goto(`${desk.url}/reports/chats`);
  await shown(page);
  const today = (await sums('by=day')).firstDay;
  expect(first(await fileOf(page)).slice(0, 4)).toEqual(['Day', today, '', 'When they come']);
  await page.goto(`${desk.url}/reports/overview?from=${today}&until=${today}`);
  await shown(page);
  expect(first(await fileOf(page)).filter((cell) => /^[A-Z]/.test(cell ?? '')).slice(0, -2)).toEqual(
    ['Day', 'First answer', 'When they come', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday', 'Rating', 'Agent'],
  );
  await console.leave();
});

test('a chart has its table, and a table its order', async () => {
  const console = await open('/reports/chats');
  const { page } = console;
  const chart = page.getByRole('region', { name: 'Chats a day' });
  await chart.getByRole('img', { name: /^3 chats; most on/ }).waitFor();
  await chart.getByRole('button', { name: 'As a table' }).click();
  expect(await chart.getByRole('row').count()).toBe(29);
  await page.goto(`${desk.url}/reports/departments`);
  await shown(page);
  const names = (): Promise<string[]> => page.getByRole('table', { name: 'Departments' }).locator('tbody td:first-child').allInnerTexts();
  expect(await names()).toEqual(['Support', 'Sales']);
  await page.getByRole('table', { name: 'Departments' }).getByRole('button', { name: 'Chats' }).click();
  expect(await names()).toEqual(['Sales', 'Support']);
  expect(await page.getByRole('columnheader', { name: 'Chats' }).getAttribute('aria-sort')).toBe('ascending');
  await console.leave();
});

/** A4 between its margins. */
const PAPER = { width: 718, height: 1000 };

/** How far to the right their columns reach. */
const rightOfTables = (page: Page): Promise<number> =>
  page.locator('table').evaluateAll((all) => Math.max(...all.map((table) => table.getBoundingClientRect().right)));

test('on paper there is the report alone', async () => {
  const console = await open('/reports/overview', { colorScheme: 'dark' });
  const { page } = console;
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.rail').isVisible()).toBe(false);
  expect(await page.locator('.menu').isVisible()).toBe(false);
  expect(await page.getByRole('button').count()).toBe(await page.locator('.reports-table th button').count());
  expect(await page.getByRole('heading', { name: 'Overview' }).isVisible()).toBe(true);
  // White paper, and nothing in a box that scrolls.
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light');
  expect(await page.locator('.page-body').evaluate((body) => body.scrollHeight - body.clientHeight)).toBe(0);
  await page.setViewportSize(PAPER);
  for (const kind of ['agents', 'chats', 'departments']) {
    await page.goto(`${desk.url}/reports/${kind}`);
    await shown(page);
    expect([kind, await rightOfTables(page)]).toEqual([kind, PAPER.width]);
  }
  await console.leave();
});

test('what cannot be read says so, and is tried again', async () => {
  const console = await open('/reports/overview');
  const { page } = console;
  await page.route('**/figures/sums*', (route) => route.abort());
  await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'Chats' }).click();
  await page.getByRole('alert').getByRole('heading').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.unroute('**/figures/sums*');
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.locator('.reports-figures').waitFor();
  await console.leave();
});

test('it is opened by keys, and an agent is told who can let them in', async () => {
  const manager = await Console.logIn(browser, desk.server.url, ADMIN);
  await manager.page.keyboard.press('g');
  await manager.page.keyboard.press('r');
  await manager.page.getByRole('heading', { name: 'Overview' }).waitFor();
  await manager.leave();
  const agent = await Console.logIn(browser, `${desk.url}/reports/overview`, amy);
  await agent.page.getByText(/Ada Admin/).waitFor();
  expect(await accessibilityFaults(agent.page)).toEqual([]);
  await agent.leave();
});

test('the report about webhooks is of its days', async () => {
  // The workspace's webhook is always there, and counts once it has an address.
  const empty = await Console.logIn(browser, `${desk.url}/reports/webhooks`, ADMIN);
  await empty.page.getByRole('heading', { name: 'No endpoints yet' }).waitFor();
  await empty.leave();
  const receiver = await Receiver.start();
  const headers = { ...desk.admin.credentials, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ name: `Orders${' and their parcels'.repeat(6)}`, url: receiver.url('/orders'), events: ['chat.started'] });
  const made = await fetch(`${desk.server.url}api/hark/v1/endpoints`, { method: 'POST', headers, body });
  const { id } = (await made.json()) as { id: string };
  await Guest.come(desk, 'Ada', 'Hello');
  await expect.poll(() => receiver.of('/orders').length).toBe(1);
  const delivered = async (): Promise<number> => {
    const { items } = await desk.admin.ask<{ items: { delivered: number }[] }>(`../hark/v1/endpoints/${id}/half-hours`);
    return items.reduce((sum, half) => sum + half.delivered, 0);
  };
  await expect.poll(delivered).toBe(1);
  const today = (await sums('by=day')).firstDay;
  const console = await open(`/reports/webhooks?from=${today}&until=${today}`);
  const { page } = console;
  expect(await strip(page)).toMatchObject({ Delivered: '1', 'Failed attempts': '0', 'Requests that arrived': '100%' });
  await page.getByRole('img', { name: '1 arrived, 0 failed' }).waitFor();
  expect(await page.getByText('Workspace webhook').count()).toBe(0);
  expect(await rightOfTables(page)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize(PAPER);
  expect(await rightOfTables(page)).toBeLessThanOrEqual(PAPER.width);
  await page.emulateMedia({ media: 'screen' });
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.goto(`${desk.url}/reports/webhooks?from=2026-01-05&until=2026-01-11`);
  await page.getByText('What is sent is counted for two weeks').waitFor();
  expect(await strip(page)).toMatchObject({ Delivered: '0', 'Requests that arrived': '–' });
  await console.leave();
  await fetch(`${desk.server.url}api/hark/v1/endpoints/${id}`, { method: 'DELETE', headers });
  receiver.stop();
});
