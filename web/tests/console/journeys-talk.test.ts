// A visitor with the widget and an agent with the console, in two browsers: what both see when all goes well, and
// when networks and servers do not.
import { beforeEach, expect, test } from 'vitest';

import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Cable } from '../widget/cable.ts';
import { Guest, openSite, page as pageOf } from '../widget/site.ts';
import { Visitor } from '../widget/visitor.ts';
import { Console } from './console.ts';
import { Receiver } from './receiver.ts';

const EACH = 100;
const PATIENCE_MS = 180_000;
const TEN_MINUTES_MS = 600_000;

const words = ({ page }: Console) => page.locator('.bubble:not(.typing-bubble)').allInnerTexts();

let amy: Agent;
let tom: Agent;
let tests = 0;

beforeEach(async () => {
  tests += 1;
  amy = await desk.agent(`amy${tests}`, `Amy${tests} Winter`);
  tom = await desk.agent(`tom${tests}`, `Tom${tests} Field`);
});

const vera = () => `Vera ${tests}`;

/** A visitor who has written, over this way. */
async function visitor(url = desk.server.url): Promise<Visitor> {
  const one = await Visitor.open(browser, url);
  await one.introduce(vera(), `vera${tests}@example.org`);
  await one.say('Hello');
  await one.arrived();
  return one;
}

/** A chat that the agent has taken and looks at. */
async function chat(ways: { readonly visitors?: string; readonly agents?: string } = {}): Promise<[Visitor, Console, string]> {
  const one = await visitor(ways.visitors);
  const { _id: rid } = await one.room(desk);
  await desk.take(amy, rid);
  const console = await Console.logIn(browser, ways.agents ?? desk.server.url, amy);
  await console.openChat(vera());
  await console.bubble('Hello').waitFor();
  return [one, console, rid];
}

async function end(one: Visitor, console: Console, rid: string): Promise<void> {
  await desk.close(amy, rid);
  await console.context.close();
  await one.context.close();
}

test('journey 4: an agent hears that somebody has come, takes them by a key, and each sees the other type', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  const chime = console.page.waitForRequest('**/sounds/chime.wav');
  const one = await visitor();
  await chime;
  await console.page.getByRole('tab', { name: /^Queue/ }).click();
  await console.row(vera()).waitFor();
  await console.page.keyboard.press('t');
  await console.page.getByRole('heading', { name: vera(), exact: true }).waitFor();
  await one.page.getByRole('heading', { name: amy.name }).waitFor();
  await one.composer.pressSequentially('I have ');
  // One who goes on writing says so again, for those who have begun to listen meanwhile.
  await expect
    .poll(async () => {
      await one.composer.press('a');
      await one.composer.press('Backspace');
      return console.page.locator('.typing-bubble').count();
    })
    .toBe(1);
  await one.composer.pressSequentially('a');
  await one.composer.press('Enter');
  await console.bubble('I have a').waitFor();
  // After a key one writes at once.
  await console.page.keyboard.type('Good d');
  await one.page.getByText(`${amy.name} is typing`).waitFor();
  await console.page.keyboard.type('ay');
  await console.page.keyboard.press('Enter');
  await one.bubble('Good day').waitFor();
  await one.page.getByText(`${amy.name} is typing`).waitFor({ state: 'detached' });
  expect(await words(console)).toEqual(['Hello', 'I have a', 'Good day']);
  await desk.close(amy, (await one.room(desk))._id);
  await one.leave();
  await console.leave();
});

