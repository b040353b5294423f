// Where the keyboard is, and a screen reader with it, when what it was in is gone.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site } from './site.ts';
import { Visitor } from './visitor.ts';

let site: Site;

beforeAll(async () => {
  await desk.set('Livechat_validate_offline_email', false);
  const search = '<input id="search" aria-label="Search">';
  site = await openSite((path) => ({
    html: page(desk.server.url).replace('<h1>', `${path === '/search' ? search : ''}<h1>`),
  }));
});

afterAll(async () => {
  await site?.close();
});

/** What has the focus: a field by its name, anything else by what it says. */
const inFocus = () => {
  const { activeElement: it } = document;
  return it?.getAttribute('name') ?? it?.ariaLabel ?? (it === document.body ? 'nothing' : it?.textContent);
};

const focused = (vera: Visitor) => vera.page.evaluate(inFocus);

const focusedInPanel = async (vera: Guest) => (await vera.frame()).evaluate(inFocus);

test('by keyboard alone, from the consent to the end of the chat and on to the next', async () => {
  await desk.set('Livechat_force_accept_data_processing_consent', true);
  const vera = await Visitor.open(browser, desk.server.url);
  const { keyboard } = vera.page;
  try {
    await expect.poll(() => focused(vera)).toBe('Before we start');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expect.poll(() => focused(vera)).toBe('Write a message');
    await keyboard.type('Hello');
    await keyboard.press('Enter');
    await expect.poll(() => focused(vera)).toBe('name');
    await keyboard.type('Vera');
    await keyboard.press('Tab');
    await keyboard.type('vera@example.org');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expect.poll(() => focused(vera)).toBe('Write a message');
    await vera.arrived();
    const { _id: rid } = await vera.room(desk);
    await desk.take(amy, rid);
    await expect.poll(() => focused(vera)).toBe('Write a message');
    await desk.close(amy, rid);
    await expect.poll(() => focused(vera)).toMatch(/^How was your chat/);
    await vera.button('Start a new chat').press('Enter');
    await expect.poll(() => focused(vera)).toBe('Write a message');
  } finally {
    await desk.set('Livechat_force_accept_data_processing_consent', false);
  }
  await vera.leave();
});

test('a message that was left leads to what is said of it, and another to where it is written', async () => {
  await desk.available(amy, false);
  const vera = await Visitor.open(browser, desk.server.url);
  await expect.poll(() => focused(vera)).toBe('name');
  await vera.field('Name').fill('Vera');
  await vera.field('Email').fill('vera@example.org');
  await vera.field('Message').fill('Call me back');
  await vera.button('Send message').press('Enter');
  await vera.page.getByRole('heading', { name: 'Message sent' }).waitFor();
  await expect.poll(() => focused(vera)).toBe('Message sent');
  await vera.button('Send another message').press('Enter');
  await expect.poll(() => focused(vera)).toBe('message');
  await desk.available(amy, true);
  await vera.leave();
});

test('who opens the panel is at its first field, and finds it so again', async () => {
  const vera = await Guest.come(browser);
  await vera.see(site.url);
  await vera.launcher.press('Enter');
  await vera.opened();
  await expect.poll(() => focusedInPanel(vera)).toBe('Write a message');
  await vera.page.keyboard.press('Escape');
  await vera.closed();
  await vera.launcher.press('Enter');
  await vera.opened();
  await expect.poll(() => focusedInPanel(vera)).toBe('Write a message');
  await vera.leave();
});

test('who opens it while it is loading is at its first field when it is there', async () => {
  const vera = await Guest.come(browser);
  let answer: (() => void) | undefined;
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await vera.page.route('**/livechat/config*', async (route) => {
    await held;
    await route.continue();
  });
  await vera.see(site.url);
  await vera.launcher.press('Enter');
  await vera.panel.locator('.loading').waitFor();
  await expect.poll(() => focusedInPanel(vera)).toContain('Loading');
  answer?.();
  await expect.poll(() => focusedInPanel(vera)).toBe('Write a message');
  await vera.leave();
});

