// What managers do about the widget: how it looks, and what visitors fill in.
import type { FrameLocator } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
const FIRST = '#1F6F54';

afterEach(async () => {
  for (const [id, value] of [
    ['Livechat_title_color', FIRST],
    ['Livechat_title', ''],
    ['Livechat_registration_form', false],
  ] as const) {
    await desk.set(id, value);
  }
});

interface Config {
  readonly config: { readonly theme: Record<string, string>; readonly settings: Record<string, unknown> };
}

const config = async (): Promise<Config['config']> => (await desk.anyone.ask<Config>('livechat/config')).config;

/** Somebody at a page of the administration, which they reach as people do. */
async function at(name: string, options: Parameters<typeof Console.logIn>[3] = {}, who = ADMIN): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, who, options);
  const { page } = console;
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  const menu = page.getByRole('navigation', { name: 'Administration' });
  await menu.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
  return console;
}

const panel = (console: Console, mode: string): FrameLocator => console.page.frameLocator(`iframe[title="The widget, ${mode}"]`);

/** The colour of what the visitor has said, in the preview. */
async function ownColour(console: Console, mode: string): Promise<string> {
  const own = panel(console, mode).locator('.row.own .bubble').first();
  return await own.evaluate((bubble) => getComputedStyle(bubble).backgroundColor);
}

test('a manager changes colours in the preview, is told of the contrast, saves, and the widget on a site follows', async () => {
  const mia = { username: 'mia', password: 'secret-of-mia' };
  await desk.admin.tell('users.create', {
    username: mia.username,
    name: 'Mia Lind',
    email: 'mia@example.org',
    password: mia.password,
    verified: true,
    roles: ['livechat-manager'],
  });
  const console = await at('Appearance of the widget', {}, mia);
  const { page } = console;
  await panel(console, 'Light').getByText('moss green espresso cups').waitFor();
  await panel(console, 'Dark').getByText('moss green espresso cups').waitFor();
  await page.getByText('white reads at 6 : 1').first().waitFor();
  await page.getByLabel('Button, greeting, visitor’s messages', { exact: true }).fill('#e9b949');
  await page.getByText('so the widget writes black, at 11.5 : 1').waitFor();
  // Before it is saved the preview has it, and no visitor does.
  await expect.poll(() => ownColour(console, 'Light')).toBe('rgb(233, 185, 73)');
  expect((await config()).theme['color']).toBe(FIRST);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: /^Use #/ }).click();
  await expect.poll(() => page.getByText('so the widget writes black').count()).toBe(0);
  const chosen = await page.getByLabel('Button, greeting, visitor’s messages', { exact: true }).inputValue();
  await page.getByLabel('Title', { exact: true }).fill('Kiln & Clay');
  await page.getByText('2 changes').waitFor();
  await page.keyboard.press('Control+s');
  await page.getByText('Saved', { exact: true }).waitFor();
  await expect.poll(async () => (await config()).theme['color']).toBe(chosen);
  expect((await config()).theme['title']).toBe('Kiln & Clay');
  await console.leave();
  // A visitor who comes now.
  const visitor = await browser.newContext();
  const site = await visitor.newPage();
  await site.goto(`${desk.server.url}try`);
  const button = site.locator('.rocketchat-widget');
  await button.waitFor();
  const shown = async (): Promise<string> =>
    await button.evaluate((host) => {
      const drawn = host.shadowRoot?.querySelector('button');
      return drawn === null || drawn === undefined ? '' : getComputedStyle(drawn).backgroundColor;
    });
  const wanted = [1, 3, 5].map((from) => Number.parseInt(chosen.slice(from, from + 2), 16)).join(', ');
  await expect.poll(shown).toBe(`rgb(${wanted})`);
  await visitor.close();
});

test('each state of the widget is shown, in the address, on a phone and from right to left', async () => {
  const console = await at('Appearance of the widget');
  const { page } = console;
  await page.getByRole('button', { name: 'Light', exact: true }).click();
  const light = panel(console, 'Light');
  for (const [state, seen] of [
    ['Home', 'Hello! How can we help?'],
    ['Form', 'Hello! Will the moss green espresso cups be in stock again?'],
    ['Ended', 'How was your chat with Amira Haddad?'],
    ['Away', 'Leave a message'],
    ['Queue', '2'],
    ['Chat', 'Lovely. Can I put six aside?'],
  ] as const) {
    await page.getByRole('button', { name: state, exact: true }).click();
    await light.getByText(seen).first().waitFor();
  }
  await page.getByRole('button', { name: 'Ended', exact: true }).click();
  await page.getByRole('button', { name: 'On a phone' }).click();
  await page.getByRole('button', { name: 'From right to left' }).click();
  await expect.poll(() => page.url()).toContain('state=ended');
  expect(page.url()).toContain('mode=light');
  await light.locator('html[dir="rtl"]').waitFor();
  await page.getByRole('button', { name: 'Button', exact: true }).click();
  await page.frameLocator('iframe[title="The button on a page, Light"]').locator('.rocketchat-widget').waitFor();
  // Nothing that the preview shows was written down as a visitor's.
  expect(await page.evaluate(() => localStorage.getItem('hark'))).toBe(null);
  await console.leave();
});

test('a manager asks visitors for a name and an address before a chat', async () => {
  const console = await at('Forms');
  const { page } = console;
  await page.getByRole('switch', { name: 'Visitors fill in a form first' }).click();
  const asks = page.getByRole('switch', { name: 'It asks for an e-mail address' });
  if ((await asks.getAttribute('aria-checked')) === 'false') {
    await asks.click();
  }
  await panel(console, 'Light').getByLabel('Email').first().waitFor();
  await page.keyboard.press('Control+s');
  await page.getByText('Saved', { exact: true }).waitFor();
  expect((await config()).settings['registrationForm']).toBe(true);
  expect(await accessibilityFaults(page)).toEqual([]);
  await console.leave();
});

test('whoever saves second is told who was first', async () => {
  const console = await at('Appearance of the widget');
  const { page } = console;
  await page.getByLabel('Title', { exact: true }).fill('Mine');
  await desk.set('Livechat_title', 'Theirs');
  await page.keyboard.press('Control+s');
  await page.getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare' });
  await dialog.getByText('Theirs', { exact: true }).last().waitFor();
  await dialog.getByRole('button', { name: 'Save mine over it' }).click();
  await expect.poll(async () => (await config()).theme['title']).toBe('Mine');
  await console.leave();
});

test.for([
  ['dark', { colorScheme: 'dark' }],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ['Arabic', { locale: 'ar-EG' }],
] as const)('appearance has no faults: %s', async ([, options]) => {
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN, { locale: 'en-GB' });
  const state = await console.context.storageState();
  await console.leave();
  const other = await browser.newContext({ locale: 'en-GB', ...options, storageState: state });
  const page = await other.newPage();
  await page.goto(`${desk.server.url}admin/appearance`);
  await page.locator('iframe').first().waitFor();
  await page.locator('.wg-form').waitFor();
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content).toBe(window);
  expect(await accessibilityFaults(page)).toEqual([]);
  await other.close();
});
