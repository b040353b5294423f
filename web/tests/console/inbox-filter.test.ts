// Which chats of the inbox's lists are wanted, and in which order: chosen in a popover, kept in the address.
import type { BrowserContextOptions } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let amy: Agent;
let tom: Agent;
let support: string;
let sales: string;
const guests: Record<string, Guest> = {};

/** Department, tags and who has it; nobody: it waits. The first has waited longest. */
const CHATS = (): readonly (readonly [name: string, department: string, agent?: Agent, ...tags: string[]])[] => [
  ['Ann', support, amy, 'breakage'],
  ['Ben', sales, amy, 'workshop'],
  ['Cal', support, amy],
  ['Dan', support],
  ['Eve', sales],
  ['Fay', sales, tom, 'breakage'],
];

beforeAll(async () => {
  amy = await desk.agent('amy', 'Amy Winter');
  tom = await desk.agent('tom', 'Tom Field');
  support = await desk.department('Support', [amy, tom]);
  sales = await desk.department('Sales', [amy, tom]);
  await desk.admin.tell('livechat/users/manager', { username: amy.username });
  for (const [name, department, agent, ...tags] of CHATS()) {
    const guest = await Guest.come(desk, name, `${name} writes`, { department });
    guests[name] = guest;
    if (agent !== undefined) {
      await desk.take(agent, guest.rid);
      await tag(agent, guest, tags);
    }
  }
  const { priorities } = await desk.admin.ask<{ priorities: { _id: string }[] }>('livechat/priorities');
  await desk.admin.tell(`livechat/room/${guests['Cal']?.rid}/priority`, { priorityId: priorities[0]?._id });
});

async function tag(agent: Agent, { rid }: Guest, tags: readonly string[]): Promise<void> {
  const { v } = await desk.room(rid);
  await agent.caller.tell('livechat/room.saveInfo', { guestData: { _id: v['_id' as keyof object] }, roomData: { _id: rid, tags } });
}

const open = async (query = '', options: BrowserContextOptions = {}): Promise<Console> => await Console.logIn(browser, `${desk.url}/inbox${query}`, amy, options);

const names = ({ page }: Console) => page.locator('a.row .who').allInnerTexts();
const chips = ({ page }: Console) => page.getByRole('list', { name: 'Filter and sort' }).getByRole('button');
const choice = ({ page }: Console) => page.getByRole('dialog', { name: 'Filter and sort' });
const button = ({ page }: Console) => page.getByRole('button', { name: /^Filter and sort/ });
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
const set = async (console: Console) => (await chips(console).allInnerTexts()).map((text) => oneLine(text).replace(' Remove this filter', ''));
const groups = async ({ page }: Console) => (await page.locator('h2.group').allInnerTexts()).map(oneLine);
const search = ({ page }: Console) => new URL(page.url()).search;

test('own chats are filtered by keys, and the address keeps it', async () => {
  const console = await open();
  const { page } = console;
  await expect.poll(() => names(console)).toEqual(['Ann', 'Ben', 'Cal']);
  await button(console).focus();
  await page.keyboard.press('Enter');
  const department = choice(console).getByLabel('Department');
  await expect.poll(() => department.evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await choice(console).getByLabel('Agent').count()).toBe(0);
  expect(await faultsInLightAndDark(page)).toEqual([]);
  await department.selectOption('Support');
  await expect.poll(() => names(console)).toEqual(['Ann', 'Cal']);
  await choice(console).getByText('2 of 3 are shown').waitFor();
  expect(await groups(console)).toEqual(['Needs an answer 2']);
  await choice(console).getByLabel('Tag').selectOption('breakage');
  await expect.poll(() => names(console)).toEqual(['Ann']);
  await page.keyboard.press('Escape');
  expect(await button(console).evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await button(console).innerText()).toMatch(/^Filter and sort, 2 filters/);
  expect(await set(console)).toEqual(['Department Support', 'Tag breakage']);
  expect(await faultsInLightAndDark(page)).toEqual([]);
  const filtered = `?department=${support}&tag=breakage`;
  expect(search(console)).toBe(filtered);
  // What one does with the list leaves it as it is.
  await page.reload();
  await expect.poll(() => names(console)).toEqual(['Ann']);
  await button(console).focus();
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'Ann', exact: true }).waitFor();
  expect(search(console)).toBe(filtered);
  await page.goBack();
  await page.getByRole('heading', { name: /visitors are waiting/ }).waitFor();
  await console.openChat('Ann');
  expect(search(console)).toBe(filtered);
  // Counts are those of everything.
  expect((await page.getByRole('tablist', { name: 'Which chats' }).getByRole('tab').allInnerTexts()).map(oneLine)).toEqual(['Mine 3', 'Queue 2', 'All 6']);
  await page.getByText('2 waiting').waitFor();
  await page.getByRole('tab', { name: /^Queue/ }).click();
  await expect.poll(() => names(console)).toEqual(['Dan']);
  // Which tags those have who wait, nobody says.
  expect(await set(console)).toEqual(['Department Support']);
  await page.getByRole('tab', { name: /^Mine/ }).click();
  await expect.poll(() => names(console)).toEqual(['Ann']);
  expect(search(console)).toBe(filtered);
  await console.leave();
});

