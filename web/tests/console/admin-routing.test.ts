// Administration, as somebody who manages a desk does it: what they change is what the API says afterwards.
import type { BrowserContextOptions } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

interface Department {
  readonly _id: string;
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly archived?: boolean;
  readonly fallbackForwardDepartment?: string;
  readonly chatClosingTags?: readonly string[];
}

interface Link {
  readonly agentId: string;
  readonly order: number;
}

async function departments(): Promise<readonly Department[]> {
  return (await desk.admin.ask<{ departments: Department[] }>('livechat/department?count=0&showArchived=true')).departments;
}

const named = async (name: string): Promise<Department | undefined> => (await departments()).find((one) => one.name === name);

async function open(path: string, options: BrowserContextOptions = {}, who: { username: string; password: string } = ADMIN): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, who, options);
  await console.page.goto(`${desk.server.url}${path}`);
  return console;
}

beforeAll(async () => {
  const tom = await desk.agent('tom', 'Tom Field');
  await desk.department('Sales', [tom]);
  await desk.department('Support', [amy, tom]);
  await desk.department('Billing', [amy]);
});

describe('departments', () => {
  test('are walked by keys, found, sorted and exported as they are shown', async () => {
    const console = await open('admin/departments');
    const { page } = console;
    await page.getByRole('link', { name: 'Sales', exact: true }).waitFor();
    const names = async (): Promise<string[]> => await page.locator('tbody th a').allInnerTexts();
    expect(await names()).toEqual(['Billing', 'Sales', 'Support']);
    await page.getByRole('button', { name: 'Department', exact: true }).click();
    await page.getByRole('button', { name: 'Department', exact: true }).click();
    await expect.poll(names).toEqual(['Support', 'Sales', 'Billing']);
    expect(await page.getByRole('columnheader', { name: 'Department' }).getAttribute('aria-sort')).toBe('descending');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Sales' }).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('complementary', { name: 'Billing' }).waitFor();
    expect(page.url()).toContain(`/admin/departments/${(await named('Billing'))?._id ?? ''}`);
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    const search = page.getByRole('searchbox', { name: 'Search in Departments' });
    await search.fill('amy');
    await expect.poll(names).toEqual(['Support', 'Billing']);
    const [download] = await Promise.all([page.waitForEvent('download'), console.button('Export what is shown (CSV)').click()]);
    const text = await (await download.createReadStream()).toArray().then((pieces) => Buffer.concat(pieces as Buffer[]).toString());
    expect(text.split('\r\n').slice(0, 3)).toEqual(['\uFEFFDepartment,Agents,Agents online,Waiting,Hours,State', 'Support,"Amy Winter, Tom Field",2,0,Always,Open', 'Billing,Amy Winter,1,0,Always,Open']);
    await search.fill('nothing like this');
    await page.getByText('Nothing matches “nothing like this”').waitFor();
    await console.button('Clear the search').click();
    await expect.poll(names).toHaveLength(3);
    await console.leave();
  });

  test('one is made, changed, archived and removed', async () => {
    const console = await open('admin/departments');
    const { page } = console;
    await page.getByRole('link', { name: 'Sales', exact: true }).waitFor();
    await page.keyboard.press('n');
    const drawer = page.getByRole('complementary', { name: 'New department' });
    await drawer.getByLabel('Name', { exact: true }).fill('Workshops');
    await drawer.getByLabel('E-mail').fill('workshops@example.org');
    await drawer.getByLabel('Add an agent').selectOption({ label: 'Amy Winter' });
    await drawer.getByLabel('Chats of Amy Winter at most').fill('4');
    await drawer.getByLabel('Order of Amy Winter').fill('2');
    await drawer.getByLabel('When no one is online').selectOption({ label: 'Sales' });
    await page.keyboard.press('Control+s');
    const made = page.getByRole('complementary', { name: 'Workshops' });
    await made.waitFor();
    const workshops = await named('Workshops');
    const id = workshops?._id ?? '';
    expect(page.url()).toContain(id);
    expect(workshops?.fallbackForwardDepartment).toBe((await named('Sales'))?._id);
    const { agents } = await desk.admin.ask<{ agents: Link[] }>(`livechat/department/${id}/agents`);
    expect(agents.map(({ agentId, order }) => [agentId, order])).toEqual([[amy.id, 2]]);
    const { users } = await desk.admin.ask<{ users: { _id: string; livechat?: { maxNumberSimultaneousChat?: number } }[] }>('livechat/users/agent?count=0');
    expect(users.find(({ _id }) => _id === amy.id)?.livechat?.maxNumberSimultaneousChat).toBe(4);

    await made.getByLabel('Description').fill('Evenings at the wheel');
    await made.getByRole('switch', { name: 'Closing needs a tag' }).click();
    await made.getByLabel('Tags at closing').fill('workshop');
    await made.getByLabel('Tags at closing').press('Enter');
    await made.getByRole('button', { name: 'Take Amy Winter out' }).click();
    await made.getByText('4 changes').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Control+s');
    await made.getByText('4 changes').waitFor({ state: 'detached' });
    expect(await named('Workshops')).toMatchObject({ description: 'Evenings at the wheel', chatClosingTags: ['workshop'] });
    expect((await desk.admin.ask<{ agents: Link[] }>(`livechat/department/${id}/agents`)).agents).toEqual([]);

    await made.getByRole('button', { name: 'More' }).click();
    await console.button('Archive').click();
    await made.getByText('Archived: it takes no chats').waitFor();
    expect((await named('Workshops'))?.archived).toBe(true);
    await made.getByRole('button', { name: 'More' }).click();
    await console.button('Delete').click();
    await page.getByRole('dialog', { name: 'Remove Workshops?' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'Workshops', exact: true }).waitFor({ state: 'detached' });
    expect(await named('Workshops')).toBeUndefined();
    await console.leave();
  });

  test('two people on one: the second hears who was first, compares, and nothing is lost', async () => {
    const id = (await named('Support'))?._id ?? '';
    const console = await open(`admin/departments/${id}`);
    const { page } = console;
    const drawer = page.getByRole('complementary', { name: 'Support' });
    await drawer.getByLabel('Description').fill('Mine');
    const { department } = await desk.admin.ask<{ department: Department }>(`livechat/department/${id}`);
    const { name, enabled } = department;
    const theirs = { name, enabled, email: 'support@example.org', showOnRegistration: true, showOnOfflineForm: true, description: 'Theirs' };
    const answer = await fetch(`${desk.server.url}api/v1/livechat/department/${id}`, {
      method: 'PUT',
      headers: { ...desk.admin.credentials, 'Content-Type': 'application/json' },
      body: JSON.stringify({ department: theirs }),
    });
    expect(answer.status).toBe(200);
    await drawer.getByRole('button', { name: /^Save/ }).click();
    await drawer.getByText('Not saved: admin changed it').waitFor();
    await drawer.getByRole('button', { name: 'Compare' }).click();
    const compare = page.getByRole('dialog', { name: 'Compare' });
    expect(await compare.getByRole('row', { name: /Description/ }).innerText()).toMatch(/Theirs\s+Mine/);
    await compare.getByRole('button', { name: 'Save mine over it' }).click();
    await expect.poll(async () => (await named('Support'))?.description).toBe('Mine');
    // Leaving with changes asks.
    await drawer.getByLabel('Description').fill('Half a thought');
    await page.getByLabel('Description').blur();
    await page.keyboard.press('k');
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await console.button('Stay').click();
    expect(await drawer.getByLabel('Description').inputValue()).toBe('Half a thought');
    await drawer.getByRole('button', { name: 'Discard' }).click();
    await console.leave();
  });
});

const WAYS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ['Arabic', {}],
];

describe.for(WAYS)('in %s', ([way, options]) => {
  test('nothing is wrong with how they look', async () => {
    const id = (await named('Sales'))?._id ?? '';
    const console = await open('admin/departments', options);
    const { page } = console;
    if (way === 'Arabic') {
      await page.evaluate(() => localStorage.setItem('hark.console.language', 'ar'));
      await page.reload();
    }
    await page.locator('tbody tr').nth(2).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${desk.server.url}admin/departments/${id}`);
    await page.locator('aside input').first().waitFor();
    await page.locator('aside summary').click();
    expect(await accessibilityFaults(page)).toEqual([]);
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(content).toBe(window);
    await console.leave();
  });
});

test('what is not for one says who can help', async () => {
  const console = await open('admin/departments', {}, amy);
  await console.page.getByRole('heading', { name: 'Departments: not for your roles' }).waitFor();
  await expect.poll(() => console.page.getByRole('main').innerText()).toContain('Ada Admin can let you in.');
  await console.leave();
});
