import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

// Each test has people and a department of its own.
let amy: Agent;
let tom: Agent;
let support: string;
let tests = 0;

beforeAll(async () => {
  await desk.admin.tell('permissions.update', {
    permissions: [{ _id: 'transfer-livechat-guest', roles: ['admin', 'livechat-manager', 'livechat-agent'] }],
  });
});

beforeEach(async () => {
  tests += 1;
  amy = await desk.agent(`amy${tests}`, 'Amy Winter');
  tom = await desk.agent(`tom${tests}`, `Tom Field ${tests}`);
  support = await desk.department(`Support ${tests}`, [amy, tom]);
});

const come = (name: string, words: string, more: object = {}): Promise<Guest> =>
  Guest.come(desk, name, words, { department: support, ...more });

const selected = (console: Console) => console.page.locator('a.row.is-selected');

test('a visitor comes into the queue, is taken by a key, and both write', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.page.getByRole('heading', { name: 'The queue is empty' }).waitFor();
  expect(await console.page.locator('.key-list li > span:last-child').allInnerTexts()).toEqual([
    'next, previous chat',
    'take the next one',
    'Search and commands',
    'reply',
    'note for colleagues',
    'canned responses',
    'forward',
    'close',
    'all keys',
  ]);
  const guest = await come('Ann', 'Is the blue bowl dishwasher safe?');
  await console.page.getByText('1 waiting').waitFor();
  await console.page.keyboard.press('t');
  await console.bubble('dishwasher safe').waitFor();
  await console.page.getByText('You took the chat').waitFor();
  // Who takes it comes into it, too, which is said once.
  expect(await console.page.getByText('joined the chat').count()).toBe(0);
  // After taking one writes.
  await expect.poll(() => console.composer.evaluate((field) => field === document.activeElement)).toBe(true);
  await console.page.keyboard.type('Yes,');
  await console.page.keyboard.press('Shift+Enter');
  await console.page.keyboard.type('it is.');
  await console.page.keyboard.press('Enter');
  await expect.poll(() => guest.heard()).toEqual(['Yes,\nit is.']);
  expect(await console.composer.inputValue()).toBe('');
  await guest.say('Thank you');
  await console.bubble('Thank you').waitFor();
  await desk.close(amy, guest.rid);
  await console.leave();
});

test('an empty queue says what was taken of late, and who is there', async () => {
  const guest = await come('Rhea', 'Is the tea bowl back?');
  await desk.take(amy, guest.rid);
  await desk.say(amy, guest.rid, 'On Friday');
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  await page.getByRole('tab', { name: 'Queue' }).click();
  await page.getByText(/^The last one was Rhea, taken by Amy Winter at \d+:\d\d after 0:\d\d\.$/).waitFor();
  const figure = (name: string) => page.locator('.taken > div').filter({ hasText: name });
  const taken = async (): Promise<number> => Number(await figure('Taken in the last hour').locator('.num').innerText());
  const before = await taken();
  expect(await figure('Taken in the last hour').innerText()).toContain(`${before} by you`);
  expect(await figure('First answer, median').innerText()).toMatch(/\d:\d\d/);
  expect(await figure('Available now').innerText()).toMatch(/\d of \d/);
  expect(await accessibilityFaults(page)).toEqual([]);
  const next = await come('Quin', 'And the blue one?');
  await desk.take(amy, next.rid);
  await page.getByText(/^The last one was Quin/).waitFor();
  expect(await taken()).toBe(before + 1);
  await console.leave();
});

