// What those do who look after the server: its settings, who changed what, and how it goes.
import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { PostOffice } from '../post-office.ts';
import { Console, Guest } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

/** Somebody at a page of the administration, which they reach as people do. */
async function at(name: string, options: Parameters<typeof Console.logIn>[3] = {}): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN, options);
  const { page } = console;
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  const menu = page.getByRole('navigation', { name: 'Administration' });
  await menu.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
  return console;
}

test('who changed a setting is found in the audit, filtered by the address, and saved as a table', async () => {
  await desk.set('Livechat_offline_title', 'Write to us');
  await desk.admin.tell('livechat/custom-fields.save', {
    customFieldId: null,
    customFieldData: { field: 'size', label: 'Size', scope: 'room', visibility: 'visible', regexp: '' },
  }).catch(() => undefined);
  const console = await at('Audit log');
  const { page } = console;
  await page.getByRole('button', { name: 'Livechat_offline_title' }).first().waitFor();
  await page.getByRole('combobox', { name: 'Any change' }).selectOption({ label: 'Setting: changed' });
  await page.getByRole('searchbox', { name: 'Search names, ids and values' }).fill('offline_title');
  await expect.poll(() => page.url()).toContain('kind=setting.changed');
  await expect.poll(() => page.locator('.au-lines tbody tr:not(.au-day)').count()).toBe(1);
  await page.getByRole('button', { name: 'Livechat_offline_title' }).click();
  const drawer = page.getByRole('complementary', { name: 'Livechat_offline_title' });
  await drawer.getByText('Write to us').waitFor();
  await drawer.getByText('Leave a message').waitFor();
  await drawer.getByText(/^Ada Admin|^admin/).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await drawer.getByRole('button', { name: 'All its changes' }).click();
  await expect.poll(() => page.url()).toContain('subject=Livechat_offline_title');
  await page.getByRole('button', { name: /^Changes of Livechat_offline_title/ }).waitFor();
  await expect.poll(() => page.locator('.au-lines tbody tr:not(.au-day)').count()).toBe(1);
  await drawer.getByText('Write to us').waitFor();
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export what is shown (CSV)' }).click()]);
  const table = await readFile(await saved.path(), 'utf8');
  expect(table.trim().split('\r\n')).toHaveLength(2);
  expect(table).toContain('setting.changed,Livechat_offline_title,Leave a message,Write to us');
  await page.keyboard.press('Escape');
  await expect.poll(() => drawer.count()).toBe(0);
  await page.getByRole('searchbox', { name: 'Search names, ids and values' }).fill('there is no such thing');
  await page.getByRole('heading', { name: 'No changes match' }).waitFor();
  await page.getByRole('button', { name: 'Show all changes', exact: true }).click();
  await page.getByRole('button', { name: 'Livechat_offline_title' }).first().waitFor();
  await console.leave();
});

test('what is shown in full leads to all that was changed of it', async () => {
  const support = await desk.department('Support', []);
  await desk.method('livechat:saveTag', null, { name: 'breakage', description: '' }, []);
  const { tags } = await desk.admin.ask<{ tags: { _id: string }[] }>('livechat/tags?text=&viewAll=true');
  await desk.admin.tell('permissions.update', { permissions: [{ _id: 'close-others-livechat-room', roles: ['admin', 'livechat-manager'] }] });
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN);
  const { page } = console;
  for (const [path, said] of [
    [`departments/${support}`, 'Department: created'],
    [`tags/${tags[0]?._id ?? ''}`, 'Tag: saved'],
    ['permissions?open=close-others-livechat-room', 'Permission: changed'],
  ] as const) {
    await page.goto(`${desk.url}/admin/${path}`);
    await page.locator('.drawer, .meaning').getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('button', { name: 'History of changes' }).click();
    await expect.poll(() => page.url()).toContain('/admin/audit?subject=');
    await page.locator('.au-lines').getByText(said).waitFor();
  }
  // Hours of everybody have no name of their own.
  const { businessHours } = await desk.admin.ask<{ businessHours: { _id: string; workHours: { day: string; open: boolean }[] }[] }>('livechat/business-hours?count=0');
  const [preset] = businessHours;
  const workHours = preset?.workHours.map(({ day, open }) => ({ day, open, code: 1, start: '10:00', finish: '18:00' }));
  await desk.method('livechat:saveBusinessHour', { _id: preset?._id, type: 'default', name: '', active: true, timezoneName: 'Europe/Berlin', workHours });
  await page.goto(`${desk.url}/admin/audit?subject=${preset?._id ?? ''}`);
  await page.getByRole('button', { name: /^Changes of Default hours/ }).waitFor();
  await page.locator('.au-lines').getByRole('button', { name: 'Default hours' }).click();
  await page.getByRole('complementary', { name: 'Default hours' }).locator('.au-change').getByText('Default hours').waitFor();
  await console.leave();
});

