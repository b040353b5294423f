// Cables that are cut, servers that start again: nothing is lost, and nothing comes twice.
import type { Route, WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Cable } from '../widget/cable.ts';
import { Console, Guest } from './console.ts';

const words = (console: Console) => console.page.locator('.bubble:not(.typing-bubble)').allInnerTexts();

test('a connection that takes its time to be made has it', async () => {
  const console = await Console.open(browser, desk.server.url);
  const { page } = console;
  let sockets = 0;
  let made: (() => void) | undefined;
  const isMade = new Promise<void>((done) => {
    made = done;
  });
  await page.routeWebSocket(/websocket$/, async (socket) => {
    sockets += 1;
    await isMade;
    socket.connectToServer();
  });
  await page.clock.install();
  await page.reload();
  await console.enter(amy.username, amy.password);
  await expect.poll(() => sockets).toBe(1);
  await page.clock.runFor(5000);
  made?.();
  await console.listening();
  expect(sockets).toBe(1);
  await console.leave();
});

test('what happened while the cable was cut is there afterwards, in its order and once', async () => {
  const guest = await Guest.come(desk, 'Ann', 'Before');
  await desk.take(amy, guest.rid);
  const cable = await Cable.lay(desk.server.url);
  const console = await Console.logIn(browser, cable.url, amy);
  await console.openChat('Ann');
  await console.bubble('Before').waitFor();
  cable.cut();
  await console.page.getByText('No connection since').waitFor();
  for (const word of ['One', 'Two', 'Three']) {
    await guest.say(word);
  }
  // One may write on; it waits.
  await console.say('Mine');
  await console.page.getByText('Waits for the connection').waitFor();
  const second = await Guest.come(desk, 'Bob', 'Also new');
  // The first question behind a loss may be lost as well.
  await console.page.route('**/chat.syncMessages*', (route) => route.abort(), { times: 1 });
  cable.mend();
  await console.page.getByText('Connected again. 3 messages came meanwhile.').waitFor();
  await expect.poll(() => words(console)).toEqual(['Before', 'One', 'Two', 'Three', 'Mine']);
  await expect.poll(() => guest.heard()).toEqual(['Mine']);
  await console.page.getByText('1 waiting').waitFor();
  // What comes now is heard.
  await guest.say('Four');
  await console.bubble('Four').waitFor();
  await desk.take(amy, second.rid);
  await console.row('Bob').waitFor();
  await console.leave();
  await cable.remove();
});

test('what came meanwhile is told, whichever reading finds it', async () => {
  const guest = await Guest.come(desk, 'Kit', 'Before');
  await desk.take(amy, guest.rid);
  const cable = await Cable.lay(desk.server.url);
  const console = await Console.open(browser, cable.url);
  const { page } = console;
  // The connection is lost before the chat is listened to, so that opening it and the return both read.
  let isHeld = true;
  await page.routeWebSocket(/websocket$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      const isOfChat = String(frame).includes('stream-room-messages') && String(frame).includes(guest.rid);
      if (!isHeld || !isOfChat) {
        server.send(frame);
      }
    });
  });
  await page.reload();
  await console.enter(amy.username, amy.password);
  await console.listening();
  await console.openChat('Kit');
  await console.bubble('Before').waitFor();
  cable.cut();
  await page.getByText('No connection since').waitFor();
  isHeld = false;
  for (const word of ['One', 'Two', 'Three']) {
    await guest.say(word);
  }
  // The first fails, the other is refused, and everything is read anew.
  const answers: ((route: Route) => Promise<void>)[] = [
    (route) => route.abort(),
    (route) => route.fulfill({ status: 400, json: { success: false, error: 'no' } }),
  ];
  await page.route('**/chat.syncMessages*', async (route) => await (answers.shift() ?? (() => route.continue()))(route));
  cable.mend();
  await page.getByText('Connected again. 3 messages came meanwhile.').waitFor();
  await expect.poll(() => words(console)).toEqual(['Before', 'One', 'Two', 'Three']);
  await console.leave();
  await cable.remove();
});