test('the list says who waits, since when, and how much was not read', async () => {
  const guest = await come('Ben', 'One');
  await desk.take(amy, guest.rid);
  const other = await come('Cal', 'Hello');
  await desk.take(amy, other.rid);
  await desk.say(amy, other.rid, 'Good morning');
  const console = await Console.logIn(browser, desk.server.url, amy);
  await guest.say('Two');
  await expect.poll(() => console.row('Ben').locator('.count').innerText()).toContain('unread');
  expect(await console.page.title()).toMatch(/^\(\d+\) Inbox/);
  const titles = async () => (await console.page.locator('h2.group').allInnerTexts()).map((title) => title.replaceAll(/\s+/g, ' '));
  await expect.poll(titles).toEqual(['Needs an answer 1', 'Waiting for the visitor 1']);
  expect(await console.row('Cal').innerText()).toMatch(/You:\s+Good morning/);
  // Whoever opens a chat has read it, in all windows.
  await console.openChat('Ben');
  await expect.poll(() => console.row('Ben').locator('.count').count()).toBe(0);
  await expect.poll(() => console.page.title()).toMatch(/Ben · Hark$/);
  await console.say('Three');
  await expect.poll(titles).toEqual(['Waiting for the visitor 2']);
  await desk.close(amy, guest.rid);
  await desk.close(amy, other.rid);
  await console.page.getByText('You have no open chats', { exact: true }).waitFor();
  await console.leave();
});

test('the list holds still under the pointer, and while a key goes through it', async () => {
  const guests = [await come('Dan', 'First'), await come('Eve', 'Second')] as const;
  const late = await come('Lea', 'I am late');
  for (const { rid } of guests) {
    await desk.take(amy, rid);
    await desk.say(amy, rid, 'Hello');
  }
  const console = await Console.logIn(browser, desk.server.url, amy);
  const names = () => console.page.locator('a.row .who').allInnerTexts();
  await expect.poll(names).toEqual(['Eve', 'Dan']);
  await console.row('Eve').hover();
  await desk.say(amy, guests[0].rid, 'And now?');
  await console.row('Dan').getByText('And now?').waitFor();
  expect(await names()).toEqual(['Eve', 'Dan']);
  await console.page.mouse.move(900, 400);
  await expect.poll(names).toEqual(['Dan', 'Eve']);
  // Nor does a row move into another group, and what comes stands behind those that are there.
  await console.row('Eve').hover();
  await guests[0].say('Thanks');
  await console.row('Dan').getByText('Thanks').waitFor();
  await desk.take(amy, late.rid);
  await console.row('Lea').waitFor();
  expect(await names()).toEqual(['Dan', 'Eve', 'Lea']);
  await console.page.mouse.move(900, 400);
  await expect.poll(names).toEqual(['Lea', 'Dan', 'Eve']);
  await desk.close(amy, late.rid);
  await desk.say(amy, guests[0].rid, 'You are welcome');
  await expect.poll(names).toEqual(['Dan', 'Eve']);
  await console.row('Dan').focus();
  await console.page.keyboard.press('ArrowDown');
  await desk.say(amy, guests[1].rid, 'Or later?');
  await console.row('Eve').getByText('Or later?').waitFor();
  expect(await names()).toEqual(['Dan', 'Eve']);
  await expect.poll(names).toEqual(['Eve', 'Dan']);
  for (const { rid } of guests) {
    await desk.close(amy, rid);
  }
  await console.leave();
});

test('one goes through the list by keys, and a text that was begun is kept with its chat', async () => {
  const one = await come('Fay', 'A');
  const two = await come('Gil', 'B');
  for (const { rid } of [one, two]) {
    await desk.take(amy, rid);
  }
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.page.keyboard.press('j');
  await expect.poll(() => selected(console).locator('.who').innerText()).toBe('Fay');
  await console.composer.waitFor();
  await console.page.keyboard.type('half a te');
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('j');
  await expect.poll(() => selected(console).locator('.who').innerText()).toBe('Gil');
  await expect.poll(() => console.composer.inputValue()).toBe('');
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('k');
  await expect.poll(() => console.composer.inputValue()).toBe('half a te');
  // Keys are letters where one writes, and ? shows them all elsewhere.
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('?');
  await console.page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await console.page.keyboard.press('Escape');
  await console.page.reload();
  await expect.poll(() => console.composer.inputValue()).toBe('half a te');
  // The list that was chosen stays, also where it is left without being seen.
  await console.composer.press('Escape');
  await console.page.keyboard.press('2');
  await console.page.keyboard.press('[');
  await console.page.locator('.list').waitFor({ state: 'detached' });
  await console.page.keyboard.press('r');
  await console.page.keyboard.press('Escape');
  await console.page.getByRole('tab', { name: 'Queue', selected: true }).waitFor();
  expect(new URL(console.page.url()).pathname).toBe('/inbox');
  for (const { rid } of [one, two]) {
    await desk.close(amy, rid);
  }
  await console.leave();
});