test('more changes than a page has are read on', async () => {
  for (let turn = 0; turn < 60; turn += 1) {
    await desk.set('Livechat_title', `Title ${turn}`);
  }
  const console = await at('Audit log');
  const { page } = console;
  const rows = page.locator('.au-lines tbody tr:not(.au-day)');
  await expect.poll(() => rows.count()).toBe(50);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThan(60);
  // Each of them once.
  const titles = await rows.locator('.au-value').allInnerTexts();
  expect(titles.filter((title) => title === 'Title 30')).toHaveLength(2);
  // The address of a row below the first page opens that row again.
  const old = rows.filter({ has: page.getByText('Title 3', { exact: true }) }).last();
  await old.getByRole('button').click();
  const drawer = page.getByRole('complementary', { name: 'Livechat_title' });
  await drawer.getByText('Title 3', { exact: true }).waitFor();
  await page.reload();
  await expect.poll(() => rows.count()).toBe(50);
  await drawer.getByText('Title 3', { exact: true }).waitFor();
  await console.leave();
});

test('whoever may not see a page is told so', async () => {
  await desk.admin.tell('users.create', {
    username: 'mia',
    name: 'Mia Lind',
    email: 'mia@example.org',
    password: 'secret-of-mia',
    verified: true,
    roles: ['livechat-manager'],
  });
  const console = await Console.logIn(browser, `${desk.server.url}admin/audit`, { username: 'mia', password: 'secret-of-mia' });
  const { page } = console;
  const heading = page.getByRole('heading', { level: 1 });
  await expect.poll(() => heading.innerText()).toContain('Audit log');
  await page.getByText('You are logged in as Mia Lind.').waitFor();
  expect(await page.locator('.au-lines').count()).toBe(0);
  await console.leave();
});

const setting = async (id: string): Promise<unknown> => (await desk.admin.ask<{ value: unknown }>(`settings/${id}`)).value;

test('an administrator finds settings, changes several, takes one back, and saves the rest at once', async () => {
  const console = await at('Settings');
  const { page } = console;
  await page.locator('.st-setting').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('offline');
  await expect.poll(() => page.url()).toContain('q=offline');
  await page.locator('.st-settings mark').first().waitFor();
  // Words in any order, each of them marked.
  const search = page.getByRole('searchbox', { name: 'Search the settings' });
  const found = page.locator('.st-setting');
  await search.fill('email offline');
  await expect.poll(async () => await found.count()).toBeLessThan(9);
  const words = await page.locator('.st-setting').filter({ hasText: 'Livechat_validate_offline_email' }).locator('mark').allInnerTexts();
  expect(words.map((word) => word.toLowerCase())).toEqual(expect.arrayContaining(['offline', 'email']));
  await search.fill('offline');
  // What it is for stands below its name, and is looked through, too.
  const asks = page.locator('.st-setting').filter({ hasText: 'Livechat_validate_offline_email' });
  await asks.locator('.st-meaning').getByText('must be one that takes mail').waitFor();
  expect(await asks.locator('.st-meaning mark').innerText()).toBe('offline');
  const title = page.getByRole('textbox', { name: 'Title', exact: true });
  await title.fill('Write to us soon');
  const shows = page.locator('.st-setting').filter({ hasText: 'Livechat_display_offline_form' });
  await shows.getByRole('switch').click();
  const checks = page.locator('.st-setting').filter({ hasText: 'Livechat_validate_offline_email' });
  await checks.getByRole('switch').click();
  await page.getByText('3 changes').waitFor();
  await checks.getByRole('button', { name: /^Undo/ }).click();
  await page.getByText('2 changes').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Control+s');
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(await setting('Livechat_offline_title')).toBe('Write to us soon');
  expect(await setting('Livechat_display_offline_form')).toBe(false);
  expect(await setting('Livechat_validate_offline_email')).toBe(true);
  // It says what it was at first and who changed it, and goes back to that.
  await shows.getByText(/Default: on\. Changed by Ada Admin/).waitFor();
  const history = shows.getByRole('link', { name: /^Changed by/ });
  expect(await history.getAttribute('href')).toContain('/admin/audit?subject=Livechat_display_offline_form');
  await shows.getByRole('button', { name: /^Reset/ }).click();
  await page.keyboard.press('Control+s');
  await expect.poll(() => setting('Livechat_display_offline_form')).toBe(true);
  await console.leave();
});