test('journey 5: two hundred messages both ways at speed are in one order on both sides, once', { timeout: PATIENCE_MS }, async () => {
  const [one, console, rid] = await chat();
  await one.page.getByRole('heading', { name: amy.name }).waitFor();
  const numbers = Array.from({ length: EACH }, (_, index) => index + 1);
  const speak = async ({ page, composer }: Visitor | Console, name: string): Promise<void> => {
    await composer.focus();
    // As fast as keys are taken, without a look at the page between them.
    for (const number of numbers) {
      await page.keyboard.insertText(`${name} ${number}.`);
      await page.keyboard.press('Enter');
    }
  };
  await Promise.all([speak(one, 'vera'), speak(console, 'amy')]);
  await one.bubble(`amy ${EACH}.`).waitFor();
  await console.bubble(`vera ${EACH}.`).waitFor();
  await expect.poll(() => one.page.locator('.waiting').count()).toBe(0);
  await expect.poll(() => console.page.locator('.bubble.is-waiting').count()).toBe(0);
  const kept: string[] = [];
  for (let offset = 0; offset < 3 * EACH; offset += 100) {
    const { messages } = await amy.caller.ask<{ messages: { msg: string; t?: string }[] }>(
      `livechat/${rid}/messages?count=100&offset=${offset}`,
    );
    kept.unshift(
      ...messages
        .filter(({ t }) => t === undefined)
        .map(({ msg }) => msg)
        .toReversed(),
    );
  }
  expect(kept).toHaveLength(1 + 2 * EACH);
  // Of a long chat its end is on the screen, and the rest when one reads back.
  const log = console.page.getByRole('list', { name: 'Conversation' });
  await expect
    .poll(async () => {
      await log.evaluate((element) => element.scrollTo({ top: 0 }));
      return words(console);
    })
    .toEqual(kept);
  await expect.poll(() => one.said.allInnerTexts()).toEqual(kept);
  for (const name of ['vera', 'amy']) {
    expect(kept.filter((text) => text.startsWith(name))).toEqual(numbers.map((number) => `${name} ${number}.`));
  }
  await end(one, console, rid);
});