test('commands and chats are found by their names', async () => {
  const guest = await come('Olga Bérg', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.page.keyboard.press('Control+k');
  await console.page.keyboard.type('ber');
  // The chats may come after the frame in which they are looked for.
  await console.page.getByRole('option', { name: 'Olga Bérg' }).waitFor();
  await console.page.keyboard.press('Enter');
  await console.page.getByRole('heading', { name: 'Olga Bérg', exact: true }).waitFor();
  await console.composer.waitFor();
  // Also while one writes.
  await console.page.keyboard.press('Control+k');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.keyboard.type('ret que');
  await console.page.keyboard.press('Enter');
  await console.page.getByText('Olga Bérg is back in the queue').waitFor();
  expect((await desk.room(guest.rid)).servedBy).toBeUndefined();
  await console.leave();
});

test('what a visitor writes in the open chat is announced, and nothing of before', async () => {
  const guest = await come('Pia', 'Old words');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Pia');
  await console.bubble('Old words').waitFor();
  const announced = console.page.locator('[aria-live="polite"]').first();
  expect(await announced.innerText()).toBe('');
  await guest.say('New words');
  await expect.poll(() => announced.innerText()).toBe('Pia says: New words');
  await console.leave();
});

test('a chat is closed with a comment and tags', async () => {
  const guest = await come('Hal', 'It is broken');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Hal');
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('e');
  const dialog = console.page.getByRole('dialog', { name: 'Close the chat with Hal' });
  await dialog.getByLabel('Comment').fill('Bowl replaced');
  // Words are chosen, and the pointer leaves the dialog meanwhile.
  await dialog.getByLabel('Comment').hover();
  await console.page.mouse.down();
  await console.page.mouse.move(5, 5);
  await console.page.mouse.up();
  expect(await dialog.getByLabel('Comment').inputValue()).toBe('Bowl replaced');
  await dialog.getByLabel('Another tag').fill('breakage');
  await dialog.getByLabel('Another tag').press('Enter');
  await dialog.getByLabel('Another tag').fill('replacement');
  // What was begun is there again, also after a reload.
  await console.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await console.page.reload();
  await console.button('Close').click();
  expect(await dialog.getByLabel('Comment').inputValue()).toBe('Bowl replaced');
  expect(await dialog.getByLabel('Another tag').inputValue()).toBe('replacement');
  await console.page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await console.page.getByText('The chat with Hal is closed').waitFor();
  const kept = () => console.page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('hark.console.drafts')).map(([, text]) => text));
  expect(await kept()).toEqual(['{}']);
  const room = await desk.room(guest.rid);
  expect(room.open).toBeUndefined();
  expect(room['tags']).toEqual(['breakage', 'replacement']);
  await console.leave();
});

const forget = async (endpoints: readonly string[]) =>
  await Promise.all(
    endpoints.map(async (id) => await fetch(`${desk.url}/api/hark/v1/endpoints/${id}`, { method: 'DELETE', headers: desk.admin.credentials })),
  );

