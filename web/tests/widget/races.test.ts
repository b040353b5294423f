// What happens at the same time, too late, or twice.

import type { Route } from 'playwright-core';
import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

let visitors = 0;

async function introduced(): Promise<Visitor> {
  const visitor = await Visitor.open(browser, desk.server.url);
  visitors += 1;
  await visitor.introduce('Vera', `vera${visitors}@example.org`);
  return visitor;
}

async function chat(): Promise<[Visitor, string]> {
  const visitor = await introduced();
  await visitor.say('first');
  await visitor.arrived();
  const { _id: rid } = await visitor.room(desk);
  await desk.take(amy, rid);
  await visitor.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  return [visitor, rid];
}

/** Holds back what is asked until it is let go. */
async function hold(visitor: Visitor, what: string): Promise<() => Promise<void>> {
  const held: Route[] = [];
  await visitor.page.route(what, (route) => {
    held.push(route);
  });
  return async () => {
    await Promise.all(held.splice(0).map((route) => route.continue()));
    await visitor.page.unroute(what);
  };
}

test('a tab that was there before the chat began hears it, and its end, and the next', async () => {
  const vera = await introduced();
  const other = await vera.secondTab();
  await other.composer.waitFor();
  await vera.say('first');
  await other.bubble('first').waitFor();
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  await other.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  await other.say('from the other tab');
  await vera.bubble('from the other tab').waitFor();
  expect(await other.page.locator('.own .bubble').allInnerTexts()).toEqual([
    'first',
    'from the other tab',
  ]);
  await desk.close(amy, rid);
  await other.button('Start a new chat').waitFor();
  await vera.button('Start a new chat').click();
  await other.page.getByText('Hello! How can we help?').waitFor();
  await vera.say('a new one');
  await other.bubble('a new one').waitFor();
  // Until then it shows what the first tab is sending, which leaves it before it is heard here.
  await other.arrived();
  expect(await other.said.allInnerTexts()).toEqual(['a new one']);
  await vera.leave();
});

test('a visitor who is forgotten with his chat can still rate it, and is another afterwards', async () => {
  await desk.set('Livechat_clear_local_storage_when_chat_ended', true);
  const [vera, rid] = await chat();
  const token = await vera.token();
  await desk.close(amy, rid);
  await vera.button('Start a new chat').waitFor();
  expect(await vera.page.locator('.own .bubble').allInnerTexts()).toEqual(['first']);
  await vera.page.getByLabel('5 of 5 stars').click();
  await vera.page.getByLabel('Anything you’d like to add?').waitFor();
  await vera.button('Start a new chat').click();
  await vera.introduce('Somebody else', 'else@example.org');
  expect(await vera.token()).not.toBe(token);
  await desk.set('Livechat_clear_local_storage_when_chat_ended', false);
  await vera.leave();
});

test('what was not sent when a chat ended begins no new one by itself', async () => {
  const [vera, rid] = await chat();
  await vera.page.route('**/livechat/message', (route) => route.abort());
  await vera.say('too late');
  await vera.page.getByText('Sending').waitFor();
  await desk.close(amy, rid);
  await vera.page.getByText('Not sent').waitFor();
  await vera.page.unroute('**/livechat/message');
  await vera.page.reload();
  await vera.page.getByText('Not sent').waitFor();
  const token = await vera.token();
  const his = (await desk.rooms()).filter(({ v }) => v.token === token);
  expect(his.map(({ _id, open }) => [_id, open])).toEqual([[rid, undefined]]);
  await vera.button('Try again').click();
  await vera.arrived();
  expect(await vera.said.allInnerTexts()).toEqual(['too late']);
  const { _id: next } = await vera.room(desk);
  expect(next).not.toBe(rid);
  await desk.take(amy, next);
  await desk.close(amy, next);
  await vera.context.close();
});

