// What managers do about the widget: how it looks, and what visitors fill in.
import { readFile } from 'node:fs/promises';

import type { FrameLocator } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { openSite, page as sitePage } from '../widget/site.ts';
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

test('journey 27: a manager changes colours in the preview, is told of the contrast, saves, and the widget on a site follows', async () => {
  const mia = { username: 'mia', password: 'secret-of-mia' };
  await desk.admin.tell('users.create', {
    username: mia.username,
    name: 'Mia Lind',
    email: 'mia@example.org',
    password: mia.password,
    verified: true,
    roles: ['livechat-manager'],
  });
  const console = await at('Appearance', {}, mia);
  const { page } = console;
  await panel(console, 'Light').getByText('moss green espresso cups').waitFor();
  await panel(console, 'Dark').getByText('moss green espresso cups').waitFor();
  await page.getByText('white reads at 6 : 1').first().waitFor();
  await page.getByLabel('Button, greeting, visitor’s messages', { exact: true }).fill('#e9b949');
  await page.getByText('so the widget writes black, at 11.5 : 1').waitFor();
  // Before it is saved the preview has it, and no visitor does.
  await expect.poll(() => ownColour(console, 'Light')).toBe('rgb(233, 185, 73)');
  // So it is while nobody is there, unless that has a colour of its own.
  const away = page.getByLabel('While nobody is there', { exact: true });
  expect([await away.inputValue(), await away.evaluate((field) => field.ariaDescribedByElements?.[0]?.textContent)]).toEqual(['#e9b949', 'Follows the colour above until you choose another.']);
  await away.fill('#224466');
  await page.getByText('2 changes').waitFor();
  await page.getByRole('button', { name: 'Follow the colour above' }).click();
  await page.getByText('1 change', { exact: true }).waitFor();
  expect(await away.inputValue()).toBe('#e9b949');
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
  const console = await at('Appearance');
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

test('whoever saves second is told so, also who may not read who was first', async () => {
  const mona = await desk.agent('mona', 'Mona Ray');
  await desk.admin.tell('livechat/users/manager', { username: mona.username });
  const console = await at('Appearance', {}, mona);
  const { page } = console;
  await page.getByLabel('Title', { exact: true }).fill('Mine');
  await desk.set('Livechat_title', 'Theirs');
  await page.keyboard.press('Control+s');
  await page.getByText('Not saved: somebody else changed it meanwhile.').waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare' });
  await dialog.getByText('Theirs', { exact: true }).last().waitFor();
  await dialog.getByRole('button', { name: 'Save mine over it' }).click();
  await expect.poll(async () => (await config()).theme['title']).toBe('Mine');
  await console.leave();
});

interface Trigger {
  readonly name: string;
  readonly enabled: boolean;
  readonly conditions: readonly { readonly name: string; readonly value: string | null }[];
  readonly actions: readonly { readonly name: string; readonly params: Record<string, unknown> }[];
}

const triggers = async (): Promise<readonly Trigger[]> => (await desk.admin.ask<{ triggers: Trigger[] }>('livechat/triggers')).triggers;

test('a manager makes a trigger, tries it on an address, and a visitor hears it; then it is removed', async () => {
  const console = await at('Triggers');
  const { page } = console;
  await page.getByRole('heading', { name: 'No triggers yet' }).waitFor();
  await page.keyboard.press('n');
  const drawer = page.getByRole('complementary', { name: 'New trigger' });
  await drawer.getByLabel('Name', { exact: true }).first().fill('On the trial page');
  const pattern = drawer.getByLabel('Pattern of the address');
  await pattern.fill('/try(');
  await drawer.getByText('This is not a regular expression').waitFor();
  await pattern.fill('/try$');
  const tried = drawer.getByLabel('Try it on an address');
  await tried.fill('https://shop.example/basket');
  await drawer.getByText('The widget stays silent there.').waitFor();
  await tried.fill('https://shop.example/try');
  await drawer.getByText('The widget speaks there.').waitFor();
  await drawer.getByLabel('Name', { exact: true }).last().fill('Noor');
  await drawer.getByLabel('Text', { exact: true }).fill('May I help you with the cups?');
  await drawer.getByText('What visitors see').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // What would not work is not saved. Each wrong field says why, and the first has the focus.
  await drawer.getByLabel('Text', { exact: true }).fill(' ');
  await drawer.getByLabel('Moment').selectOption('Some seconds on the site');
  const seconds = drawer.getByLabel('Seconds');
  for (const wrong of ['soon', '-1', '']) {
    await seconds.fill(wrong);
    await page.keyboard.press('Control+s');
    await drawer.getByText('Not saved: look at Seconds and Text.').waitFor();
    await expect.poll(async () => await seconds.evaluate((field) => field === document.activeElement)).toBe(true);
    await expect(seconds.getAttribute('aria-invalid')).resolves.toBe('true');
    await drawer.locator(`#${await seconds.getAttribute('aria-describedby')}`).getByText('This has to be a number, 0 or more.').waitFor();
  }
  expect(await accessibilityFaults(page)).toEqual([]);
  await seconds.fill('5');
  await drawer.getByText('Not saved: look at Text.').waitFor();
  await drawer.getByLabel('Moment').selectOption('A page is opened');
  await pattern.fill('/try(');
  await drawer.getByLabel('Text', { exact: true }).fill('May I help you with the cups?');
  await drawer.getByText('Not saved: look at Pattern of the address.').waitFor();
  expect(await triggers()).toEqual([]);
  await pattern.fill('/try$');
  await page.keyboard.press('Control+s');
  await page.getByRole('link', { name: 'On the trial page' }).waitFor();
  expect(await triggers()).toMatchObject([
    {
      name: 'On the trial page',
      enabled: true,
      conditions: [{ name: 'page-url', value: '/try$' }],
      actions: [{ name: 'send-message', params: { sender: 'custom', name: 'Noor', msg: 'May I help you with the cups?' } }],
    },
  ]);
  // The widget speaks where somebody is there.
  expect(amy.username).toBe('amy');
  const visitor = await browser.newContext({ locale: 'en-GB' });
  const site = await visitor.newPage();
  await site.goto(`${desk.server.url}try`);
  await site.getByText('May I help you with the cups?').first().waitFor();
  await visitor.close();

  await page.getByRole('link', { name: 'On the trial page' }).click();
  const open = page.getByRole('complementary', { name: 'On the trial page' });
  await open.getByRole('switch', { name: 'It is on' }).click();
  await page.keyboard.press('Control+s');
  await expect.poll(async () => (await triggers())[0]?.enabled).toBe(false);
  await open.getByRole('button', { name: 'More' }).click();
  await page.getByText('Delete On the trial page', { exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'No triggers yet' }).waitFor();
  expect(await triggers()).toEqual([]);
  await console.leave();
});

test('what a site needs is there to be copied, with the sites that may show the widget', async () => {
  await desk.set('Livechat_AllowedDomainsList', `shop.example, ${new URL(desk.server.url).host}`);
  const console = await at('Installation');
  const { page } = console;
  await page.getByText('shop.example').waitFor();
  const code = await page.locator('main code').allInnerTexts();
  expect(code[0]).toBe(`<script async src="${desk.server.url}livechat/widget.js"></script>`);
  expect(code[1]).toContain(`'RocketChat', '${desk.server.url}livechat')`);
  expect(code[2]).toContain(`frame-src ${desk.server.url.slice(0, -1)}`);
  expect(await accessibilityFaults(page)).toEqual([]);
  await desk.set('Livechat_AllowedDomainsList', '');
  await console.leave();
});

/** As the script on a page of this origin asks. */
const say = async (origin: string, query: string): Promise<void> => {
  const answer = await fetch(`${desk.server.url}api/hark/v1/widget${query}`, { headers: { origin } });
  expect(answer.status).toBe(200);
};

/** The version of the script that was seen on each site. */
const seen = async (): Promise<Map<string, string | null>> => {
  const answer = await fetch(`${desk.server.url}api/hark/v1/widget/sites`, { headers: desk.admin.credentials });
  const { items } = (await answer.json()) as { items: { origin: string; loader: string | null }[] };
  return new Map(items.map(({ origin, loader }) => [origin, loader]));
};

test('sites on which the widget was seen are listed with the version of its script', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  await say('https://old.example', '?loader=0.0.1');
  await say('https://new.example', `?loader=${version}`);
  await say('https://ancient.example', '');
  const console = await at('Installation');
  await console.page.getByRole('row', { name: /new\.example/ }).getByText('Up to date').waitFor();
  await console.page.getByRole('row', { name: /old\.example/ }).getByText('0.0.1').waitFor();
  await console.page.getByRole('row', { name: /ancient\.example/ }).getByText('An older script').waitFor();
  // What a site really says, whose script comes from this server.
  const site = await openSite(() => ({ html: sitePage(desk.server.url) }));
  const visitor = await browser.newPage();
  await visitor.goto(site.url);
  await expect.poll(async () => (await seen()).get(new URL(site.url).origin)).toBe(version);
  await visitor.close();
  await site.close();
  await console.leave();
});

test('the pages have no faults on a phone', async () => {
  const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN, { locale: 'en-GB' });
  const state = await console.context.storageState();
  await console.leave();
  const other = await browser.newContext({ locale: 'en-GB', ...options, storageState: state });
  const page = await other.newPage();
  for (const name of ['appearance', 'forms', 'triggers/new', 'installation']) {
    await page.goto(`${desk.server.url}admin/${name}`);
    await page.locator('.wg-form, .drawer, .wg-install').waitFor();
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect([name, content]).toEqual([name, window]);
    expect([name, ...(await accessibilityFaults(page))]).toEqual([name]);
  }
  await other.close();
});