test('a page beside the inbox says that there is no connection, and that it is back', async () => {
  const cable = await Cable.lay(desk.server.url);
  const console = await Console.logIn(browser, `${cable.url}inbox`, amy);
  await console.page.locator('.me').click();
  await console.page.getByRole('link', { name: 'Your profile' }).click();
  await console.page.getByRole('heading', { name: 'Your profile' }).waitFor();
  cable.cut();
  await console.page.getByText('No connection since').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  cable.mend();
  await console.page.getByText('Connected again.').waitFor();
  await console.leave();
  await cable.remove();
});

test('who goes through chats quickly stays connected, and hears what is said in the one where they stop', async () => {
  const guests: Guest[] = [];
  for (const name of ['Gil', 'Hal', 'Ivy']) {
    const guest = await Guest.come(desk, name, `Hello from ${name}`);
    await desk.take(amy, guest.rid);
    guests.push(guest);
  }
  const console = await Console.open(browser, desk.server.url);
  let sockets = 0;
  console.page.on('websocket', () => {
    sockets += 1;
  });
  await console.enter(amy.username, amy.password);
  await console.listening();
  await console.row('Gil').waitFor();
  await console.page.locator('.rows').evaluate(async (list) => {
    for (let turn = 0; turn < 20; turn += 1) {
      for (const name of ['Hal', 'Ivy', 'Gil']) {
        [...list.querySelectorAll<HTMLElement>('a.row')].find((row) => row.querySelector('.who')?.textContent === name)?.click();
        await new Promise(requestAnimationFrame);
      }
    }
  });
  await console.page.getByRole('heading', { name: 'Gil', exact: true }).waitFor();
  await guests[0]?.say('Are you there?');
  await console.bubble('Are you there?').waitFor();
  await console.say('Yes');
  await expect.poll(() => guests[0]?.heard()).toEqual(['Yes']);
  expect(sockets).toBe(1);
  await console.leave();
});

test('what is heard while the lists are read is not undone by their answers, which are older', async () => {
  const guest = await Guest.come(desk, 'Rex', 'One');
  await desk.take(amy, guest.rid);
  const waiting = await Guest.come(desk, 'Sal', 'I wait');
  const console = await Console.open(browser, desk.server.url);
  const { page } = console;
  let isCut = false;
  let open: WebSocketRoute | undefined;
  await page.routeWebSocket(/websocket$/, (socket) => {
    if (isCut) {
      void socket.close();
    } else {
      socket.connectToServer();
      open = socket;
    }
  });
  await page.reload();
  await console.enter(amy.username, amy.password);
  await console.listening();
  const unread = console.row('Rex').locator('.count');
  const before = Number(/\d+/.exec(await unread.innerText())?.[0]);
  const strip = page.locator('.queue-strip');
  await strip.getByText('1 waiting').waitFor();
  // The answers are written, and are on their way.
  const answers: (() => Promise<void>)[] = [];
  await page.route(/subscriptions%2Fget|queuedForUser/, async (route) => {
    const response = await route.fetch();
    if (answers.length < 2) {
      answers.push(async () => await route.fulfill({ response }));
    } else {
      await route.fulfill({ response });
    }
  });
  isCut = true;
  await open?.close();
  await page.getByText('No connection since').waitFor();
  // That the lists were read is seen by what nobody has heard of.
  const unheard = await Guest.come(desk, 'Tia', 'Unheard');
  await desk.take(amy, unheard.rid);
  isCut = false;
  await expect.poll(() => answers.length).toBe(2);
  await guest.say('Two');
  await expect.poll(() => unread.innerText()).toContain(String(before + 1));
  await desk.take(amy, waiting.rid);
  await strip.waitFor({ state: 'detached' });
  for (const answer of answers) {
    await answer();
  }
  await console.row('Tia').waitFor();
  expect(await unread.innerText()).toContain(String(before + 1));
  expect(await strip.count()).toBe(0);
  await console.row('Sal').waitFor();
  for (const { rid } of [guest, waiting, unheard]) {
    await desk.close(amy, rid);
  }
  await console.leave();
});

