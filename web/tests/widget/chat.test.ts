import { beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { connect, heard } from '../rocketchat/line.ts';
import { Visitor } from './visitor.ts';

let ben: Agent;

beforeAll(async () => {
  ben = await desk.agent('ben', 'Ben Summer');
  // No name server is asked here whether an address can get mail.
  await desk.set('Livechat_validate_offline_email', false);
  await desk.set('API_Upper_Count_Limit', 500);
});

async function chat(name: string): Promise<[Visitor, string]> {
  const visitor = await Visitor.open(browser, desk.server.url);
  await visitor.introduce(name, `${name}@example.org`);
  await visitor.say('Is anybody there?');
  await visitor.arrived();
  const { _id: rid } = await visitor.room(desk);
  return [visitor, rid];
}

test('a number with its country can be called, and what is quoted stands above the answer', async () => {
  const [vera, rid] = await chat('nora');
  await desk.take(amy, rid);
  const id = await desk.say(amy, rid, 'Good morning, Nora');
  await desk.say(amy, rid, 'Call +31 30 555-01 00 or (+49) 30 5550; order 20377, 10 + 1234567890');
  const number = vera.bubble('Call +31').getByRole('link');
  await number.first().waitFor();
  expect(await number.allTextContents()).toEqual(['+31 30 555-01 00']);
  expect(await number.getAttribute('href')).toBe('tel:+31305550100');
  const link = `${desk.server.url}live/${rid}?msg=${id}`;
  await desk.say(amy, rid, `[ ](${link}) As I said`);
  await vera.bubble('As I said').locator('blockquote', { hasText: 'Good morning, Nora' }).waitFor();
  await desk.close(amy, rid);
  await vera.leave();
});

test('a whole chat', async () => {
  const [vera, rid] = await chat('vera');
  await desk.take(amy, rid);
  await vera.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();

  const id = await desk.say(amy, rid, 'Good mornin, Vera');
  await vera.bubble('Good mornin, Vera').waitFor();
  await amy.caller.tell('chat.update', { roomId: rid, msgId: id, text: 'Good morning, Vera' });
  await vera.bubble('Good morning, Vera').waitFor();
  await vera.page.getByText('Edited').waitFor();
  await desk.say(amy, rid, 'Hello :smile: at 10:30:00, `:smile:` :no_such_name:');
  await vera.bubble('Hello 😄 at 10:30:00, :smile: :no_such_name:').waitFor();
  const slip = await desk.say(amy, rid, 'Not for you');
  await vera.bubble('Not for you').waitFor();
  await amy.caller.tell('chat.delete', { roomId: rid, msgId: slip });
  await vera.bubble('Not for you').waitFor({ state: 'detached' });

  // Shift and Enter is a new line, Enter sends.
  await vera.composer.fill('One');
  await vera.composer.press('Shift+Enter');
  await vera.composer.pressSequentially('two');
  await vera.composer.press('Enter');
  await vera.arrived();
  const { messages } = await amy.caller.ask<{ messages: { msg: string }[] }>(
    `livechat/${rid}/messages`,
  );
  expect(messages[0]?.msg).toBe('One\ntwo');

  await desk.admin.tell('livechat/room.forward', { roomId: rid, userId: ben.id });
  await vera.page.getByRole('heading', { name: 'Ben Summer' }).waitFor();
  await vera.page.locator('.notice', { hasText: 'Ben Summer took over from Amy Winter' }).waitFor();

  await desk.close(ben, rid);
  await vera.page.getByRole('heading', { name: /^How was your chat/ }).waitFor();
  expect(await vera.composer.count()).toBe(0);
  await vera.page.getByLabel('4 of 5 stars').check();
  await vera.field('Anything you’d like to add? (optional)').fill('Friendly');
  await vera.button('Send').click();
  await vera.page.getByText('Thanks for your rating.').waitFor();

  await vera.button('Start a new chat').click();
  await vera.page.getByText('Hello! How can we help?').waitFor();
  await vera.say('Me again');
  await vera.arrived();
  const { _id: again } = await vera.room(desk);
  expect(again).not.toBe(rid);
  // Nobody stands in the queue of the tests that come.
  await desk.take(amy, again);
  await desk.close(amy, again);
  await vera.leave();
});

test('the key that confirms what an input method has composed does not send it', async () => {
  const [vera, rid] = await chat('keiko');
  await desk.take(amy, rid);
  await vera.composer.fill('こんにちは');
  // As Safari tells it, which has ended the composition by then.
  await vera.composer.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
  expect(await vera.composer.inputValue()).toBe('こんにちは');
  await vera.composer.dispatchEvent('keydown', { key: 'Enter', keyCode: 13 });
  await vera.bubble('こんにちは').waitFor();
  expect(await vera.composer.inputValue()).toBe('');
  await vera.leave();
});

test('the visitor ends the chat, but not by accident', async () => {
  const [vera, rid] = await chat('vera');
  await vera.menu('End chat');
  await vera.button('Keep chatting').click();
  expect((await desk.room(rid)).open).toBe(true);
  await vera.menu('End chat');
  await vera.page.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
  await vera.page.getByRole('heading', { name: /^How was your chat/ }).waitFor();
  expect((await desk.room(rid)).open).toBeUndefined();
  await vera.leave();
});

// A browser that writes two hundred times is slow where a machine has other work.
test('two hundred messages each way, in one order, none lost and none twice', async () => {
  const [vera, rid] = await chat('vera');
  await desk.take(amy, rid);
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
  const speak = async () => {
    for (const number of numbers) {
      await desk.say(amy, rid, `amy ${number}`);
    }
  };
  const write = async () => {
    await vera.composer.focus();
    for (const number of numbers) {
      await vera.page.keyboard.insertText(`vera ${number}`);
      await vera.page.keyboard.press('Enter');
    }
  };
  await Promise.all([speak(), write()]);
  await vera.bubble('amy 200').waitFor();
  await vera.page.locator('.waiting').first().waitFor({ state: 'detached' });

  const shown = await vera.said.allInnerTexts();
  const { messages } = await amy.caller.ask<{ messages: { msg: string; t?: string }[] }>(
    `livechat/${rid}/messages?count=500`,
  );
  const kept = messages.filter(({ t }) => t === undefined).map(({ msg }) => msg);
  expect(shown).toEqual(kept.toReversed());
  for (const who of ['amy', 'vera']) {
    expect(shown.filter((text) => text.startsWith(who))).toEqual(
      numbers.map((number) => `${who} ${number}`),
    );
  }
  await vera.leave();
}, 180_000);

test('who waits sees his place in line, and leaves it for a message', async () => {
  await desk.set('Livechat_waiting_queue', true);
  const [first] = await chat('first');
  const [second, rid] = await chat('second');
  await second.page.getByText('You’re number 2 in line').waitFor();
  await first.menu('End chat');
  await first.page.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
  await second.page.getByText('You’re number 1 in line').waitFor();

  await second.composer.fill('It is urgent');
  await second.button('Leave a message instead').click();
  expect(await second.field('Leave a message').inputValue()).toBe('It is urgent');
  await second.button('Send message').click();
  await second.page.getByRole('heading', { name: 'Message sent' }).waitFor();
  expect((await desk.room(rid)).open).toBeUndefined();
  await first.leave();
  await second.leave();
});

test('each sees that the other writes, and no longer when he has written', async () => {
  const [vera, rid] = await chat('typist');
  await desk.take(amy, rid);
  await vera.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  const line = await connect(desk, amy);
  const activity = `${rid}/user-activity` as const;
  const told = await heard(line, 'notify-room', activity);
  await vera.composer.pressSequentially('I thi');
  await expect.poll(() => told.at(-1)?.[1]).toEqual(['user-typing']);
  await vera.composer.press('Enter');
  await expect.poll(() => told.at(-1)?.[1]).toEqual([]);
  // One call for some keys, and one for the end.
  expect(told).toHaveLength(2);

  const write = (activities: readonly string[]) =>
    line.client.callAsync('stream-notify-room', activity, 'amy', activities);
  await write(['user-typing']);
  await vera.page.getByText('Amy Winter is typing').waitFor();
  await write([]);
  await vera.page.getByText('Amy Winter is typing').waitFor({ state: 'detached' });
  await write(['user-typing']);
  await vera.page.getByText('Amy Winter is typing').waitFor();
  await desk.say(amy, rid, 'Written');
  await vera.page.getByText('Amy Winter is typing').waitFor({ state: 'detached' });
  line.connection.close();
  await vera.leave();
});

test('whoever waits learns that the last agent has gone, and keeps what he wrote', async () => {
  const vera = await Visitor.open(browser, 'about:blank#');
  await vera.page.clock.install();
  await vera.page.goto(`${desk.server.url}livechat`);
  await vera.introduce('Patient', 'patient@example.org');
  await vera.say('Is anybody there?');
  await vera.arrived();
  await desk.available(amy, false);
  await desk.available(ben, false);
  await vera.page.clock.fastForward(60_000);
  await vera.page.getByText('We’re away right now').waitFor();
  await vera.composer.fill('Then by mail, please');
  await vera.button('Leave a message instead').click();
  expect(await vera.field('Leave a message').inputValue()).toBe('Then by mail, please');
  await desk.available(amy, true);
  await desk.available(ben, true);
  await vera.leave();
});

test('a sound says that somebody has answered, unless one looks or wants it quiet', async () => {
  const [vera, rid] = await chat('listener');
  await desk.take(amy, rid);
  const sounds: string[] = [];
  vera.page.on('request', (request) => {
    if (request.url().includes('/sounds/')) {
      sounds.push(request.url());
    }
  });
  await desk.say(amy, rid, 'seen');
  await vera.bubble('seen').waitFor();
  expect(sounds).toHaveLength(0);

  const other = await vera.context.newPage();
  await other.bringToFront();
  await vera.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
  });
  await desk.say(amy, rid, 'heard');
  await expect.poll(() => sounds.length).toBe(1);
  const sound = vera.page.getByRole('switch', { name: 'Sound' });
  await vera.button('More').click();
  await sound.click();
  await expect.poll(() => sound.getAttribute('aria-checked')).toBe('false');
  await vera.page.keyboard.press('Escape');
  await desk.say(amy, rid, 'quiet');
  await vera.bubble('quiet').waitFor();
  expect(sounds).toHaveLength(1);
  await vera.leave();
});
