// What a visitor must never notice: reloads, other tabs, a network that goes, a server that falls.

import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Cable } from './cable.ts';
import { Visitor } from './visitor.ts';

/** A chat that an agent has taken. */
async function chat(url = desk.server.url): Promise<[Visitor, string]> {
  const visitor = await Visitor.open(browser, url);
  await visitor.introduce('Vera', 'vera@example.org');
  await visitor.say('first');
  await visitor.arrived();
  const { _id: rid } = await visitor.room(desk);
  await desk.take(amy, rid);
  await visitor.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  return [visitor, rid];
}

/** What the agent sees of a chat, in order. */
async function kept(rid: string): Promise<string[]> {
  const { messages } = await amy.caller.ask<{ messages: { msg: string; t?: string }[] }>(
    `livechat/${rid}/messages?count=100`,
  );
  return messages
    .filter(({ t }) => t === undefined)
    .map(({ msg }) => msg)
    .toReversed();
}

test('a reload finds the same chat, and what was begun to be written', async () => {
  const [vera, rid] = await chat();
  await desk.say(amy, rid, 'second');
  await vera.bubble('second').waitFor();
  await vera.composer.fill('half a sen');
  await vera.page.reload();
  await vera.bubble('second').waitFor();
  expect(await vera.said.allInnerTexts()).toEqual(['first', 'second']);
  expect(await vera.composer.inputValue()).toBe('half a sen');
  await desk.say(amy, rid, 'third');
  await vera.bubble('third').waitFor();
  await vera.leave();
});

test('a second tab shows the same chat, and each hears what the other says', async () => {
  const [vera, rid] = await chat();
  const other = await vera.secondTab();
  await other.bubble('first').waitFor();
  await other.say('from the other tab');
  await vera.bubble('from the other tab').waitFor();
  await desk.say(amy, rid, 'to both');
  await Promise.all([vera.bubble('to both').waitFor(), other.bubble('to both').waitFor()]);
  expect(await other.said.allInnerTexts()).toEqual(await vera.said.allInnerTexts());
  // A new chat in one is a new chat in both.
  await desk.close(amy, rid);
  await Promise.all([
    vera.button('Start a new chat').waitFor(),
    other.button('Start a new chat').waitFor(),
  ]);
  await vera.leave();
});

test('a network that is cut: what was said meanwhile comes in order, what was written goes once', async () => {
  const cable = await Cable.lay(desk.server.url);
  const [vera, rid] = await chat(cable.url);
  cable.cut();
  await vera.page.getByText('Reconnecting… Your messages will be sent.').waitFor();
  await vera.say('written in the dark');
  await vera.say('and more');
  await vera.page.getByText('Waiting to send').first().waitFor();
  const said = ['one', 'two', 'three', 'four', 'five'];
  for (const text of said) {
    await desk.say(amy, rid, text);
  }
  const slip = await desk.say(amy, rid, 'gone before he is back');
  await amy.caller.tell('chat.delete', { roomId: rid, msgId: slip });
  cable.mend();
  await vera.bubble('five').waitFor();
  await vera.arrived();
  await vera.page.getByText('Reconnecting').waitFor({ state: 'detached' });
  const all = await kept(rid);
  expect(all.toSorted()).toEqual(
    ['first', ...said, 'written in the dark', 'and more'].toSorted(),
  );
  expect(all.indexOf('written in the dark')).toBeLessThan(all.indexOf('and more'));
  expect(await vera.said.allInnerTexts()).toEqual(all);
  await desk.say(amy, rid, 'live again');
  await vera.bubble('live again').waitFor();
  // A browser names each attempt that fails; nothing else may be named.
  expect(vera.complaints.filter((line) => !line.includes('net::ERR_'))).toEqual([]);
  await vera.context.close();
  await cable.remove();
});

test('a network that the browser knows to be gone is said, and what is written then waits', async () => {
  const [vera, rid] = await chat();
  await vera.context.setOffline(true);
  await vera.say('written on a train');
  await vera.page.getByText('Waiting to send').waitFor();
  await vera.page.getByText('Reconnecting… Your messages will be sent.').waitFor();
  await vera.context.setOffline(false);
  await vera.arrived();
  await vera.page.getByText('Reconnecting').waitFor({ state: 'detached' });
  expect(await kept(rid)).toEqual(['first', 'written on a train']);
  await vera.context.close();
});

test('the first words wait where nothing gets through', async () => {
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.introduce('Vera', 'vera@example.org');
  await vera.page.route('**/api/**', (route) => route.abort());
  await vera.say('first');
  await vera.page.getByText('Waiting to send').waitFor();
  await vera.page.unroute('**/api/**');
  await vera.arrived();
  expect(await vera.said.allInnerTexts()).toEqual(['first']);
  await vera.context.close();
});