test('who goes back to a chat sees it at once, and then what has become of it', async () => {
  const guest = await Guest.come(desk, 'Ada', 'The first');
  const other = await Guest.come(desk, 'Bo', 'Another');
  for (const { rid } of [guest, other]) {
    await desk.take(amy, rid);
  }
  const taken = await desk.say(amy, guest.rid, 'Taken back');
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  await console.openChat('Ada');
  await console.bubble('Taken back').waitFor();
  await page.getByRole('heading', { name: 'Visitor' }).first().waitFor();
  await console.openChat('Bo');
  await console.bubble('Another').waitFor();
  await guest.say('The second');
  await amy.caller.tell('chat.delete', { roomId: guest.rid, msgId: taken, asUser: true });
  // The server takes its time.
  const slow = /\/api\/v1\/(chat\.syncMessages|method\.call)/;
  const waiting: Route[] = [];
  let isSlow = true;
  await page.route(slow, async (route) => {
    if (isSlow) {
      waiting.push(route);
    } else {
      await route.continue();
    }
  });
  await console.openChat('Ada');
  await console.bubble('The first').waitFor();
  expect(await console.bubble('The second').count()).toBe(0);
  isSlow = false;
  await Promise.all(waiting.map((route) => route.continue()));
  await console.bubble('The second').waitFor();
  await console.bubble('Taken back').waitFor({ state: 'detached' });
  await console.leave();
});

test('a chat is seen before it is listened to, and what is said between the two is there afterwards', async () => {
  const guest = await Guest.come(desk, 'Uma', 'The first');
  await desk.take(amy, guest.rid);
  const console = await Console.open(browser, desk.server.url);
  const { page } = console;
  const held: (() => void)[] = [];
  await page.routeWebSocket(/websocket$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      if (String(frame).includes('"msg":"sub"') && String(frame).includes(guest.rid)) {
        held.push(() => server.send(frame));
      } else {
        server.send(frame);
      }
    });
  });
  await page.reload();
  await console.enter(amy.username, amy.password);
  await console.listening();
  await console.openChat('Uma');
  await console.bubble('The first').waitFor();
  await guest.say('Between');
  expect(held.length).toBeGreaterThan(0);
  expect(await console.bubble('Between').count()).toBe(0);
  for (const send of held) {
    send();
  }
  await console.bubble('Between').waitFor();
  await guest.say('Afterwards');
  await console.bubble('Afterwards').waitFor();
  await console.leave();
});

test('who goes back to a chat without a socket sees what has become of it, as long as the server answers', async () => {
  const guest = await Guest.come(desk, 'Lou', 'The first');
  const other = await Guest.come(desk, 'Mo', 'Another');
  for (const { rid } of [guest, other]) {
    await desk.take(amy, rid);
  }
  const console = await Console.open(browser, desk.server.url);
  const { page } = console;
  let isCut = false;
  let open: WebSocketRoute | undefined;
  await page.routeWebSocket(/websocket$/, (socket) => {
    if (isCut) {
      void socket.close();
    } else {
      socket.connectToServer();
      open = socket;
    }
  });
  await page.reload();
  await console.enter(amy.username, amy.password);
  await console.listening();
  for (const [name, said] of [['Lou', 'The first'], ['Mo', 'Another']] as const) {
    await console.openChat(name);
    await console.bubble(said).waitFor();
  }
  // Nor does it ask by itself again and again.
  await page.route(/\/api\/v1\/me$/, (route) => route.abort());
  isCut = true;
  await open?.close();
  await page.getByText('No connection since').waitFor();
  await guest.say('Without a socket');
  await console.openChat('Lou');
  await expect.poll(() => words(console)).toEqual(['The first', 'Without a socket']);
  await console.leave();
});