test('of many endpoints that hear of the end of a chat, three are named and the others counted', async () => {
  const guest = await come('Ike', 'Thanks, that was all');
  await desk.take(amy, guest.rid);
  for (const name of ['Orders', 'Stock', 'Billing', 'Archive', 'Care']) {
    await desk.endpoint({ name, url: 'http://10.20.0.14/hook', events: ['chat.closed'] });
  }
  const { items } = await desk.admin.ask<{ items: { id: string; events: string[] }[] }>('../hark/v1/endpoints');
  const made = items.filter(({ events }) => events.join() === 'chat.closed').map(({ id }) => id);
  const admin = await Console.logIn(browser, `${desk.url}/inbox/${guest.rid}`, ADMIN);
  await admin.button('Close').click();
  const hearers = admin.page.getByRole('dialog', { name: 'Close the chat with Ike' }).locator('.hearers');
  await expect.poll(async () => await hearers.innerText()).toMatch(/^(\w+, ){3}and 2 others will hear of it$/);
  expect(await faultsInLightAndDark(admin.page)).toEqual([]);
  await forget(made.slice(0, 2));
  await admin.page.reload();
  await admin.button('Close').click();
  await expect.poll(async () => await hearers.innerText()).toMatch(/^(\w+, ){2}and \w+ will hear of it$/);
  await forget(made.slice(2));
  await admin.leave();
});

test('a long name without a blank stays within its place', async () => {
  const name = 'A'.repeat(90);
  const guest = await come(name, 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, `${desk.server.url}inbox/${guest.rid}`, amy, { locale: 'ar', viewport: { width: 1100, height: 800 } });
  await console.page.locator('.event-line').first().waitFor();
  const isCut = (where: string) => console.page.locator(where).first().evaluate((element) => element.scrollWidth > element.clientWidth);
  expect(await isCut('.event-line')).toBe(false);
  await console.page.locator('.close-chat').click();
  await console.page.setViewportSize({ width: 390, height: 844 });
  expect(await isCut('.dialog')).toBe(false);
  expect(await isCut('.dialog > .body')).toBe(false);
  await console.leave();
});

test('a shop may ask for a comment and a department for tags before a chat is closed', async () => {
  await desk.admin.tell('livechat/department', {
    department: {
      name: `Returns ${tests}`,
      email: 'r@example.org',
      enabled: true,
      showOnRegistration: false,
      showOnOfflineForm: false,
      requestTagBeforeClosingChat: true,
      chatClosingTags: ['sent back'],
    },
    agents: [{ agentId: amy.id }],
  });
  const { departments } = await desk.admin.ask<{ departments: { _id: string; name: string }[] }>('livechat/department');
  const returns = departments.find(({ name }) => name === `Returns ${tests}`)?._id;
  const guest = await Guest.come(desk, 'Ida', 'I send it back', { department: returns });
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ida');
  await console.button('Close').click();
  const dialog = console.page.getByRole('dialog', { name: 'Close the chat with Ida' });
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  // Each at its field, which has the focus, until something is written there.
  const comment = dialog.getByRole('textbox', { name: 'Comment required' });
  expect(await comment.evaluate((field) => field.ariaInvalid)).toBe('true');
  await dialog.getByText('Please write a comment.').waitFor();
  await expect.poll(() => comment.evaluate((field) => field === document.activeElement)).toBe(true);
  await comment.fill('On its way');
  await dialog.getByText('Please write a comment.').waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await dialog.getByText('Please add at least one tag.').waitFor();
  expect(await dialog.getByLabel('Another tag').getAttribute('aria-describedby')).toBe('tags-wrong');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await dialog.getByRole('button', { name: 'sent back' }).click();
  // A transcript that goes nowhere is none.
  await dialog.getByRole('switch', { name: /Send the transcript/ }).click();
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await dialog.getByText('Please write an address for the transcript.').waitFor();
  await dialog.getByLabel('Address for the transcript').fill('nobody');
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await dialog.getByText('This is not an e-mail address.').waitFor();
  await dialog.getByRole('switch', { name: /Send the transcript/ }).click();
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect((await desk.room(guest.rid))['tags']).toEqual(['sent back']);
  await console.leave();
});

