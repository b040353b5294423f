// What is shown before a chat: a greeting, who is there, what is often asked.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

const SET = {
  Livechat_welcome_greeting: 'Ask the potters',
  Livechat_quick_starts: 'Where is my order?\nIs this in stock?',
  Livechat_privacy_link: 'https://example.org/privacy',
};

beforeAll(async () => {
  for (const [id, value] of Object.entries(SET)) {
    await desk.set(id, value);
  }
});

afterAll(async () => {
  for (const id of Object.keys(SET)) {
    await desk.set(id, '');
  }
});

const start = (vera: Visitor, text: string) => vera.page.getByRole('button', { name: text });

test('a greeting, who is there, and where the privacy policy is', async () => {
  expect(amy.username).toBe('amy');
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.page.getByRole('heading', { name: 'Ask the potters', level: 1 }).waitFor();
  await vera.page.locator('.faces .online img[src$="avatar/amy"]').waitFor();
  const link = vera.page.getByRole('link', { name: 'Privacy policy' });
  expect(await link.getAttribute('href')).toBe('https://example.org/privacy');
  await vera.leave();
});

test('nobody is shown where the operator does not want it', async () => {
  await desk.set('Livechat_show_faces', false);
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.page.getByText('We’re online', { exact: true }).waitFor();
  expect(await vera.page.locator('.faces').count()).toBe(0);
  await desk.set('Livechat_show_faces', true);
  await vera.leave();
});

test('a question that was chosen before the form is sent when it is filled in', async () => {
  const vera = await Visitor.open(browser, desk.server.url);
  await start(vera, 'Where is my order?').click();
  await vera.page.getByText('Sends when you start the chat').waitFor();
  await vera.introduce('chooser', 'chooser@example.org');
  await vera.bubble('Where is my order?').waitFor();
  await vera.arrived();
  const room = await vera.room(desk);
  expect(room.v.name).toBe('chooser');
  await vera.leave();
});

test('where no form is asked for, a click sends, and who types goes on typing in the chat', async () => {
  await desk.set('Livechat_registration_form', false);
  const vera = await Visitor.open(browser, desk.server.url);
  await start(vera, 'Is this in stock?').click();
  await vera.bubble('Is this in stock?').waitFor();
  await vera.arrived();
  await vera.leave();

  const wim = await Visitor.open(browser, desk.server.url);
  await wim.page.locator('.composer textarea').pressSequentially('Hello');
  await wim.page.keyboard.press('Enter');
  await wim.bubble('Hello').waitFor();
  await wim.page.keyboard.type('there');
  expect(await wim.page.locator('.composer textarea').inputValue()).toBe('there');
  await desk.set('Livechat_registration_form', true);
  await wim.leave();
});