test('what was written in the dark survives a reload, too', async () => {
  const cable = await Cable.lay(desk.server.url);
  const [vera, rid] = await chat(cable.url);
  // Only the messages find no way: the page itself can be loaded again.
  await vera.page.route('**/livechat/message', (route) => route.abort());
  await vera.say('do not lose me');
  await vera.page.getByText('Sending').waitFor();
  await vera.page.unroute('**/livechat/message');
  await vera.page.reload();
  await vera.arrived();
  expect(await kept(rid)).toEqual(['first', 'do not lose me']);
  await vera.context.close();
  await cable.remove();
});

test('an answer that is lost on its way does not make a message twice', async () => {
  const [vera, rid] = await chat();
  // Nor does a push tell that it has arrived.
  await vera.context.routeWebSocket(/websocket/, (socket) => socket.close());
  await vera.page.reload();
  await vera.bubble('first').waitFor();
  let lost = 0;
  await vera.page.route('**/livechat/message', async (route) => {
    await route.fetch();
    lost += 1;
    await (lost === 1 ? route.abort() : route.continue());
  });
  await vera.say('once');
  await vera.arrived();
  expect(lost).toBeGreaterThan(1);
  expect(await kept(rid)).toEqual(['first', 'once']);
  expect(await vera.said.allInnerTexts()).toEqual(['first', 'once']);
  await vera.context.close();
});

test('a server that falls and comes back: nobody has to reload', async () => {
  const [vera, rid] = await chat();
  const restarted = desk.server.restart();
  await vera.say('into the gap');
  await restarted;
  await vera.arrived();
  await desk.say(amy, rid, 'after the fall');
  await vera.bubble('after the fall').waitFor();
  expect(await vera.said.allInnerTexts()).toEqual(['first', 'into the gap', 'after the fall']);
  expect(await kept(rid)).toEqual(['first', 'into the gap', 'after the fall']);
  expect(vera.complaints.filter((line) => !line.includes('net::ERR_'))).toEqual([]);
  await vera.context.close();
});

test('a chat that ended while nobody looked is shown to its end', async () => {
  const [vera, rid] = await chat();
  const address = vera.page.url();
  await vera.page.goto('about:blank');
  await desk.say(amy, rid, 'Goodbye then');
  await desk.close(amy, rid);
  await vera.page.goto(address);
  await vera.bubble('Goodbye then').waitFor();
  await vera.page.getByRole('heading', { name: /^How was your chat/ }).waitFor();
  await vera.page.reload();
  await vera.button('Start a new chat').click();
  await vera.page.getByText('Hello! How can we help?').waitFor();
  expect(await vera.said.count()).toBe(0);
  await vera.leave();
});

test('older messages come when one scrolls up, and nothing jumps', async () => {
  const [vera, rid] = await chat();
  for (let number = 1; number <= 120; number += 1) {
    await desk.say(amy, rid, `line ${number}`);
  }
  await vera.bubble('line 120').waitFor();
  await vera.page.reload();
  await vera.bubble('line 120').waitFor();
  expect(await vera.said.count()).toBeLessThan(60);
  const scroller = vera.page.getByRole('region', { name: 'Conversation' });
  await vera.button('Latest').waitFor({ state: 'detached' });
  await scroller.evaluate((box) => box.scrollTo(0, 0));
  await vera.page.getByText('first', { exact: true }).or(vera.bubble('line 40')).first().waitFor();
  const seen = await scroller.evaluate((box) => box.scrollTop);
  expect(seen).toBeGreaterThan(100);
  while ((await vera.said.first().innerText()) !== 'first') {
    await scroller.evaluate((box) => box.scrollTo(0, 0));
  }
  expect(await vera.said.allInnerTexts()).toEqual(await keptWhole(rid));
  // What comes meanwhile is counted; what was said before is not.
  await vera.button('Latest').waitFor();
  for (const text of ['line 121', 'line 122']) {
    await desk.say(amy, rid, text);
  }
  await vera.button('2 new messages').click();
  await vera.bubble('line 122').waitFor();
  await scroller.evaluate((box) => box.scrollTo(0, 0));
  await vera.button('Latest').waitFor();
  await vera.leave();
});

async function keptWhole(rid: string): Promise<string[]> {
  const [newest, oldest] = await Promise.all(
    [0, 100].map((offset) =>
      amy.caller.ask<{ messages: { msg: string; t?: string }[] }>(
        `livechat/${rid}/messages?count=100&offset=${offset}`,
      ),
    ),
  );
  return [...(newest?.messages ?? []), ...(oldest?.messages ?? [])]
    .filter(({ t }) => t === undefined)
    .map(({ msg }) => msg)
    .toReversed();
}