test('what was said while a chat was left is asked for again, although something later was heard meanwhile', async () => {
  const guest = await Guest.come(desk, 'Eli', 'The first');
  const other = await Guest.come(desk, 'Flo', 'Another');
  for (const { rid } of [guest, other]) {
    await desk.take(amy, rid);
  }
  const console = await Console.logIn(browser, `${desk.url}/inbox`, amy);
  const { page } = console;
  await console.openChat('Eli');
  await console.bubble('The first').waitFor();
  await console.openChat('Flo');
  await console.bubble('Another').waitFor();
  await guest.say('Missed');
  // Since when it is asked for; the first time the network fails.
  const since: string[] = [];
  await page.route((url) => url.pathname.endsWith('/chat.syncMessages') && url.searchParams.get('roomId') === guest.rid, async (route) => {
    since.push(new URL(route.request().url()).searchParams.get('lastUpdate') ?? '');
    if (since.length > 1) {
      await route.continue();
      return;
    }
    await guest.say('Heard');
    await console.bubble('Heard').waitFor();
    await route.abort();
  });
  await console.openChat('Eli');
  await console.bubble('Missed').waitFor();
  await expect.poll(() => since.length).toBe(2);
  // A few seconds before what was heard would be too late.
  expect(since[1]).toBe(since[0]);
  expect(await words(console)).toEqual(['The first', 'Missed', 'Heard']);
  await console.leave();
});

test('who writes is seen writing, although what they said before is read again meanwhile', async () => {
  const guest = await Guest.come(desk, 'Ivo', 'Before');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, `${desk.url}/inbox`, amy);
  const { page } = console;
  let answer: (() => Promise<void>) | undefined;
  await page.route(/\/chat\.syncMessages/, async (route) => {
    const response = await route.fetch();
    answer = async () => await route.fulfill({ response });
  });
  await console.openChat('Ivo');
  await expect.poll(() => answer).toBeDefined();
  const told = await fetch(`${desk.url}/api/hark/v1/widget/typing`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: guest.token, rid: guest.rid, typing: true }),
  });
  expect(told.ok).toBe(true);
  const bubble = page.locator('.typing-bubble');
  await bubble.waitFor();
  const read = page.waitForResponse(/\/chat\.syncMessages/);
  await answer?.();
  await (await read).finished();
  // The answer is taken, and is drawn in the frame after.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  expect(await bubble.count()).toBe(1);
  await guest.say('After');
  await console.bubble('After').waitFor();
  await bubble.waitFor({ state: 'detached' });
  await console.leave();
});

