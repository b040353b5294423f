// Canned responses and tags, as a manager looks after them, and an agent their own.
import type { BrowserContextOptions, Locator } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

let support: string;

beforeAll(async () => {
  support = await desk.department('Support', [amy]);
});

async function page(path: string, heading: string, options: BrowserContextOptions = {}, who: { username: string; password: string } = ADMIN): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}admin/${path}`, who, options);
  await console.page.getByRole('heading', { name: heading, exact: true }).waitFor();
  return console;
}

interface Canned {
  readonly _id: string;
  readonly shortcut: string;
  readonly text: string;
  readonly scope: string;
  readonly tags: readonly string[];
  readonly departmentId?: string;
}

const canned = async (shortcut: string): Promise<Canned | undefined> => {
  const { cannedResponses } = await desk.admin.ask<{ cannedResponses: Canned[] }>(`canned-responses?shortcut=${shortcut}`);
  return cannedResponses.find((one) => one.shortcut === shortcut);
};

const drawer = (console: Console, name: string): Locator => console.page.getByRole('complementary', { name, exact: true });

test('a manager writes a canned response, sees it as a visitor does, changes and deletes it', async () => {
  const console = await page('canned', 'Canned responses');
  const at = console.page;
  await at.getByRole('heading', { name: 'No canned responses yet' }).waitFor();
  expect(await accessibilityFaults(at)).toEqual([]);
  await at.getByRole('link', { name: 'New canned response' }).click();
  const made = drawer(console, 'New canned response');
  await made.getByLabel('Shortcut').fill('/hello');
  await made.getByLabel('Text').fill('Hello , how can I help?');
  await made.getByLabel('Text').evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(6, 6));
  await made.getByRole('button', { name: '{{contact.name}}' }).click();
  await made.getByText('Hello Noor Jansen, how can I help?').waitFor();
  await made.getByLabel('Tags').fill('greeting');
  await made.getByLabel('Tags').press('Enter');
  expect(await accessibilityFaults(at)).toEqual([]);
  await console.button('Save').click();
  await at.getByRole('link', { name: '/hello' }).waitFor();
  expect(await canned('hello')).toMatchObject({ text: 'Hello {{contact.name}}, how can I help?', scope: 'global', tags: ['greeting'] });

  await at.getByRole('link', { name: '/hello' }).click();
  const shown = drawer(console, '/hello');
  await shown.getByLabel('Text').fill('Dear {{contact.nmae}}');
  await shown.getByText('Nothing can be filled in for {{contact.nmae}}.').waitFor();
  await shown.getByLabel('Text').fill('Dear {{contact.name}}');
  await shown.getByLabel('For', { exact: true }).selectOption('department');
  await shown.getByLabel('Department').selectOption('Support');
  await at.keyboard.press('Control+s');
  const saved = { text: 'Dear {{contact.name}}', scope: 'department', departmentId: support };
  await expect.poll(async () => await canned('hello')).toMatchObject(saved);

  await shown.getByRole('button', { name: 'More' }).click();
  await at.getByRole('button', { name: 'Delete /hello' }).click();
  await at.getByRole('dialog', { name: 'Delete /hello?' }).getByRole('button', { name: 'Delete', exact: true }).click();
  await at.getByText('/hello is deleted').waitFor();
  await at.getByRole('heading', { name: 'No canned responses yet' }).waitFor();
  expect(await canned('hello')).toBeUndefined();
  await console.leave();
});

test('of two who change the same response the second is told, and sees both', async () => {
  await desk.admin.tell('canned-responses', { shortcut: 'parcel', text: 'It is on its way.', scope: 'global', tags: [] });
  const console = await page('canned', 'Canned responses');
  await console.page.getByRole('link', { name: '/parcel' }).click();
  const shown = drawer(console, '/parcel');
  await shown.getByLabel('Text').fill('Mine');
  const { _id } = (await canned('parcel')) ?? { _id: '' };
  await desk.admin.tell('canned-responses', { _id, shortcut: 'parcel', text: 'Theirs', scope: 'global', tags: [] });
  await console.button('Save').click();
  await shown.getByText(/Not saved: Ada Admin changed it at/).waitFor();
  await console.button('Compare').click();
  const both = console.page.getByRole('dialog', { name: 'Compare' });
  await both.getByRole('cell', { name: 'Theirs' }).waitFor();
  await both.getByRole('button', { name: 'Save mine over it' }).click();
  await expect.poll(async () => (await canned('parcel'))?.text).toBe('Mine');
  await console.leave();
});

test('an agent has their own, may use those of everybody, and changes none of those', async () => {
  const console = await page('canned', 'Canned responses', {}, amy);
  const at = console.page;
  await at.getByRole('link', { name: '/parcel' }).click();
  await drawer(console, '/parcel').getByText('You can use this answer, but not change it.').waitFor();
  expect(await accessibilityFaults(at)).toEqual([]);
  await at.getByRole('link', { name: 'New canned response' }).click();
  const made = drawer(console, 'New canned response');
  await made.getByLabel('Shortcut').fill('bye');
  await made.getByLabel('Text').fill('Goodbye');
  await console.button('Save').click();
  await at.getByRole('link', { name: '/bye' }).waitFor();
  expect(await canned('bye')).toMatchObject({ scope: 'user' });
  await at.goto(`${desk.server.url}admin/tags`);
  await at.getByRole('heading', { name: 'Tags: not for your roles' }).waitFor();
  await console.leave();
});

interface Tag {
  readonly _id: string;
  readonly name: string;
  readonly departments: readonly string[];
}

const tags = async (): Promise<readonly Tag[]> => (await desk.admin.ask<{ tags: Tag[] }>('livechat/tags?text=&viewAll=true')).tags;

test('a manager makes tags, for all departments or some, and finds and deletes them', async () => {
  const console = await page('tags', 'Tags');
  const at = console.page;
  await at.getByRole('heading', { name: 'No tags yet' }).waitFor();
  for (const [name, department] of [['refund', 'Support'], ['praise', '']] as const) {
    await at.getByRole('link', { name: 'New tag' }).click();
    const made = drawer(console, 'New tag');
    // Blanks are no name.
    await made.getByLabel('Name').fill('  ');
    await console.button('Save').click();
    await expect.poll(async () => await made.getByLabel('Name').evaluate((field) => field === document.activeElement)).toBe(true);
    await made.getByText('This cannot be empty.').waitFor();
    await made.getByLabel('Name').fill(name);
    if (department !== '') {
      await made.getByLabel(department).check();
    }
    await console.button('Save').click();
    await at.getByRole('link', { name }).waitFor();
  }
  expect((await tags()).map(({ name, departments }) => [name, departments])).toEqual([['praise', []], ['refund', [support]]]);
  await at.getByRole('cell', { name: 'All departments' }).waitFor();
  expect(await accessibilityFaults(at)).toEqual([]);
  await at.getByLabel('Search in Tags').fill('support');
  await expect.poll(() => at.locator('tbody a').allInnerTexts()).toEqual(['refund']);
  await at.keyboard.press('Tab');
  await at.keyboard.press('j');
  await at.keyboard.press('Enter');
  const shown = drawer(console, 'refund');
  // It has the focus, and gives it back, also from its fields.
  const focused = async (): Promise<string | undefined> => await at.evaluate(() => document.activeElement?.textContent ?? undefined);
  await expect.poll(focused).toBe('refund');
  expect(await shown.evaluate((one) => one.contains(document.activeElement))).toBe(true);
  await shown.getByLabel('Name').press('Escape');
  await shown.waitFor({ state: 'detached' });
  await expect.poll(focused).toBe('refund');
  await at.keyboard.press('n');
  await expect.poll(async () => await drawer(console, 'New tag').getByLabel('Name').evaluate((field) => field === document.activeElement)).toBe(true);
  await at.keyboard.type('x');
  await at.keyboard.press('Escape');
  await at.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
  await console.button('Leave without saving').click();
  await at.getByRole('link', { name: 'refund' }).click();
  await shown.waitFor();
  expect(new URL(at.url()).search).toBe('?q=support');
  await shown.getByRole('button', { name: 'More' }).click();
  await at.getByRole('button', { name: 'Delete refund' }).click();
  await at.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(async () => (await tags()).map(({ name }) => name)).toEqual(['praise']);
  await console.leave();
});

test('keys walk on into rows that were not drawn yet', async () => {
  await Promise.all(Array.from({ length: 104 }, async (_, at) => await desk.method('livechat:saveTag', null, { name: `tag ${String(at).padStart(3, '0')}`, description: '' }, [])));
  const console = await page('tags', 'Tags');
  const at = console.page;
  await at.locator('tbody tr').nth(99).waitFor();
  expect(await at.locator('tbody tr').count()).toBe(100);
  const name = await at.locator('tbody a').nth(99).innerText();
  await at.locator('tbody a').nth(98).click();
  await drawer(console, await at.locator('tbody a').nth(98).innerText()).waitFor();
  await at.keyboard.press('j');
  await drawer(console, name).waitFor();
  await at.keyboard.press('j');
  await at.locator('tbody tr').nth(100).waitFor();
  const next = await at.locator('tbody a').nth(100).innerText();
  await drawer(console, next).waitFor();
  await expect.poll(async () => await at.evaluate(() => document.activeElement?.textContent)).toBe(next);
  await console.leave();
});

test.for([
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, accessibilityFaults],
  ['Arabic', { locale: 'ar' }, faultsInLightAndDark],
] as const)('lists and drawers have no faults in %s', async ([name, options, look]) => {
  const console = await Console.logIn(browser, desk.server.url, ADMIN, options);
  const at = console.page;
  for (const path of ['canned', 'tags']) {
    await at.goto(`${desk.server.url}admin/${path}`);
    await at.locator('tbody a').first().click();
    await at.locator('.drawer input').first().waitFor();
    expect(await look(at), `${path} in ${name}`).toEqual([]);
    const [content, window] = await at.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(content).toBe(window);
  }
  await console.leave();
});

test('what the server refuses is said at its field, and what was deleted meanwhile is said, in one’s own language', async () => {
  await desk.admin.tell('canned-responses', { shortcut: 'taken', text: 'Text', scope: 'global', tags: [] });
  await desk.admin.tell('method.call/livechat:saveTag', { message: JSON.stringify({ msg: 'method', id: '1', method: 'livechat:saveTag', params: [null, { name: 'gone', description: '' }, []] }) });
  const console = await page('canned', 'Textbausteine', { locale: 'de-DE' });
  const at = console.page;
  await at.getByRole('link', { name: 'Neuer Textbaustein' }).click();
  const made = at.getByRole('complementary').last();
  await made.getByLabel('Kürzel').fill('taken');
  await made.getByLabel('Text').first().fill('Hallo');
  await at.keyboard.press('Control+s');
  await made.getByText('Das ist schon vergeben.').waitFor();
  await expect.poll(async () => await made.getByLabel('Kürzel').evaluate((field) => field === document.activeElement)).toBe(true);
  await made.getByLabel('Kürzel').fill('taken-not');
  await made.getByText('Das ist schon vergeben.').waitFor({ state: 'detached' });
  await at.keyboard.press('Control+s');
  await at.getByRole('link', { name: '/taken-not' }).waitFor();

  await at.goto(`${desk.server.url}admin/tags`);
  await at.getByRole('link', { name: 'gone' }).click();
  const shown = drawer(console, 'gone');
  await shown.getByLabel('Name').fill('Gone');
  const gone = (await tags()).find(({ name }) => name === 'gone');
  await desk.admin.tell('method.call/livechat:removeTag', { message: JSON.stringify({ msg: 'method', id: '1', method: 'livechat:removeTag', params: [gone?._id] }) });
  await at.keyboard.press('Control+s');
  await shown.getByText(/Nicht gespeichert: Ada Admin hat es um \d\d:\d\d gelöscht\./).waitFor();
  expect(await shown.getByLabel('Name').inputValue()).toBe('Gone');
  await console.leave();
});