test('journey 6: reloads, a second tab and the links of a site keep one chat, one socket for each tab, and one count', async () => {
  const site = await openSite(() => ({ html: pageOf(desk.server.url) }));
  const one = await Guest.come(browser);
  await one.see(site.url);
  await one.launcher.click();
  await one.introduce(`Vera${tests}`);
  await one.say('Hello');
  const rid = (await desk.chatWith(`Vera${tests}`))?._id ?? '';
  await desk.take(amy, rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat(`Vera${tests}`);
  await one.panel.getByRole('heading', { name: amy.name }).waitFor();
  await one.shut();
  await console.say('One');
  await console.say('Two');
  const badge = (page: typeof one.page) => page.locator('.rocketchat-widget .badge');
  await expect.poll(() => badge(one.page).getAttribute('data-count')).toBe('2');
  // A tab that is new, a page that is loaded, and one that a script puts in its place.
  const second = await one.context.newPage();
  const sockets: string[] = [];
  second.on('websocket', (socket) => sockets.push(socket.url()));
  await second.goto(`${site.url}other`);
  await expect.poll(() => badge(second).getAttribute('data-count')).toBe('2');
  const before = one.sockets;
  await one.page.reload();
  await expect.poll(() => badge(one.page).getAttribute('data-count')).toBe('2');
  await one.page.getByRole('link', { name: 'Another page' }).click();
  await expect.poll(() => badge(one.page).getAttribute('data-count')).toBe('2');
  await one.page.evaluate(() => history.pushState({}, '', '/third'));
  await console.say('Three');
  await expect.poll(() => badge(one.page).getAttribute('data-count')).toBe('3');
  await expect.poll(() => badge(second).getAttribute('data-count')).toBe('3');
  // One for each page that was loaded, and none for the one that was not.
  expect(one.sockets - before).toBe(2);
  expect(sockets).toHaveLength(1);
  await one.launcher.click();
  await one.panel.getByText('Three', { exact: true }).waitFor();
  await badge(one.page).waitFor({ state: 'hidden' });
  await badge(second).waitFor({ state: 'hidden' });
  expect((await desk.rooms()).filter(({ v }) => v.name === `Vera${tests}`)).toHaveLength(1);
  expect(await words(console)).toEqual(['Hello', 'One', 'Two', 'Three']);
  await desk.close(amy, rid);
  await console.leave();
  await one.context.close();
  await site.close();
});

test('journey 7: a visitor whose network was cut gets what was said meanwhile in its order, and what they typed goes out once', async () => {
  const cable = await Cable.lay(desk.server.url);
  const [one, console, rid] = await chat({ visitors: cable.url });
  cable.cut();
  await one.page.getByText('Reconnecting… Your messages will be sent.').waitFor();
  const said = ['One', 'Two', 'Three', 'Four', 'Five'];
  for (const word of said) {
    await console.say(word);
    await console.bubble(word).waitFor();
  }
  await one.say('Typed in the dark');
  await one.page.getByText('Waiting to send').waitFor();
  cable.mend();
  await one.bubble('Five').waitFor();
  await one.arrived();
  const all = ['Hello', ...said, 'Typed in the dark'];
  await expect.poll(() => one.said.allInnerTexts()).toEqual(all);
  await expect.poll(() => words(console)).toEqual(all);
  await end(one, console, rid);
  await cable.remove();
});

test('journey 8: after a sleep an agent has what a colleague answered meanwhile before anything of theirs goes out', async () => {
  const cable = await Cable.lay(desk.server.url);
  const [one, console, rid] = await chat({ agents: cable.url });
  const { page } = console;
  await page.clock.install();
  await console.composer.fill('Please send it back');
  // Asleep: nothing runs and nothing comes, and whoever is on the other side does not hear of it.
  cable.cut();
  await desk.admin.tell('livechat/users/manager', { username: tom.username });
  await tom.caller.ask(`livechat/room.join?roomId=${rid}`);
  await desk.say(tom, rid, 'No need to send it back');
  await one.bubble('No need to send it back').waitFor();
  await page.clock.fastForward(TEN_MINUTES_MS);
  await console.composer.press('Enter');
  await page.getByText('Waits for the connection').waitFor();
  cable.mend();
  // The first that an agent sees of it is the question.
  await page.getByText(`${tom.name} answered while this waited.`).waitFor();
  await console.bubble('No need to send it back').waitFor();
  // That somebody types has a bubble without words.
  const heard = await one.said.allInnerTexts();
  expect(heard.filter((text) => text !== '')).toEqual(['Hello', 'No need to send it back']);
  await console.button('Send anyway').click();
  await one.bubble('Please send it back').waitFor();
  // And what nobody has answered meanwhile goes out by itself.
  cable.cut();
  await page.getByText('No connection since').waitFor();
  await console.say('Good bye');
  cable.mend();
  await one.bubble('Good bye').waitFor();
  await expect.poll(() => words(console)).toEqual(['Hello', 'No need to send it back', 'Please send it back', 'Good bye']);
  await end(one, console, rid);
  await cable.remove();
});

test('journey 8: a connection that died in a sleep and does not say so sends nothing past a colleague', async () => {
  const [one, console, rid] = await chat();
  const { page } = console;
  let isDead = false;
  await page.routeWebSocket(/websocket/, (near) => {
    const far = near.connectToServer();
    near.onMessage((frame) => (isDead ? undefined : far.send(frame)));
    far.onMessage((frame) => (isDead ? undefined : near.send(frame)));
  });
  await page.clock.install();
  await page.reload();
  await console.listening();
  await console.bubble('Hello').waitFor();
  await console.composer.fill('Please send it back');
  isDead = true;
  await desk.admin.tell('livechat/users/manager', { username: tom.username });
  await tom.caller.ask(`livechat/room.join?roomId=${rid}`);
  await desk.say(tom, rid, 'No need to send it back');
  // The clock goes on in a sleep, and what waits for it does not.
  await page.clock.setSystemTime(Date.now() + TEN_MINUTES_MS);
  await console.composer.press('Enter');
  await page.getByText(`${tom.name} answered while`).waitFor();
  expect(await one.said.allInnerTexts()).not.toContain('Please send it back');
  await end(one, console, rid);
});

test('journey 9: the server falls in the middle of a chat: both go on, and webhooks that waited go out', async () => {
  const receiver = await Receiver.start();
  const [one, console, rid] = await chat();
  await desk.endpoint({ name: `Orders ${tests}`, url: receiver.url('/hook'), events: ['message.visitor', 'message.agent'], policy: { delaysMs: [1000, 1000, 1000, 1000, 1000] } });
  receiver.answer('/hook', 503);
  await one.say('Before the fall');
  await expect.poll(() => receiver.got.length).toBeGreaterThan(0);
  const restarted = desk.restart();
  await one.say('Into the gap');
  await console.say('Into it as well');
  await restarted;
  receiver.answer('/hook', 200);
  await one.bubble('Into it as well').waitFor();
  await console.bubble('Into the gap').waitFor();
  await console.say('After the fall');
  await one.bubble('After the fall').waitFor();
  const kept = await words(console);
  expect(kept.toSorted()).toEqual(['After the fall', 'Before the fall', 'Hello', 'Into it as well', 'Into the gap']);
  await expect.poll(() => one.said.allInnerTexts()).toEqual(kept);
  // In the order of the chat, from the first that could not be told.
  const told = () => new Set(receiver.got.filter(({ body }) => body.includes(rid)).map(({ headers }) => headers['webhook-id']));
  await expect.poll(() => told().size).toBe(4);
  await end(one, console, rid);
  receiver.stop();
});