test('settings are filtered by group and by what became of them, in the address', async () => {
  await desk.set('Livechat_offline_title', 'Write to us');
  const console = await at('Settings');
  const { page } = console;
  await page.getByRole('button', { name: /^Mail/ }).click();
  await expect.poll(() => page.url()).toContain('group=Email');
  await page.getByText('SMTP_Host', { exact: true }).waitFor();
  expect(await page.getByText('Livechat_offline_title', { exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: /^All groups/ }).click();
  await page.getByRole('button', { name: /^Changed from the default/ }).click();
  await page.getByText('Livechat_offline_title', { exact: true }).waitFor();
  expect(await page.getByText('SMTP_Host', { exact: true }).count()).toBe(0);
  await page.getByRole('searchbox', { name: 'Search the settings' }).fill('no such thing');
  await page.getByRole('button', { name: 'Show all settings' }).click();
  await page.getByText('SMTP_Host', { exact: true }).waitFor();
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export what is shown (CSV)' }).click()]);
  expect(await readFile(await saved.path(), 'utf8')).toContain('SMTP_Host');
  await console.leave();
});

test('what cannot be is said beside the setting, and whoever saves second is told who was first', async () => {
  const nina = await desk.agent('nina', 'Nina Berg');
  await desk.admin.tell('users.update', { userId: nina.id, data: { roles: ['user', 'livechat-agent', 'admin'] } });
  const console = await at('Settings');
  const { page } = console;
  await page.getByRole('searchbox', { name: 'Search the settings' }).fill('Livechat_title');
  const colour = page.locator('.st-setting').filter({ hasText: 'Livechat_title_color' }).getByRole('textbox');
  await colour.fill('no colour');
  await page.keyboard.press('Control+s');
  await page.locator('.st-setting .error').getByText('a colour such as').waitFor();
  expect(await colour.getAttribute('aria-invalid')).toBe('true');
  expect(await colour.evaluate((field) => [field === document.activeElement, field.ariaDescribedByElements?.[0]?.textContent?.includes('a colour such as')])).toEqual([true, true]);
  await page.getByText('Not saved: look at Title color.').waitFor();
  await colour.fill('#123456');
  await nina.caller.tell('settings/Livechat_title_color', { value: '#654321' });
  // Somebody else changes something else, in which the same words stand.
  await desk.set('Livechat_offline_message', 'Not Livechat_title_color');
  await page.keyboard.press('Control+s');
  await page.getByText(/Not saved: Nina Berg changed it at/).waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('dialog', { name: 'Compare' }).getByRole('button', { name: 'Keep theirs' }).click();
  await expect.poll(() => colour.inputValue()).toBe('#654321');
  expect(await setting('Livechat_title_color')).toBe('#654321');
  await desk.set('Livechat_title_color', '#1F6F54');
  await console.leave();
});

test('how it goes with the server is said, with what waits, its jobs, and what to look at', async () => {
  const console = await at('Health');
  const { page } = console;
  // The last of the menu.
  await page.locator('.menu .is-current').getByText('Health').waitFor();
  expect(await page.locator('.menu .is-current').evaluate((one) => one.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  // No mail server is named; that is all.
  await page.getByText('1 thing to look at').waitFor();
  const todo = page.getByRole('list', { name: 'What to look at' }).getByRole('listitem');
  expect(await todo.innerText()).toContain('No mail server is named');
  const fact = (name: string) => page.locator('.he-facts div').filter({ has: page.locator('dt').getByText(name, { exact: true }) }).locator('dd');
  expect(['SQLite', 'PostgreSQL']).toContain(await fact('Database').innerText());
  expect(await fact('API of Rocket.Chat').innerText()).toBe('6.14.0');
  expect(await fact('Size of the database').innerText()).toMatch(/^[\d.,]+ [kMG]B$/);
  expect(await fact('Free disk').innerText()).toMatch(/[MG]B$/);
  expect(await fact('Last backup').innerText()).toMatch(/none yet|PostgreSQL/);
  expect(await fact('Mails waiting').innerText()).toBe('0');
  await page.getByRole('rowheader', { name: 'mail', exact: true }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // A chat that waits is counted while one looks.
  await desk.set('Livechat_accept_chats_with_no_agents', true);
  const before = Number(await fact('Open chats').innerText());
  await Guest.come(desk, 'Vera', 'Is anybody there?');
  await expect.poll(async () => Number(await fact('Open chats').innerText()), { timeout: 15_000 }).toBe(before + 1);
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export what is shown (CSV)' }).click()]);
  expect(await readFile(await saved.path(), 'utf8')).toContain('mail,Works');
  await console.leave();
});

test('mail that nobody takes is found, with what the mail server said and where to do something about it', async () => {
  await desk.acceptMail();
  await desk.set('Livechat_offline_email', 'desk@example.org');
  await desk.set('Livechat_validate_offline_email', false);
  const console = await at('Health');
  const { page } = console;
  await page.getByText('All is well').waitFor();
  await desk.anyone.tell('livechat/offline.message', { name: 'Ann', email: 'ann@x.example', message: 'Please call me.' });
  const todo = page.getByRole('list', { name: 'What to look at' }).getByRole('listitem');
  await todo.getByText('Mail cannot be sent').waitFor({ timeout: 30_000 });
  expect(await todo.locator('.he-said').innerText()).not.toBe('');
  expect(await accessibilityFaults(page)).toEqual([]);
  await todo.getByRole('link', { name: 'Look there' }).click();
  // The outbox says the same, and a test is answered in the mail server's own words.
  await page.getByRole('heading', { name: 'Mail', exact: true, level: 1 }).waitFor();
  const outbox = page.getByRole('region', { name: 'Outbox' });
  await outbox.getByText('Why it waits:').waitFor();
  expect(await outbox.locator('.he-said').innerText()).not.toBe('');
  await page.getByRole('button', { name: 'Send a test letter' }).click();
  await page.getByText('The letter to admin@example.org was not sent:').waitFor();
  // Under the pointer a button has a gradient, which axe cannot judge.
  await page.getByRole('heading', { name: 'Mail', exact: true, level: 1 }).hover();
  expect(await accessibilityFaults(page)).toEqual([]);
  await console.leave();
});

test('an administrator names the mail server, and a letter to themselves arrives', async () => {
  const office = await PostOffice.open(desk);
  const port = await setting('SMTP_Port');
  await desk.set('SMTP_Port', '');
  const console = await at('Mail');
  const { page } = console;
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill('no port');
  await page.keyboard.press('Control+s');
  await page.locator('.ml-form .error').waitFor();
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(port));
  await page.getByRole('textbox', { name: 'Sender', exact: true }).fill('Kiln and Clay <hello@example.org>');
  await page.keyboard.press('Control+s');
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(await setting('From_Email')).toBe('Kiln and Clay <hello@example.org>');
  await page.getByRole('button', { name: 'Send a test letter' }).click();
  await page.getByText('The mail server has taken the letter to admin@example.org').waitFor();
  expect(office.to('admin@example.org').some((mail) => mail.includes('hello@example.org'))).toBe(true);
  // Under the pointer a button has a gradient, which axe cannot judge.
  await page.getByRole('heading', { name: 'Mail', exact: true, level: 1 }).hover();
  expect(await accessibilityFaults(page)).toEqual([]);
  office.close();
  await console.leave();
});