test('a chat is forwarded to a colleague with a comment, who returns it to the queue', async () => {
  const guest = await come('Jan', 'An invoice, please');
  await desk.take(amy, guest.rid);
  const one = await Console.logIn(browser, desk.server.url, amy);
  const other = await Console.logIn(browser, desk.server.url, tom);
  // Also in a house in which a hundred others come before the one that is looked for.
  await one.page.route(/livechat\/users\/agent\?/, async (route) => {
    const url = new URL(route.request().url());
    const isFirst = (url.searchParams.get('offset') ?? '0') === '0';
    url.searchParams.set('offset', '0');
    const answer = await route.fetch({ url: url.href });
    const { users, ...more } = (await answer.json()) as { users: unknown[] };
    const before = Array.from({ length: 100 }, (_, number) => ({ _id: `o${number}`, username: `other${number}`, status: 'offline' }));
    await route.fulfill({ response: answer, json: { ...more, users: isFirst ? before : users, total: 100 + users.length } });
  });
  await one.openChat('Jan');
  await one.page.keyboard.press('Escape');
  await one.page.keyboard.press('f');
  await one.page.locator('[role=combobox]:focus').waitFor();
  await one.page.keyboard.type(tom.username);
  await one.page.getByRole('option', { name: tom.name }).waitFor();
  // The first that fits is meant, and one writes on.
  await one.page.keyboard.press('Enter');
  await one.page.keyboard.type('Please write the invoice');
  expect(await one.page.getByLabel(`Comment for ${tom.name}`).inputValue()).toBe('Please write the invoice');
  // A press beside it loses neither the words nor for whom they are.
  await one.page.locator('.log').click({ position: { x: 5, y: 5 } });
  await one.page.getByRole('dialog').waitFor({ state: 'detached' });
  await one.page.keyboard.press('f');
  expect(await one.page.getByLabel(`Comment for ${tom.name}`).inputValue()).toBe('Please write the invoice');
  await one.page.keyboard.press('Control+Enter');
  await one.page.getByText(`Jan was forwarded to ${tom.name}`).waitFor();
  await expect.poll(() => one.row('Jan').count()).toBe(0);
  await other.openChat('Jan');
  await other.page
    .getByText(`Amy Winter forwarded the chat to ${tom.name}: Please write the invoice`)
    .waitFor();
  await other.button('Return to the queue').click();
  await other.page.getByText('Jan is back in the queue').waitFor();
  await one.page.getByText('1 waiting').waitFor();
  await one.button('Take next').click();
  await one.page.getByRole('heading', { name: 'Jan', exact: true }).waitFor();
  await expect.poll(async () => (await desk.room(guest.rid)).servedBy?.username).toBe(amy.username);
  await desk.close(amy, guest.rid);
  await one.leave();
  await other.leave();
});

test('a text is copied where the browser has no clipboard for the page', async () => {
  const guest = await come('Kofi', 'My number is KC-20377');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  // As it is over plain http.
  await console.page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await console.page.reload();
  await console.openChat('Kofi');
  const bubble = console.bubble('KC-20377');
  await bubble.hover();
  const copy = console.page.getByRole('button', { name: 'Copy the text' }).first();
  await copy.click();
  await console.page.getByText('Copied', { exact: true }).waitFor();
  await console.composer.focus();
  await console.page.keyboard.press('Control+v');
  await expect.poll(() => console.composer.inputValue()).toBe('My number is KC-20377');
  await console.composer.fill('');
  // The address of a message, to be sent to a colleague.
  await bubble.hover();
  await console.button('Copy the link').click();
  await console.composer.press('Control+v');
  await expect.poll(() => console.composer.inputValue()).toMatch(/^http/);
  const link = new URL(await console.composer.inputValue());
  expect([link.origin, link.pathname]).toEqual([new URL(desk.url).origin, `/inbox/${guest.rid}`]);
  await console.composer.fill('');
  const reader = await console.context.newPage();
  await reader.goto(link.href);
  await reader.locator('.is-sought').getByText('KC-20377').waitFor();
  await reader.close();
  // By keys alone, too: of the last message, where none has the focus.
  await console.page.locator('.log').focus();
  await console.page.keyboard.press('Shift+F10');
  await console.page.keyboard.press('Enter');
  await console.page.locator('.editing').getByText('KC-20377').waitFor();
  await console.composer.press('Escape');
  // Where not even that works, it is said.
  await console.page.evaluate(() => {
    document.execCommand = () => false;
  });
  await bubble.hover();
  await copy.click();
  await console.page.getByText(/^The browser does not let this page copy/).waitFor();
  await console.leave();
});

