// Those who answer beside each other: how much each has, who looks at a chat, and who calls whom.
import { beforeEach, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { writeAs } from './unfinished.ts';

let ida: Agent;
let max: Agent;
let guest: Guest;
let tests = 0;

beforeEach(async () => {
  tests += 1;
  ida = await desk.agent(`ida${tests}`, `Ida${tests} Winter`);
  max = await desk.agent(`max${tests}`, `Max${tests} Field`);
  guest = await Guest.come(desk, `Ann ${tests}`, 'Is the bowl safe?');
  await desk.take(ida, guest.rid);
});

async function open(who: Agent, options = {}): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.url}/inbox/${guest.rid}`, who, options);
  await console.listening();
  await console.page.getByRole('heading', { name: `Ann ${tests}`, exact: true }).waitFor();
  return console;
}

const status = ({ page }: Console) => page.locator('.status');

test('an agent sees how many chats they may have, and that they have no room', async () => {
  const console = await open(ida);
  await expect.poll(() => status(console).innerText()).toMatch(/Available\s*1/);
  await desk.set('Livechat_maximum_chats_per_agent', 2);
  try {
    // It is asked for when one looks.
    await status(console).click();
    await expect.poll(() => status(console).innerText()).toMatch(/Available\s*1 of 2/);
    await console.page.keyboard.press('Escape');
    const other = await Guest.come(desk, `Ben ${tests}`, 'Hello');
    await desk.take(ida, other.rid);
    await expect.poll(() => status(console).innerText()).toMatch(/Full\s*2 of 2/);
    // Who comes now waits, also when one tries to take them.
    const third = await Guest.come(desk, `Cal ${tests}`, 'Hello');
    const take = console.page.getByRole('button', { name: 'Take next' });
    expect(await take.getAttribute('title')).toBe('Take waits until you close one.');
    expect(await accessibilityFaults(console.page)).toEqual([]);
    await take.click({ force: true });
    await console.page.getByText('There is no room for another chat until one is closed.').waitFor();
    expect(await console.page.getByText('1 waiting').count()).toBe(1);
    await desk.take(max, third.rid);
    await console.page.getByText('1 waiting').waitFor({ state: 'detached' });
    await desk.close(ida, other.rid);
    await expect.poll(() => status(console).innerText()).toMatch(/Available\s*1 of 2/);
  } finally {
    await desk.set('Livechat_maximum_chats_per_agent', 0);
  }
  await console.leave();
});

test('one sees who else has the chat open, who of them writes, and when they have gone', async () => {
  await desk.admin.tell('livechat/users/manager', { username: max.username });
  const own = await open(ida);
  const viewers = own.page.locator('.viewers');
  expect(await viewers.count()).toBe(0);
  const others = await open(max, { colorScheme: 'dark' });
  await expect.poll(() => viewers.innerText()).toContain(`Max${tests} Field has this chat open`);
  // Who comes later hears of those who are there.
  await others.page.locator('.viewers').getByText(`Ida${tests} Winter has this chat open`).waitFor({ state: 'attached' });
  expect(await accessibilityFaults(others.page)).toEqual([]);
  await others.page.keyboard.press('n');
  await others.page.getByRole('textbox', { name: /^Note about/ }).fill('They wrote before');
  await expect.poll(() => viewers.innerText()).toContain(`Max${tests} Field is typing`);
  await others.page.getByRole('textbox', { name: /^Note about/ }).press('Enter');
  await expect.poll(() => viewers.innerText()).not.toContain('is typing');
  await others.page.goto(`${desk.url}/inbox`);
  await expect.poll(() => viewers.count()).toBe(0);
  await own.leave();
  await others.leave();
});

test('on a phone the head of a chat says that the visitor is there, and names the colleagues who are', async () => {
  await desk.admin.tell('livechat/users/manager', { username: max.username });
  await desk.anyone.tell('livechat/visitor.status', { token: guest.token, status: 'online' });
  await desk.anyone.tell('livechat/page.visited', {
    token: guest.token,
    rid: guest.rid,
    pageInfo: { change: 'url', title: 'How we pack', location: { href: 'https://shop.example/pack' } },
  });
  const own = await open(ida, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const others = await open(max);
  await own.page.locator('.talk-head').getByText('Here now · How we pack').waitFor();
  const button = own.page.getByRole('button', { name: `Max${tests} Field has this chat open` });
  await button.tap();
  const list = own.page.getByRole('dialog', { name: 'Who has this chat open' });
  await list.getByText(`Max${tests} Field`).waitFor();
  expect(await accessibilityFaults(own.page)).toEqual([]);
  const [content, window] = await own.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content).toBe(window);
  const box = await button.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  await others.leave();
  await own.leave();
});

test('a colleague is found behind an @, and finds the note', async () => {
  await desk.admin.tell('livechat/users/manager', { username: max.username });
  const other = await Guest.come(desk, `Zoe ${tests}`, 'Hello');
  await desk.take(max, other.rid);
  const own = await open(ida);
  const others = await Console.logIn(browser, desk.server.url, max);
  await own.page.keyboard.press('Escape');
  await own.page.keyboard.press('n');
  await own.page.keyboard.type(`What do you say, @fi`);
  const list = own.page.getByRole('listbox', { name: 'Colleagues' });
  await list.getByText(`Max${tests} Field`).waitFor();
  expect(await accessibilityFaults(own.page)).toEqual([]);
  // By the first or the last name, or by the one with which they log in.
  await own.page.keyboard.press('Backspace');
  await own.page.keyboard.press('Backspace');
  await own.page.keyboard.type(`max${tests}`);
  await expect.poll(() => list.getByRole('option').allInnerTexts()).toHaveLength(1);
  await own.page.keyboard.press('Enter');
  const field = own.page.getByRole('textbox', { name: /^Note about/ });
  await expect.poll(() => field.inputValue()).toBe(`What do you say, @max${tests} `);
  await own.page.keyboard.type('?');
  await own.page.keyboard.press('Enter');
  await others.page.getByRole('button', { name: '1 new mention' }).click();
  const shown = others.page.getByRole('dialog', { name: 'Mentions' });
  await expect.poll(() => shown.innerText()).toContain(`in the chat with Ann ${tests}`);
  expect(await accessibilityFaults(others.page)).toEqual([]);
  await shown.getByRole('link').click();
  await others.page.locator('.note').filter({ hasText: 'What do you say' }).waitFor();
  // Whoever has looked has seen it.
  await others.page.getByRole('button', { name: 'Mentions', exact: true }).waitFor();
  await others.page.reload();
  await others.listening();
  expect(await others.page.getByRole('button', { name: '1 new mention' }).count()).toBe(0);
  await own.leave();
  await others.leave();
});

test('what a visitor has written and not sent is shown where they have agreed to it, until they send it', async () => {
  await desk.set('Livechat_show_unfinished_words', true);
  await desk.set('Livechat_force_accept_data_processing_consent', true);
  const console = await open(ida, { colorScheme: 'dark' });
  // The composer says since when they wait.
  await console.page.locator('.composer .waited').waitFor();
  const site = await (await browser.newContext()).newPage();
  await site.goto(`${desk.url}/try`);
  await writeAs(desk, site, guest, 'And how long does it');
  await site.context().close();
  await expect.poll(() => console.page.locator('.unfinished').innerText()).toContain('And how long does it');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await guest.say('And how long does it take?');
  await console.bubble('does it take?').waitFor();
  await expect.poll(() => console.page.locator('.unfinished').count()).toBe(0);
  await console.leave();
});
