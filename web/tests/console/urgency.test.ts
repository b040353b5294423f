// What else agents do with a chat: hold it, rank it, tag it, quote in it, and end it as they answer.
import { beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

beforeAll(async () => {
  await desk.set('Livechat_allow_manual_on_hold', true);
});

test('a chat is put on hold by a key and goes on by a button', async () => {
  const guest = await Guest.come(desk, 'Ann', 'When is it ready?');
  await desk.take(amy, guest.rid);
  await desk.admin.tell('livechat/users/manager', { username: amy.username });
  const next = await Guest.come(desk, 'Zoe', 'And mine?');
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ann');
  // Nobody has answered yet.
  await console.button('Put on hold').click();
  await console.page.getByText('This chat cannot be put on hold:').waitFor();
  await console.button('Dismiss').click();
  await console.say('On Friday, I write then');
  await expect.poll(() => guest.heard()).toEqual(['On Friday, I write then']);
  await console.bubble('On Friday').waitFor();
  await console.composer.press('Escape');
  await console.page.keyboard.press('h');
  await console.page.getByText('It goes on as soon as anybody writes.').waitFor();
  expect((await desk.room(guest.rid))['onHold']).toBe(true);
  await console.page.getByText('Amy Winter put the chat on hold').waitFor();
  await expect.poll(() => console.page.locator('.rows').innerText()).toMatch(/On hold\s+1[^]*Ann/);
  // Whoever waits, and what is on hold, is open as well.
  await console.page.getByRole('tab', { name: /^All\s*2$/ }).click();
  await expect.poll(() => console.page.locator('.rows').innerText()).toMatch(/In the queue\s+1[^]*Zoe[^]*On hold\s+1[^]*Ann/);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await desk.take(amy, next.rid);
  await desk.close(amy, next.rid);
  await console.page.locator('.on-hold').getByRole('button', { name: 'Resume' }).click();
  await console.page.getByText('The chat goes on').waitFor();
  await expect.poll(async () => (await desk.room(guest.rid))['onHold']).toBe(undefined);
  // What came after words last is offered first, here and in other tabs; the button beside it only sends.
  const nexts = console.page.getByRole('dialog', { name: 'Send and close, send and hold' }).getByRole('button');
  await console.composer.fill('Friday it is');
  await console.button('Send and close, send and hold').click();
  expect(await nexts.allInnerTexts()).toEqual([expect.stringMatching(/^Send and close/), 'Send and put on hold']);
  await nexts.last().click();
  await console.page.locator('.on-hold').getByRole('button', { name: 'Resume' }).click();
  await expect.poll(async () => (await desk.room(guest.rid))['onHold']).toBe(undefined);
  await console.page.reload();
  await console.composer.fill('At noon');
  await console.page.getByRole('button', { name: /^Send$/ }).click();
  await expect.poll(() => guest.heard()).toEqual(['On Friday, I write then', 'Friday it is', 'At noon']);
  expect((await desk.room(guest.rid))['onHold']).toBe(undefined);
  await console.composer.fill('Until then');
  await console.button('Send and close, send and hold').press('Enter');
  await expect.poll(() => nexts.first().evaluate((first) => first === document.activeElement)).toBe(true);
  expect(await nexts.first().innerText()).toBe('Send and put on hold');
  await console.page.keyboard.press('Enter');
  await expect.poll(async () => (await desk.room(guest.rid))['onHold']).toBe(true);
  await desk.close(amy, guest.rid);
  await console.leave();
});

test('a priority is chosen and is seen in the list, and what was promised runs out', async () => {
  await desk.set('Omnichannel_sorting_mechanism', 'Priority');
  // They came first, and went through somebody's hands: it counts since when they wait now.
  const first = await Guest.come(desk, 'Abe', 'Hello');
  await desk.admin.tell('livechat/sla', { name: 'Gold', description: 'Soon', dueTimeInMinutes: 5 });
  const guest = await Guest.come(desk, 'Ben', 'My cup is broken');
  const console = await Console.open(browser, desk.server.url);
  await console.page.route(/queuedForUser/, async (route) => {
    const answer = await route.fetch();
    const { inquiries, ...more } = (await answer.json()) as { inquiries: { ts: string }[] };
    const earlier = inquiries.map((one) => ({ ...one, ts: new Date(Date.parse(one.ts) - 3_600_000).toISOString() }));
    await route.fulfill({ response: answer, json: { ...more, inquiries: earlier } });
  });
  await console.enter(amy.username, amy.password);
  await console.listening();
  await console.page.getByRole('tab', { name: /^Queue/ }).click();
  await expect.poll(() => console.page.locator('.queue-strip').innerText()).toMatch(/longest\s+\d+:\d\d/);
  const names = () => console.page.locator('a.row .who').allInnerTexts();
  expect(await names()).toEqual(['Abe', 'Ben']);
  await console.openChat('Ben');
  await console.button('More').click();
  const choices = console.page.getByRole('dialog', { name: 'More' });
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await choices.getByRole('button', { name: 'Highest' }).click();
  await console.row('Ben').getByText('Highest').waitFor();
  // The server says who comes first.
  await console.page.mouse.move(900, 400);
  await expect.poll(names).toEqual(['Ben', 'Abe']);
  await console.button('More').click();
  await choices.getByRole('button', { name: /^Gold/ }).click();
  await console.row('Ben').getByText(/^due in 4:\d\d$/).waitFor();
  const room = await desk.room(guest.rid);
  expect(room['priorityWeight']).toBe(1);
  expect(room['slaId']).toEqual(expect.any(String));
  await console.page.clock.install();
  await console.page.clock.fastForward('06:00');
  await console.row('Ben').getByText(/^due since/).waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.unrouteAll({ behavior: 'wait' });
  await console.leave();
  for (const { rid } of [guest, first]) {
    await desk.take(amy, rid);
    await desk.close(amy, rid);
  }
  await desk.set('Omnichannel_sorting_mechanism', 'Timestamp');
});

test('what was done last is undone by a key', async () => {
  const guest = await Guest.come(desk, 'Fay', 'Which clay is it?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Fay');
  await console.button('More').click();
  await console.page.getByRole('dialog', { name: 'More' }).getByRole('button', { name: 'Lowest' }).click();
  await console.page.getByText('The priority is Lowest').waitFor();
  expect((await desk.room(guest.rid))['priorityId']).toEqual(expect.any(String));
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.locator('.log').focus();
  await console.page.keyboard.press('z');
  await expect.poll(async () => (await desk.room(guest.rid))['priorityId']).toBe(undefined);
  expect(await console.page.getByText('The priority is Lowest').count()).toBe(0);
  await desk.close(amy, guest.rid);
  await console.leave();
});

test('words are quoted, emoji are picked, tags are set where they stand', async () => {
  const guest = await Guest.come(desk, 'Cal', 'Is the glaze safe for food?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Cal');
  await console.bubble('Is the glaze safe').hover();
  await console.button('Quote').click();
  await console.page.getByText('You quote Cal').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.composer.fill('It is ');
  await console.button('Emoji').click();
  const emoji = console.page.getByRole('toolbar', { name: 'Emoji' });
  await console.page.keyboard.press('ArrowRight');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await emoji.getByRole('button', { name: '👍' }).click();
  expect(await console.composer.inputValue()).toBe('It is 👍');
  await console.composer.press('Enter');
  await console.page.locator('.quoted').waitFor();
  expect(await console.page.locator('.quoted').innerText()).toBe('Cal Is the glaze safe for food?');
  expect(await console.bubble('It is 👍').innerText()).toBe('It is 👍');
  await expect.poll(() => console.row('Cal').innerText()).toMatch(/You:\s+It is 👍/);
  // Only the words are changed, and the quote stays.
  await console.composer.press('ArrowUp');
  await expect.poll(() => console.composer.inputValue()).toBe('It is 👍');
  await console.composer.fill('It is safe');
  await console.composer.press('Enter');
  await console.bubble('It is safe').waitFor();
  expect(await console.page.locator('.quoted').innerText()).toBe('Cal Is the glaze safe for food?');
  await console.composer.press('Escape');
  await console.page.keyboard.press('l');
  await console.page.getByRole('combobox', { name: 'Another tag' }).fill('glaze');
  await console.page.keyboard.press('Enter');
  await console.button('Remove glaze').waitFor();
  await expect.poll(async () => (await desk.room(guest.rid))['tags']).toEqual(['glaze']);
  await console.leave();
  await desk.close(amy, guest.rid);
});

test('an answer ends the chat, and the next one comes', async () => {
  const first = await Guest.come(desk, 'Dan', 'Thank you');
  await desk.take(amy, first.rid);
  const next = await Guest.come(desk, 'Eve', 'Hello?');
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Dan');
  await console.composer.fill('Bye');
  await console.composer.press('Control+Shift+Enter');
  const dialog = console.page.getByRole('dialog', { name: 'Close the chat with Dan' });
  await dialog.getByLabel('Comment').fill('Done');
  await dialog.getByRole('switch', { name: 'Then take the next chat of the queue' }).click();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await console.page.getByRole('heading', { name: 'Eve', exact: true }).waitFor();
  expect(await first.heard()).toEqual(['Bye']);
  expect((await desk.room(first.rid)).open).not.toBe(true);
  await expect.poll(async () => (await desk.room(next.rid)).servedBy?.username).toBe('amy');
  await console.leave();
});