test('a filter is taken away by itself, and all of them where they leave nothing', async () => {
  const console = await open(`/${guests['Ben']?.rid}?department=${support}&tag=workshop&sort=latest`);
  const { page } = console;
  await page.getByText('No chat has all of these: Support and workshop.').waitFor();
  expect(await faultsInLightAndDark(page)).toEqual([]);
  // The open chat stays, whatever is wanted of the list.
  await page.getByRole('heading', { name: 'Ben', exact: true }).waitFor();
  await chips(console).filter({ hasText: 'Department' }).click();
  await expect.poll(() => names(console)).toEqual(['Ben']);
  expect(await chips(console).filter({ hasText: 'Tag' }).evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await expect.poll(() => names(console)).toEqual(['Cal', 'Ben', 'Ann']);
  await page.keyboard.press('Enter');
  await chips(console).first().waitFor({ state: 'detached' });
  expect(await button(console).evaluate((one) => one === document.activeElement)).toBe(true);
  expect(search(console)).toBe('');
  await page.goto(`${desk.url}/inbox?department=${support}&tag=workshop`);
  // What comes stands there at once, although the pointer is on the list.
  await page.locator('.rows').hover();
  await page.getByRole('button', { name: 'Remove the filters' }).click();
  await expect.poll(() => names(console)).toEqual(['Ann', 'Ben', 'Cal']);
  expect(await groups(console)).toEqual(['Needs an answer 3']);
  expect(await button(console).evaluate((one) => one === document.activeElement)).toBe(true);
  await console.leave();
});

test('a list that holds still for a key shows at once what is wanted now', async () => {
  const console = await open(`?department=${support}`);
  const { page } = console;
  await expect.poll(() => names(console)).toEqual(['Ann', 'Cal']);
  await console.row('Ann').focus();
  await page.keyboard.press('ArrowDown');
  await chips(console).click();
  await expect.poll(() => names(console)).toEqual(['Ann', 'Ben', 'Cal']);
  expect(await groups(console)).toEqual(['Needs an answer 3']);
  await console.leave();
});

test('the list has another order', async () => {
  const console = await open('?sort=urgent');
  const { page } = console;
  await expect.poll(() => names(console)).toEqual(['Cal', 'Ann', 'Ben']);
  await page.getByRole('tab', { name: /^Queue/ }).click();
  await expect.poll(() => names(console)).toEqual(['Dan', 'Eve']);
  await button(console).click();
  await choice(console).getByLabel('Sort').selectOption('Latest first');
  await expect.poll(() => names(console)).toEqual(['Eve', 'Dan']);
  // No filter: nothing is left out.
  expect(await button(console).innerText()).toBe('Filter and sort');
  await choice(console).getByLabel('Sort').selectOption('Oldest first');
  await expect.poll(() => names(console)).toEqual(['Dan', 'Eve']);
  await page.getByRole('tab', { name: /^All/ }).click({ force: true });
  await expect.poll(() => names(console)).toEqual(['Dan', 'Eve', 'Ann', 'Ben', 'Cal', 'Fay']);
  expect(search(console)).toBe('?view=all&sort=earliest');
  await console.leave();
});

test('of all chats the server finds those that are wanted', async () => {
  const console = await open('?view=all');
  const { page } = console;
  const asked: URLSearchParams[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith('/livechat/rooms')) {
      asked.push(searchParams);
    }
  });
  await expect.poll(() => names(console)).toEqual(['Dan', 'Eve', 'Fay', 'Cal', 'Ben', 'Ann']);
  await button(console).click();
  await choice(console).getByLabel('Agent').selectOption('Tom Field');
  // Nobody has what waits.
  await expect.poll(() => names(console)).toEqual(['Fay']);
  await choice(console).getByText('1 of 6 are shown').waitFor();
  expect(asked.some((one) => one.get('agents[]') === tom.id)).toBe(true);
  await choice(console).getByRole('button', { name: 'Remove the filters' }).click();
  await choice(console).getByLabel('Tag').selectOption('breakage');
  await expect.poll(() => names(console)).toEqual(['Fay', 'Ann']);
  await expect.poll(() => asked.some((one) => one.get('tags[]') === 'breakage')).toBe(true);
  await choice(console).getByLabel('Department').selectOption('Sales');
  await expect.poll(() => names(console)).toEqual(['Fay']);
  await expect.poll(() => asked.some((one) => one.get('departmentId') === sales && one.get('tags[]') === 'breakage')).toBe(true);
  await page.keyboard.press('Escape');
  await chips(console).filter({ hasText: 'Department' }).click();
  await expect.poll(() => names(console)).toEqual(['Fay', 'Ann']);
  // What comes back into the queue keeps its tags.
  const guest = await Guest.come(desk, 'Hal', 'Hal writes', { department: sales });
  await desk.take(tom, guest.rid);
  await tag(tom, guest, ['breakage']);
  await desk.method('livechat:returnAsInquiry', guest.rid, sales);
  await expect.poll(() => groups(console)).toEqual(['In the queue 1', 'Open chats 2']);
  expect(await console.row('Hal').innerText()).toContain('breakage');
  await desk.take(tom, guest.rid);
  await desk.close(tom, guest.rid);
  await console.leave();
});