test('both see that the other writes', async () => {
  const guest = await come('Kim', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Kim');
  const visitor = await Console.open(browser, `${desk.server.url}livechat`, { viewport: { width: 380, height: 640 } });
  await visitor.page.evaluate((token) => localStorage.setItem('hark', JSON.stringify({ token })), guest.token);
  // What is typed before the page is connected nobody hears of.
  const isConnected = visitor.page
    .waitForEvent('websocket')
    .then((socket) => socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes('ready')));
  await visitor.page.reload();
  await isConnected;
  const words = visitor.page.getByLabel('Write a message', { exact: true });
  await words.pressSequentially('I am');
  await console.row('Kim').getByText('typing').waitFor();
  await console.page.locator('.typing-bubble').waitFor();
  await console.composer.pressSequentially('Let me');
  await expect.poll(() => visitor.page.getByText('Amy Winter is typing').count()).toBeGreaterThan(0);
  await desk.close(amy, guest.rid);
  await console.leave();
  await visitor.context.close();
});

test('a reply does not go out over what a colleague has answered meanwhile', async () => {
  const guest = await come('Lea', 'Must I send it back?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Lea');
  await console.composer.fill('Yes, please');
  // Also while one is elsewhere.
  await console.composer.press('Escape');
  await console.page.keyboard.press('Escape');
  await console.page.getByRole('heading', { name: 'The queue is empty' }).waitFor();
  await desk.admin.ask(`livechat/room.join?roomId=${guest.rid}`);
  await desk.admin.tell('chat.sendMessage', { message: { rid: guest.rid, msg: 'No need to' } });
  await console.openChat('Lea');
  await console.page.getByText('Ada Admin joined the chat').waitFor();
  await console.bubble('No need to').waitFor();
  expect(await console.composer.inputValue()).toBe('Yes, please');
  // Enter that is held too long, or pressed twice in haste, is no answer to the question.
  await console.composer.focus();
  await console.page.keyboard.down('Enter');
  await console.page.getByText('answered while you wrote').waitFor();
  await console.page.keyboard.down('Enter');
  await console.page.keyboard.up('Enter');
  await console.composer.press('Enter');
  await console.button('Send').click({ force: true });
  expect(await console.composer.inputValue()).toBe('Yes, please');
  await console.page.keyboard.press('Escape');
  await console.page.getByText('answered while you wrote').waitFor({ state: 'detached' });
  expect(await console.composer.inputValue()).toBe('Yes, please');
  // Now it was read, and another Enter means it.
  await console.composer.press('Enter');
  await expect.poll(() => guest.heard()).toEqual(['No need to', 'Yes, please']);
  // A text of which nothing is left is none any more, and what is asked of the next is asked anew.
  await console.composer.fill('And keep it');
  await desk.admin.tell('chat.sendMessage', { message: { rid: guest.rid, msg: 'Keep it' } });
  await console.bubble('Keep it').waitFor();
  await console.composer.press('Enter');
  await console.page.getByText('answered while you wrote').waitFor();
  await console.composer.fill('');
  await console.composer.fill('A new one comes');
  await console.page.getByText('answered while you wrote').waitFor({ state: 'detached' });
  await desk.admin.tell('chat.sendMessage', { message: { rid: guest.rid, msg: 'On Friday' } });
  await console.bubble('On Friday').waitFor();
  await console.composer.press('Enter');
  await console.page.getByText('answered while you wrote').waitFor();
  await console.composer.press('Control+Enter');
  await expect.poll(() => guest.heard()).toEqual(['No need to', 'Yes, please', 'Keep it', 'On Friday', 'A new one comes']);
  await desk.close(amy, guest.rid);
  await console.leave();
});

