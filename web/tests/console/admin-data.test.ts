// What is kept of people: custom fields, contacts and visitors; how it is given out, and how it goes.
import { readFile } from 'node:fs/promises';

import type { BrowserContextOptions, Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

let noor: Guest;

beforeAll(async () => {
  const department = await desk.department('Support', [amy]);
  noor = await Guest.come(desk, 'Noor Jansen', 'One of the bowls arrived with a crack.', { department, email: 'noor@example.org', phone: '+31205550123' });
  await desk.take(amy, noor.rid);
  await desk.say(amy, noor.rid, 'I am sorry, =SUM(1)');
  const callum = await Guest.come(desk, 'Callum Reid', 'The glaze has a chip', { department });
  await desk.take(amy, callum.rid);
});

async function page(path: string, heading: string, options: BrowserContextOptions = {}, who: { username: string; password: string } = ADMIN): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}admin/${path}`, who, options);
  await console.page.getByRole('heading', { name: heading, exact: true }).waitFor();
  return console;
}

const drawer = (console: Console, name: string): Locator => console.page.getByRole('complementary', { name, exact: true });

async function saved(console: Console, press: Locator): Promise<string> {
  const [file] = await Promise.all([console.page.waitForEvent('download'), press.click()]);
  return await readFile(await file.path(), 'utf8');
}

const field = async () => (await desk.admin.ask<{ customField: object | null }>('livechat/custom-fields/order-number')).customField;

test('a manager makes a custom field, tries its pattern as it is typed, and deletes it', async () => {
  const console = await page('fields', 'Custom fields');
  const at = console.page;
  await at.getByRole('heading', { name: 'No custom fields yet' }).waitFor();
  await at.getByRole('link', { name: 'New field' }).click();
  const made = drawer(console, 'New field');
  await made.getByLabel('Label').fill('Order number');
  expect(await made.getByLabel('Id', { exact: true }).inputValue()).toBe('order-number');
  await made.getByLabel('Pattern', { exact: true }).fill('^K\\d+$');
  await made.getByLabel('Try a value').fill('K12');
  await made.getByText('The pattern is found').waitFor();
  await made.getByLabel('Try a value').fill('12');
  await made.getByText('The pattern is not found').waitFor();
  await made.getByLabel('Pattern', { exact: true }).fill('^K(');
  await made.locator('.data-trial .error').waitFor();
  expect(await accessibilityFaults(at)).toEqual([]);
  await made.getByLabel('Pattern', { exact: true }).fill('^K\\d+$');
  await made.getByRole('switch', { name: 'Visitors can be found by it' }).click();
  await console.button('Save').click();
  await at.getByRole('link', { name: 'Order number' }).click();
  expect(await field()).toMatchObject({ label: 'Order number', scope: 'visitor', regexp: '^K\\d+$', searchable: true, visibility: 'visible', type: 'input' });
  const shown = drawer(console, 'Order number');
  await shown.getByLabel('Type').selectOption('Choice');
  await shown.getByLabel('Choices').fill('Cup');
  await shown.getByLabel('Choices').press('Enter');
  await shown.getByLabel('Choices').fill('Bowl');
  await console.button('Save').click();
  await expect.poll(field).toMatchObject({ type: 'select', options: 'Cup,Bowl' });
  await shown.getByRole('button', { name: 'More' }).click();
  await at.getByRole('button', { name: 'Delete Order number' }).click();
  await at.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(field).toBeNull();
  await console.leave();
});

test('a visitor is found, looked into, and given out with all that is kept of them', async () => {
  const console = await page('visitors', 'Visitors');
  const at = console.page;
  await expect.poll(() => at.locator('tbody a').allInnerTexts()).toEqual(['Callum Reid', 'Noor Jansen']);
  await at.getByLabel('Search in Visitors').fill('noor@example.org');
  await expect.poll(() => at.locator('tbody a').allInnerTexts()).toEqual(['Noor Jansen']);
  const csv = await saved(console, console.button('Export what is shown (CSV)'));
  expect(csv).toMatch(/^Noor Jansen,noor@example\.org,.*,\d{4}-\d\d-\d\dT[\d:.]+Z$/m);
  expect(csv).not.toContain('Callum');
  await at.getByRole('link', { name: 'Noor Jansen' }).click();
  const shown = drawer(console, 'Noor Jansen');
  await shown.getByText('+31205550123').waitFor();
  expect(await accessibilityFaults(at)).toEqual([]);
  const all = JSON.parse(await saved(console, shown.getByRole('button', { name: 'Export as JSON' }))) as { visitor: object; conversations: object[] };
  expect(all.visitor).toMatchObject({ name: 'Noor Jansen', emails: ['noor@example.org'] });
  expect(all.conversations).toHaveLength(1);
  expect(JSON.stringify(all)).toContain('arrived with a crack');
  await shown.getByText('1 chat and').waitFor();
  await at.getByLabel('Search in Visitors').fill('nobody of this name');
  await at.getByRole('heading', { name: /nobody of this name/ }).waitFor();
  await console.button('Clear the search').click();
  await expect.poll(() => at.locator('tbody a').count()).toBe(2);
  await console.leave();
});

test('chats leave as a table, with what is looked for and nothing that a spreadsheet would run', async () => {
  const rid = (await Guest.come(desk, '=HYPERLINK("x")', 'Hello?')).rid;
  const console = await page('export', 'Export');
  const at = console.page;
  expect(await accessibilityFaults(at)).toEqual([]);
  const all = await saved(console, console.button('Export as CSV'));
  await at.getByText('3 chats').waitFor();
  expect(all.split('\r\n')).toHaveLength(5);
  expect(all).toContain(`${rid},"'=HYPERLINK(""x"")",`);
  await at.getByLabel('Words').fill('glaze');
  const some = await saved(console, console.button('Export as CSV'));
  expect(some.split('\r\n').filter((line) => line !== '').map((line) => line.split(',')[1])).toEqual(['Visitor', 'Callum Reid']);
  await console.leave();
});

test('what is kept of a visitor is counted for as long as somebody looks', async () => {
  const console = await page('erase', 'Erase a visitor');
  const at = console.page;
  let asked = 0;
  // Of somebody with whom it never ends.
  await at.route('**/visitors/*/export*', async (route) => {
    asked += 1;
    await route.fulfill({ json: { visitor: {}, items: [], nextCursor: 'further' } });
  });
  await at.getByRole('link', { name: 'Noor Jansen' }).click();
  await expect.poll(() => asked).toBeGreaterThan(3);
  await at.keyboard.press('Escape');
  await at.locator('.drawer').waitFor({ state: 'detached' });
  let before = -1;
  await expect.poll(() => {
    const more = asked - before;
    before = asked;
    return more;
  }).toBe(0);
  // As the head above it.
  const edges = await at.locator('.listed tr > :last-child').evaluateAll((all) => all.map((cell) => getComputedStyle(cell).paddingInlineEnd));
  expect(new Set(edges).size).toBe(1);
  await console.leave();
});

test('contacts that are switched off say who can switch them on', async () => {
  const agent = await page('contacts', 'Contacts are switched off', {}, amy);
  await agent.page.getByText('Ada Admin can switch them on.').waitFor();
  expect(await accessibilityFaults(agent.page)).toEqual([]);
  await agent.leave();
  const console = await page('contacts', 'Contacts are switched off');
  await console.button('Switch contacts on').click();
  await console.page.getByRole('heading', { name: 'Contacts', exact: true }).waitFor();
  const { value } = await desk.admin.ask<{ value: boolean }>('settings/Livechat_contacts_enabled');
  expect(value).toBe(true);
  await console.leave();
});

interface Contact {
  readonly _id: string;
  readonly name: string;
  readonly emails: readonly { readonly address: string }[];
  readonly conflictingFields: readonly object[];
}

const contacts = async (name: string): Promise<readonly Contact[]> =>
  (await desk.admin.ask<{ contacts: Contact[] }>(`omnichannel/contacts.search?searchText=${encodeURIComponent(name)}`)).contacts;

test('contacts are made, changed, and what a visitor says otherwise is settled', async () => {
  await desk.set('Livechat_contacts_enabled', true);
  const console = await page('contacts', 'Contacts');
  const at = console.page;
  await at.getByRole('link', { name: 'New contact' }).click();
  const made = drawer(console, 'New contact');
  await made.getByLabel('Name').fill('Ada Moreau');
  await made.getByLabel('E-mail').fill('ada@example.org');
  await made.getByLabel('E-mail').press('Enter');
  await console.button('Save').click();
  const shown = drawer(console, 'Ada Moreau');
  await shown.waitFor();
  await at.getByRole('link', { name: 'Ada Moreau' }).waitFor();
  await shown.getByLabel('Contact manager').selectOption('Amy Winter');
  await shown.getByLabel('Phone').fill('+33155500');
  await console.button('Save').click();
  await expect.poll(async () => (await contacts('Ada'))[0]).toMatchObject({ contactManager: amy.id, phones: [{ phoneNumber: '+33155500' }] });
  expect(await accessibilityFaults(at)).toEqual([]);
  await shown.getByRole('button', { name: 'Close the details' }).click();

  // Somebody who works here writes a name down, and the visitor says another.
  const token = 'token-of-mila';
  await desk.anyone.tell('livechat/visitor', { visitor: { token, name: 'Mila' } });
  const mila = (await contacts('Mila'))[0]?._id ?? '';
  await desk.admin.tell('omnichannel/contacts.update', { contactId: mila, name: 'Mila Novak' });
  await desk.anyone.tell('livechat/visitor', { visitor: { token, name: 'Mila N.' } });
  await at.goto(`${desk.server.url}admin/contacts/${mila}`);
  const disputed = drawer(console, 'Mila Novak');
  await disputed.getByText('1 conflict').waitFor();
  expect(await accessibilityFaults(at)).toEqual([]);
  await disputed.getByRole('button', { name: 'Use Mila N.' }).click();
  await drawer(console, 'Mila N.').waitFor();
  expect((await contacts('Mila'))[0]).toMatchObject({ name: 'Mila N.', conflictingFields: [] });
  await console.leave();
});

describe('how it looks', () => {
  beforeAll(async () => {
    await desk.set('Livechat_contacts_enabled', true);
    await desk.admin.tell('omnichannel/contacts', { name: 'Ivo Marek', emails: ['ivo@example.org'], phones: [] });
    await desk.field('customer', 'Customer number');
  });

  test.for([
    ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, accessibilityFaults],
    ['Arabic', { locale: 'ar' }, faultsInLightAndDark],
  ] as const)('pages and drawers have no faults in %s', async ([name, options, look]) => {
    const console = await Console.logIn(browser, desk.server.url, ADMIN, options);
    const at = console.page;
    for (const path of ['fields', 'contacts', 'visitors', 'erase', 'export']) {
      await at.goto(`${desk.server.url}admin/${path}`);
      await at.locator('h1').waitFor();
      if (path !== 'export') {
        await at.locator('tbody a').first().click();
        await at.locator('.drawer h3, .drawer input').first().waitFor();
      }
      expect(await look(at), `${path} in ${name}`).toEqual([]);
      const [content, window] = await at.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(content).toBe(window);
    }
    await console.leave();
  });
});