test('what comes and is not wanted is counted, and not shown', async () => {
  const console = await open(`?view=queue&department=${support}`);
  const { page } = console;
  await expect.poll(() => names(console)).toEqual(['Dan']);
  const guest = await Guest.come(desk, 'Gil', 'Gil writes', { department: sales });
  await page.getByText('3 waiting').waitFor();
  expect(await names(console)).toEqual(['Dan']);
  await chips(console).click();
  await expect.poll(() => names(console)).toEqual(['Dan', 'Eve', 'Gil']);
  await desk.take(amy, guest.rid);
  await desk.close(amy, guest.rid);
  await console.leave();
});

test('of more chats than are read it is said how many were looked through', async () => {
  const console = await open();
  const { page } = console;
  await page.route(/livechat\/rooms\?/, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { rooms: unknown[]; total: number };
    await route.fulfill({ response: answer, json: { ...body, total: new URL(route.request().url()).searchParams.has('onhold') ? 0 : 640 } });
  });
  await page.getByRole('tab', { name: /^All/ }).click();
  await page.goto(`${desk.url}/inbox?view=all&channel=email`);
  await page.getByText('No chat has all of these: E-mail.').waitFor();
  const foot = () => page.locator('p.empty-list').innerText();
  await expect.poll(foot).toBe('Only 6 of 642 chats were searched');
  await page.goto(`${desk.url}/inbox?view=all&department=${sales}`);
  await expect.poll(foot).toBe('3 of 641 are shown');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await console.leave();
});

test('on a phone it is a sheet at the bottom', async () => {
  const console = await open('', PHONE);
  const { page } = console;
  await button(console).click();
  await choice(console).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  const { x = -1, y = 0, width = 0, height = 0 } = (await choice(console).boundingBox()) ?? {};
  expect([x, width, y + height]).toEqual([0, 390, 844]);
  await choice(console).getByLabel('Department').selectOption('Sales');
  await expect.poll(() => names(console)).toEqual(['Ben']);
  await page.getByRole('heading', { name: 'Inbox' }).click();
  await choice(console).waitFor({ state: 'detached' });
  const chip = await chips(console).boundingBox();
  expect(chip?.height).toBeGreaterThanOrEqual(44);
  await console.openChat('Ben');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect.poll(() => names(console)).toEqual(['Ben']);
  await console.leave();
});