test('available and away', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  const status = async () => {
    const { statusLivechat } = await amy.caller.ask<{ statusLivechat: string }>('me');
    return statusLivechat;
  };
  await console.page.locator('.status').click();
  await console.page.getByRole('button', { name: /^Away/ }).click();
  await expect.poll(status).toBe('not-available');
  await expect.poll(() => console.page.locator('.status').innerText()).toContain('Away');
  await console.page.keyboard.press('Shift+A');
  await expect.poll(status).toBe('available');
  // Another window says so, and this one shows it.
  await desk.available(amy, false);
  await expect.poll(() => console.page.locator('.status').innerText()).toContain('Away');
  await desk.available(amy, true);
  await console.leave();
});

describe('beside a chat', () => {
  test('what is known of the visitor is changed where it stands', async () => {
    const guest = await come('Max', 'Hello', { email: 'max@example.org' });
    await desk.take(amy, guest.rid);
    const visitorId = String((await desk.room(guest.rid)).v['_id' as keyof object]);
    await amy.caller.tell('livechat/room.saveInfo', {
      guestData: { _id: visitorId },
      roomData: { _id: guest.rid, tags: ['breakage', 'bowl'] },
    });
    const known = async () => {
      const path = `livechat/visitors.info?visitorId=${visitorId}`;
      return (await amy.caller.ask<{ visitor: Record<string, unknown> }>(path)).visitor;
    };
    const console = await Console.logIn(browser, desk.server.url, amy);
    await console.openChat('Max');
    const details = console.page.getByRole('complementary', { name: 'About this chat' });
    await details.getByText('max@example.org').waitFor();
    await details.getByRole('button', { name: /Change Phone/ }).click();
    await details.getByLabel('Phone').fill('+31 30 555 01');
    await details.getByLabel('Phone').press('Enter');
    await details.getByText('+31 30 555 01').waitFor();
    expect((await known())['phone']).toEqual([{ phoneNumber: '+31 30 555 01' }]);
    // Nothing else is another than before.
    expect((await desk.room(guest.rid))['tags']).toEqual(['breakage', 'bowl']);
    await details.getByRole('button', { name: /Change E-mail/ }).click();
    const email = details.getByRole('textbox', { name: 'E-mail' });
    await email.fill('not an address');
    await email.press('Enter');
    // Refused where it stands, and the real one stays.
    await details.getByText('This is not an e-mail address.').waitFor();
    expect(await email.evaluate((field) => field.ariaInvalid)).toBe('true');
    expect(await accessibilityFaults(console.page)).toEqual([]);
    await email.fill('');
    await email.press('Enter');
    await details.getByRole('button', { name: /^Add\b.*Change E-mail/ }).waitFor();
    expect((await known())['visitorEmails'] ?? []).toEqual([]);
    await details.getByRole('button', { name: /Change Name/ }).click();
    await details.getByLabel('Name').fill(' ');
    await details.getByLabel('Name').press('Enter');
    await console.page.getByText('A visitor needs a name. The old one stays.').waitFor();
    await details.getByLabel('Name').press('Escape');
    expect((await known())['name']).toBe('Max');
    // Whoever goes by keys stays where they are.
    await details.getByRole('button', { name: 'Remove bowl' }).press('Enter');
    await expect.poll(async () => (await desk.room(guest.rid))['tags']).toEqual(['breakage']);
    const adds = details.getByRole('button', { name: 'Add a tag' });
    await expect.poll(() => adds.evaluate((button) => button === document.activeElement)).toBe(true);
    // Escape undoes.
    await details.getByRole('button', { name: /Change Name/ }).click();
    await details.getByLabel('Name').fill('Nobody');
    await details.getByLabel('Name').press('Escape');
    await details.getByRole('button', { name: /^Max/ }).waitFor();
    await desk.close(amy, guest.rid);
    await console.leave();
  });

  test('what was begun about one visitor is not said of the next, nor are their pages', async () => {
    const [one, two] = [await come('Nia', 'Hello'), await come('Oto', 'Hello')];
    for (const title of ['Bowls', 'Cups', 'Plates', 'Vases', 'Lamps', 'How we pack']) {
      const pageInfo = { change: 'url', title, location: { href: 'https://shop.example/pack' } };
      await desk.anyone.tell('livechat/page.visited', { token: one.token, rid: one.rid, pageInfo });
    }
    for (const { rid } of [one, two]) {
      await desk.take(amy, rid);
    }
    const console = await Console.logIn(browser, desk.server.url, amy);
    await console.openChat('Nia');
    const details = console.page.getByRole('complementary', { name: 'About this chat' });
    await details.getByRole('link', { name: 'How we pack' }).first().waitFor();
    // The latest five, and all when they are wanted.
    const seen = details.getByRole('region', { name: 'Pages' });
    expect(await seen.getByRole('link').allInnerTexts()).toEqual(['How we pack', 'Lamps', 'Vases', 'Plates', 'Cups']);
    await seen.getByRole('button', { name: 'All 6' }).click();
    expect(await seen.getByRole('link').count()).toBe(6);
    await details.getByRole('button', { name: /Change Phone/ }).click();
    await details.getByLabel('Phone').fill('+31 30 555 02');
    await console.page.route(/pagesVisited/, (route) => route.abort());
    await console.openChat('Oto');
    await details.getByRole('button', { name: /^Oto\b.*Change Name/ }).waitFor();
    expect(await details.getByLabel('Phone').count()).toBe(0);
    expect(await details.getByText('How we pack').count()).toBe(0);
    // It is there again beside its chat, and one writes to the visitor nevertheless.
    await console.openChat('Nia');
    await details.getByLabel('Phone').waitFor();
    expect(await details.getByLabel('Phone').inputValue()).toBe('+31 30 555 02');
    await expect.poll(() => console.composer.evaluate((field) => field === document.activeElement)).toBe(true);
    await details.getByLabel('Phone').press('Escape');
    await console.openChat('Oto');
    await console.openChat('Nia');
    await details.getByRole('button', { name: /Change Phone/ }).waitFor();
    for (const { rid } of [one, two]) {
      await desk.close(amy, rid);
    }
    await console.leave();
  });
});