test('a network that the browser knows to be gone is said, and what is written then waits', async () => {
  const guest = await Guest.come(desk, 'Ute', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ute');
  await console.bubble('Hello').waitFor();
  await console.listening();
  await console.context.setOffline(true);
  // Its socket would look open for most of a minute.
  await console.page.getByText('No connection since').waitFor();
  await console.say('Mine');
  await console.page.getByText('Waits for the connection').waitFor();
  await console.context.setOffline(false);
  await expect.poll(() => guest.heard()).toEqual(['Mine']);
  await console.page.getByText('No connection since').waitFor({ state: 'detached' });
  await console.context.close();
});

test('a connection that is dead and does not say so is noticed by the message that cannot be sent', async () => {
  const guest = await Guest.come(desk, 'Yul', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  let isDead = false;
  await page.routeWebSocket(/websocket$/, (near) => {
    const far = near.connectToServer();
    near.onMessage((frame) => (isDead ? undefined : far.send(frame)));
    far.onMessage((frame) => (isDead ? undefined : near.send(frame)));
  });
  await page.route('**/api/**', async (route) => await (isDead ? route.abort() : route.continue()));
  await page.reload();
  await console.listening();
  await console.openChat('Yul');
  await console.bubble('Hello').waitFor();
  isDead = true;
  await console.say('Mine');
  await page.getByText('No connection since').waitFor();
  isDead = false;
  await expect.poll(() => guest.heard()).toEqual(['Mine']);
  await console.context.close();
});

test('the server starts again in the middle of a chat', async () => {
  const guest = await Guest.come(desk, 'Cal', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Cal');
  await desk.restart();
  await console.say('Are you there?');
  await expect.poll(() => guest.heard()).toEqual(['Are you there?']);
  await guest.say('Yes');
  await console.bubble('Yes').waitFor();
  await expect.poll(() => words(console)).toEqual(['Hello', 'Are you there?', 'Yes']);
  await console.leave();
});

test('what was not sent yet survives a reload', async () => {
  const guest = await Guest.come(desk, 'Dan', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Dan');
  const send = '**/api/v1/method.call/sendMessage';
  await console.page.route(send, (route) => route.abort());
  await console.say('Good day');
  await console.bubble('Good day').waitFor();
  // Closing the tab asks first: the words are nowhere else.
  const asked = console.page.waitForEvent('dialog');
  const closing = console.page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await closing;
  await console.page.unroute(send);
  console.page.on('dialog', (again) => void again.accept());
  await console.page.reload();
  await expect.poll(() => guest.heard()).toEqual(['Good day']);
  await expect.poll(() => words(console)).toEqual(['Hello', 'Good day']);
  await console.leave();
});

test('what the server refuses says why, and is tried again or removed', async () => {
  const guest = await Guest.come(desk, 'Eve', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Eve');
  await console.say('x'.repeat(6000));
  await console.page.getByText(/^Not sent:/).waitFor();
  await console.say('Short');
  await expect.poll(() => guest.heard()).toEqual(['Short']);
  await console.button('Try again').click();
  await console.page.getByText(/^Not sent:/).waitFor();
  await console.button('Remove').click();
  await expect.poll(() => words(console)).toEqual(['Hello', 'Short']);
  await console.leave();
});

test('a long chat is read from its end, and the beginning comes when it is wanted', async () => {
  const guest = await Guest.come(desk, 'Fay', 'Word 0');
  await desk.take(amy, guest.rid);
  for (let number = 1; number < 70; number += 1) {
    await guest.say(`Word ${number}`);
  }
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Fay');
  await console.bubble('Word 69').waitFor();
  expect(await console.bubble('Word 5').count()).toBeLessThan(70);
  const log = console.page.getByRole('list', { name: 'Conversation' });
  await expect
    .poll(async () => {
      await log.evaluate((element) => element.scrollTo({ top: 0 }));
      return (await words(console))[0];
    })
    .toBe('Word 0');
  const all = await words(console);
  expect(all).toEqual(Array.from({ length: 70 }, (_, number) => `Word ${number}`));
  // Of what was found, and is not there any more, it is said.
  await console.page.goto(`${desk.url}/inbox/${guest.rid}?at=nothing`);
  await console.page.getByText('This message is not there any more.').waitFor();
  // What was said thousands of messages ago is found.
  const said = (number: number) => ({
    _id: `said${number}`,
    rid: guest.rid,
    msg: `Said ${number}`,
    ts: { $date: 1_700_000_000_000 + number },
    u: { _id: 'fay', username: 'fay' },
    token: guest.token,
    _updatedAt: { $date: 1_700_000_000_000 + number },
  });
  await console.page.route('**/method.call/loadHistory', async (route) => {
    const { message } = route.request().postDataJSON() as { message: string };
    const { params } = JSON.parse(message) as { params: [string, { $date: number } | null, number] };
    const end = params[1] === null ? 2100 : params[1].$date - 1_700_000_000_000;
    const messages = Array.from({ length: Math.min(params[2], end) }, (_, back) => said(end - 1 - back));
    await route.fulfill({ json: { success: true, message: JSON.stringify({ result: { messages } }) } });
  });
  await console.page.goto(`${desk.url}/inbox/${guest.rid}?at=said3`);
  await console.page.locator('.is-sought').getByText('Said 3', { exact: true }).waitFor();
  await console.leave();
});

test('after an update of the server the page offers to be loaded again', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  // Another build has another name for its script.
  await console.page.route(desk.server.url, async (route) => {
    const answer = await route.fetch();
    const html = (await answer.text()).replaceAll(/index-[\w-]+\.js/g, 'index-another.js');
    await route.fulfill({ response: answer, body: html });
  });
  await desk.restart();
  await console.page.getByText('Hark was updated. Your texts are kept.').waitFor();
  await console.page.unroute(desk.server.url);
  await console.button('Reload').click();
  await console.listening();
  expect(await console.page.getByText('Hark was updated.').count()).toBe(0);
  await console.leave();
});