test('a message that arrived is not offered again because its answer was lost', async () => {
  const [vera, rid] = await chat();
  await vera.context.routeWebSocket(/websocket/, (socket) => socket.close());
  await vera.page.reload();
  await vera.bubble('first').waitFor();
  await vera.page.route('**/livechat/message', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await vera.say('arrived');
  await expect
    .poll(async () => {
      const { messages } = await amy.caller.ask<{ messages: { msg: string }[] }>(
        `livechat/${rid}/messages`,
      );
      return messages[0]?.msg;
    })
    .toBe('arrived');
  const address = vera.page.url();
  await vera.page.goto('about:blank');
  await desk.close(amy, rid);
  await vera.page.goto(address);
  await vera.button('Start a new chat').waitFor();
  expect(await vera.said.allInnerTexts()).toEqual(['first', 'arrived']);
  expect(await vera.page.getByText('Not sent').count()).toBe(0);
  // Nor does it go into the next.
  await vera.page.unroute('**/livechat/message');
  await vera.button('Start a new chat').click();
  await vera.page.getByText('Hello! How can we help?').waitFor();
  await vera.say('something new');
  await vera.arrived();
  expect(await vera.said.allInnerTexts()).toEqual(['something new']);
  const { _id: next } = await vera.room(desk);
  await desk.take(amy, next);
  await desk.close(amy, next);
  await vera.context.close();
});

test('what was read of an earlier chat does not come into the next', async () => {
  const [vera, rid] = await chat();
  await desk.close(amy, rid);
  await vera.button('Start a new chat').waitFor();
  const letGo = await hold(vera, '**/messages.history/**');
  const asked = vera.page.waitForRequest('**/messages.history/**');
  await vera.page.reload();
  await asked;
  await vera.button('Start a new chat').click();
  await vera.page.getByText('Hello! How can we help?').waitFor();
  const answered = vera.page.waitForResponse('**/messages.history/**');
  await letGo();
  await (await answered).finished();
  await vera.say('only this');
  await vera.arrived();
  expect(await vera.said.allInnerTexts()).toEqual(['only this']);
  expect(await vera.button('Start a new chat').count()).toBe(0);
  const { _id: next } = await vera.room(desk);
  await desk.take(amy, next);
  await desk.close(amy, next);
  await vera.leave();
});

test('a page asks for the configuration once, also where a chat runs', async () => {
  const [vera, rid] = await chat();
  const asked: string[] = [];
  vera.page.on('request', (request) => {
    if (request.url().includes('/api/v1/')) {
      asked.push(new URL(request.url()).pathname.replace(/.*livechat\/([a-z.]+).*/, '$1'));
    }
  });
  await vera.page.reload();
  await vera.bubble('first').waitFor();
  await vera.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  await desk.say(amy, rid, 'heard');
  await vera.bubble('heard').waitFor();
  expect(asked.toSorted()).toEqual(['config', 'messages.history']);
  await desk.close(amy, rid);
  await vera.leave();
});

test('what is pushed while the configuration is read is the newer of both', async () => {
  const vera = await introduced();
  await vera.say('first');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  // The answer of a moment ago, later.
  const old: (() => Promise<void>)[] = [];
  let isAsked = false;
  await vera.page.route('**/livechat/config**', async (route) => {
    const response = await route.fetch();
    old.push(() => route.fulfill({ response }));
    isAsked = true;
  });
  await vera.page.reload();
  await expect.poll(() => isAsked).toBe(true);
  await desk.take(amy, rid);
  await desk.say(amy, rid, 'taken');
  await vera.page.waitForFunction(() => localStorage.getItem('hark')?.includes('"served":"amy"'));
  await Promise.all(old.map((answer) => answer()));
  await vera.bubble('taken').waitFor();
  expect(await vera.page.getByRole('heading', { level: 1 }).innerText()).toBe('Amy Winter');
  await desk.close(amy, rid);
  await vera.button('Start a new chat').waitFor();
  await vera.leave();
});

test('six files in a chat that has not begun are one chat, and one that was cancelled is not sent', async () => {
  const vera = await introduced();
  const rooms: string[] = [];
  vera.page.on('request', (request) => {
    if (request.url().endsWith('livechat/room')) {
      rooms.push(request.url());
    }
  });
  const letGo = await hold(vera, '**/livechat/room');
  const chooser = vera.page.waitForEvent('filechooser');
  await vera.button('Attach a file').click();
  await (await chooser).setFiles(
    [1, 2, 3, 4, 5, 6].map((number) => ({
      name: `file-${number}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from(String(number)),
    })),
  );
  await vera.button('Cancel').nth(5).click();
  await letGo();
  await vera.page.locator('a.file').nth(4).waitFor();
  await vera.arrived();
  expect(rooms).toHaveLength(1);
  const names = await vera.page.locator('a.file bdi').allInnerTexts();
  expect(names.toSorted()).toEqual([1, 2, 3, 4, 5].map((number) => `file-${number}.txt`));
  await vera.leave();
});

test('an agent who takes the chat while a message is written for later is seen', async () => {
  const vera = await introduced();
  await desk.set('Livechat_waiting_queue', true);
  await vera.say('first');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  await vera.button('Leave a message instead').click();
  await vera.field('Leave a message').fill('by mail then');
  await desk.take(amy, rid);
  await vera.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  expect(await vera.composer.inputValue()).toBe('by mail then');
  await desk.set('Livechat_waiting_queue', false);
  await desk.close(amy, rid);
  await vera.leave();
});

test('where live chat is switched off, the panel says that nobody is there', async () => {
  await desk.set('Livechat_enabled', false);
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.page.getByText('We’re away right now').waitFor();
  await desk.set('Livechat_enabled', true);
  await vera.page.reload();
  await vera.composer.waitFor();
  expect(await vera.page.getByText('We’re away right now').count()).toBe(0);
  await vera.leave();
});