test('on a phone nothing brings up the keyboard unasked', async () => {
  const vera = await Guest.come(browser, {
    viewport: { width: 360, height: 640 },
    isMobile: true,
    hasTouch: true,
  });
  await vera.see(site.url);
  await vera.launcher.tap();
  await vera.opened();
  await expect.poll(() => focusedInPanel(vera)).toBe('Hello! How can we help?');
  await vera.introduce('phone');
  await expect.poll(() => focusedInPanel(vera)).toBe('Hello! How can we help?');
  await vera.leave();
});

test('a panel that is open on the next page leaves the visitor in what he types', async () => {
  const vera = await Guest.come(browser);
  await vera.see(site.url);
  await vera.launcher.click();
  await vera.introduce('typist');
  await vera.page.goto(`${site.url}search`);
  await vera.page.getByLabel('Search').focus();
  await vera.page.keyboard.type('green ');
  await vera.composer.waitFor();
  await vera.page.keyboard.type('shoes');
  expect(await vera.page.getByLabel('Search').inputValue()).toBe('green shoes');
  expect(await vera.composer.inputValue()).toBe('');
  await vera.leave();
});

test('a chat that ends does not take the visitor away from the page', async () => {
  const vera = await Guest.come(browser);
  await vera.see(`${site.url}search`);
  await vera.launcher.click();
  await vera.introduce('reader');
  await vera.say('Hello');
  const rid = (await desk.chatWith('reader'))?._id ?? '';
  await desk.take(amy, rid);
  await vera.panel.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  await vera.page.getByLabel('Search').click();
  await vera.page.keyboard.type('green ');
  await desk.close(amy, rid);
  await vera.panel.getByRole('heading', { name: /^How was your chat/ }).waitFor();
  await vera.page.keyboard.type('shoes');
  expect(await vera.page.getByLabel('Search').inputValue()).toBe('green shoes');
  await vera.leave();
});

test.for([
  ['from the left', 'en-US', 'ArrowRight', 'ArrowLeft'],
  ['from the right', 'ar', 'ArrowLeft', 'ArrowRight'],
] as const)('emoji %s are one stop, and the arrows lead through them', async ([, locale, on, back]) => {
  await desk.set('Livechat_registration_form', false);
  const vera = await Visitor.open(browser, desk.server.url, { locale });
  const { keyboard } = vera.page;
  const choose = vera.page.locator('.tools [aria-expanded]');
  const at = () => vera.page.evaluate(() => document.activeElement?.textContent);
  await choose.press('Enter');
  await expect.poll(at).toBe('😀');
  expect(await choose.getAttribute('aria-expanded')).toBe('true');
  await keyboard.press(on);
  expect(await at()).toBe('😃');
  await keyboard.press(back);
  expect(await at()).toBe('😀');
  await keyboard.press(back);
  expect(await at()).toBe('😀');
  await keyboard.press('ArrowDown');
  const [above, below] = await vera.page.evaluate(() => {
    const first = document.querySelector('.emoji button')?.getBoundingClientRect();
    const now = document.activeElement?.getBoundingClientRect();
    return [first?.x === now?.x && first?.bottom, now?.y];
  });
  expect(below).toBe(above);
  await keyboard.press('ArrowUp');
  await keyboard.press(on);
  // One stop, and back to where he was.
  await keyboard.press('Tab');
  await keyboard.press('Shift+Tab');
  expect(await at()).toBe('😃');
  await keyboard.press('Enter');
  await expect.poll(() => vera.page.locator('.composer textarea').inputValue()).toBe('😃');
  await keyboard.press('Escape');
  expect(await choose.getAttribute('aria-expanded')).toBe('false');
  await desk.set('Livechat_registration_form', true);
  await vera.leave();
});

test('emoji that cannot be loaded are not said to be there', async () => {
  await desk.set('Livechat_registration_form', false);
  const vera = await Visitor.open(browser, desk.server.url);
  const tried = vera.page.waitForRequest(/assets\/emoji/);
  await vera.page.route(/assets\/emoji/, (route) => route.abort());
  await vera.button('Emoji').click();
  await (await tried).response();
  expect(await vera.button('Emoji').getAttribute('aria-expanded')).toBe('false');
  await desk.set('Livechat_registration_form', true);
  expect(vera.complaints.filter((text) => !text.includes('Failed to load resource'))).toEqual([]);
  await vera.context.close();
});
