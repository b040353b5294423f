// What is one step back from a chat, what is said of who is there and when, and how far the other side has read.

import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

let visitors = 0;

/** Somebody whose chat amy has taken. */
async function served(): Promise<[Visitor, string]> {
  const vera = await Visitor.open(browser, desk.server.url);
  visitors += 1;
  await vera.introduce('Vera', `home${visitors}@example.org`);
  await vera.say('Hello');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  await vera.page.locator('.notice', { hasText: 'Amy Winter joined the chat' }).waitFor();
  return [vera, rid];
}

test('one step back from a chat it stands with what was said last, and goes on from there', async () => {
  const [vera, rid] = await served();
  await vera.button('Back').click();
  await vera.page.getByRole('heading', { name: 'Welcome back, Vera', level: 1 }).waitFor();
  await desk.say(amy, rid, 'First');
  await desk.say(amy, rid, 'Then *this*');
  const card = vera.page.locator('.running');
  await card.getByText('Then this').waitFor();
  await card.getByText('2 new messages').waitFor();
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  await vera.button('Write a reply').click();
  await vera.bubble('Then this').waitFor();
  await expect.poll(() => vera.page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  await vera.button('Back').click();
  await card.getByText('Then this').waitFor();
  expect(await card.locator('.count').count()).toBe(0);
  await desk.close(amy, rid);
  await vera.leave();
});

test('it is said how the agent is, a message is seen when they have read it, and it is said who ended the chat', async () => {
  const [vera, rid] = await served();
  const status = vera.page.locator('header .who p');
  for (const [now, word] of [['offline', 'Offline'], ['online', 'Online']] as const) {
    await desk.status(amy, now);
    await expect.poll(() => status.textContent()).toBe(word);
  }
  const state = vera.page.locator('.own .state');
  expect(await state.textContent()).toContain('Sent');
  await amy.caller.tell('subscriptions.read', { rid });
  await expect.poll(() => state.textContent()).toContain('Seen');
  await vera.say('And another');
  await expect.poll(() => state.textContent()).toContain('Sent');
  await amy.caller.tell('subscriptions.read', { rid });
  await expect.poll(() => state.textContent()).toContain('Seen');
  // Whoever comes back is told by the server.
  await vera.page.reload();
  await expect.poll(() => state.textContent()).toContain('Seen');
  await desk.close(amy, rid);
  await vera.page.getByText('Amy Winter ended the chat').waitFor();
  await vera.page.getByRole('heading', { name: 'Amy Winter', level: 1 }).waitFor();
  await vera.page.getByRole('heading', { name: 'How was your chat with Amy Winter?' }).waitFor();
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  // Of a chat that is over the browser remembers it.
  await vera.page.reload();
  await vera.page.getByRole('heading', { name: 'How was your chat with Amy Winter?' }).waitFor();
  await expect.poll(() => state.textContent()).toContain('Seen');
  await vera.leave();
});

test('where visitors do not see who answers, nobody is named', async () => {
  await desk.set('Livechat_show_agent_info', false);
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.introduce('Vera', 'nameless@example.org');
  await vera.say('Hello');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  await vera.page.getByRole('heading', { name: 'Agent', level: 1 }).waitFor();
  await desk.close(amy, rid);
  await vera.page.getByRole('heading', { name: 'How was your chat?' }).waitFor();
  expect(await vera.page.getByText('Amy').count()).toBe(0);
  await desk.set('Livechat_show_agent_info', true);
  await vera.leave();
});

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

async function keepHours(start: string, finish: string, open: (day: number) => boolean): Promise<void> {
  const workHours = DAYS.map((day, number) => ({ day, start, finish, open: open(number) }));
  const hour = { type: 'default', active: true, name: '', timezoneName: 'Etc/UTC', workHours };
  const message = JSON.stringify({ msg: 'method', id: '1', method: 'livechat:saveBusinessHour', params: [hour] });
  await desk.admin.tell('method.call/livechat%3AsaveBusinessHour', { message });
  await desk.set('Livechat_enable_business_hours', true);
}

test('outside of opening hours it is said when somebody is there again, day by day', async () => {
  // Open on the day after tomorrow alone: closed now, wherever the clock stands.
  const today = (new Date().getUTCDay() + 6) % 7;
  await keepHours('09:00', '18:00', (day) => day === (today + 2) % 7);
  const options = { locale: 'en-GB', timezoneId: 'Etc/UTC' };
  const vera = await Visitor.open(browser, desk.server.url, options);
  await vera.page.getByRole('heading', { name: 'We’re closed right now', level: 1 }).waitFor();
  const name = DAYS[(today + 2) % 7] ?? '';
  await vera.page.getByText(`Back ${name} at 09:00`).waitFor();
  await vera.page.locator('.faces .away img[src$="avatar/amy"]').waitFor();
  const hours = vera.page.locator('.hours');
  expect(await hours.locator('div', { hasText: name }).last().locator('dd').textContent()).toBe('09:00–18:00');
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  await vera.leave();

  await keepHours('00:00', '24:00', () => true);
  await desk.available(amy, true);
  const wim = await Visitor.open(browser, desk.server.url, options);
  await wim.page.getByText('We’re online').waitFor();
  expect(await wim.page.getByText('Opening hours').count()).toBe(0);
  await desk.set('Livechat_enable_business_hours', false);
  await desk.available(amy, true);
  await wim.leave();
});

test('what is written before the form waits below it, goes back where it was written, or goes with it', async () => {
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.say('Where is my order?');
  await vera.page.locator('.waiting', { hasText: 'Where is my order?' }).waitFor();
  await expect.poll(() => vera.page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('name');
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  await vera.button('Back').click();
  expect(await vera.composer.inputValue()).toBe('Where is my order?');
  await vera.composer.press('Enter');
  await vera.field('Name').fill('Wilma');
  await vera.field('Email').fill('wilma@example.org');
  await vera.button('Start chat').click();
  await vera.arrived();
  const { v, _id: rid } = await vera.room(desk);
  expect(v.name).toBe('Wilma');
  await desk.take(amy, rid);
  await desk.close(amy, rid);
  await vera.leave();
});