test('whoever may not see chats is told who can let them in, and nothing is asked for them again', async () => {
  await desk.admin.tell('users.create', {
    username: `uma${tests}`,
    name: 'Uma Plain',
    password: 'secret-of-uma',
    email: `uma${tests}@example.org`,
    roles: ['user'],
    verified: true,
  });
  const console = await Console.open(browser, desk.server.url);
  await console.page.clock.install();
  let asked = 0;
  await console.page.route(/queuedForUser/, async (route) => {
    asked += 1;
    await route.continue();
  });
  await console.enter(`uma${tests}`, 'secret-of-uma');
  await console.page.getByRole('heading', { name: 'Inbox: not for your roles' }).waitFor();
  await console.page.getByText('Ada Admin can let you in.').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  // At first, and once more when everything is listened to.
  await expect.poll(() => asked).toBe(2);
  await console.page.clock.fastForward('00:10');
  expect(asked).toBe(2);
  await console.leave();
});

test('hostile names and words are only text', async () => {
  const name = '<img src=x onerror=alert(1)>';
  const guest = await come('Mallory', `${name} javascript:alert(1) https://example.org/a?b=<i>`);
  await desk.take(amy, guest.rid);
  // It ends what sets a name apart in a sentence.
  await desk.anyone.tell('livechat/visitor', { visitor: { token: guest.token, name: `${name}\u2069 and more` } });
  await guest.say('\u202Egnp.exe');
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.page.locator('a.row').first().click();
  await console.bubble('<img src=x').waitFor();
  expect(await console.page.locator('img').count()).toBe(0);
  const started = console.page.locator('.event-line').first();
  expect(await started.locator('b').innerText()).toBe(`${name} and more`);
  expect(await started.innerText()).toContain(`${name} and more started the chat`);
  expect(await console.page.locator('.bubble a').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))).toEqual([
    'https://example.org/a?b=',
  ]);
  await desk.close(amy, guest.rid);
  await console.leave();
});
