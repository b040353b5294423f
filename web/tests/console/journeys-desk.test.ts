// What one agent does in a day: files, chats that end, the whole triage by keys, and looking something up.
import { beforeEach, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { PostOffice } from '../post-office.ts';
import { give, PICTURE } from '../widget/files.ts';
import { Visitor } from '../widget/visitor.ts';
import { Console, Guest } from './console.ts';

let amy: Agent;
let tests = 0;

beforeEach(async () => {
  tests += 1;
  amy = await desk.agent(`amy${tests}`, `Amy${tests} Winter`);
});

/** A chat in two browsers, which the agent has taken. */
async function chat(): Promise<[Visitor, Console, string]> {
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.introduce(`Vera ${tests}`, `vera${tests}@example.org`);
  await vera.say('Hello');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat(`Vera ${tests}`);
  await console.bubble('Hello').waitFor();
  return [vera, console, rid];
}

test('journey 15: a chat is closed with comment, tag and transcript; its visitor reads it, rates it and begins another', async () => {
  const office = await PostOffice.open(desk);
  await desk.admin.tell('livechat/department', {
    department: {
      name: 'Returns',
      email: 'r@example.org',
      enabled: true,
      showOnRegistration: false,
      showOnOfflineForm: false,
      requestTagBeforeClosingChat: true,
      chatClosingTags: ['sent back'],
    },
    agents: [{ agentId: amy.id }],
  });
  const { departments } = await desk.admin.ask<{ departments: { _id: string }[] }>('livechat/department');
  const [vera, console, rid] = await chat();
  await desk.admin.tell('livechat/room.forward', { roomId: rid, departmentId: departments[0]?._id });
  await desk.take(amy, rid);
  await console.bubble('Hello').waitFor();
  await console.say('We send another bowl');
  await vera.bubble('We send another bowl').waitFor();
  await console.button('Close').click();
  const dialog = console.page.getByRole('dialog', { name: `Close the chat with Vera ${tests}` });
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await dialog.getByText('Please write a comment.').waitFor();
  await dialog.getByLabel('Comment').fill('Only for us');
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await dialog.getByText('Please add at least one tag.').waitFor();
  await dialog.getByRole('button', { name: 'sent back' }).click();
  await dialog.getByRole('switch', { name: /Send the transcript/ }).click();
  expect(await dialog.getByLabel('Address for the transcript').inputValue()).toBe(`vera${tests}@example.org`);
  await dialog.getByRole('button', { name: 'Close chat' }).click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => office.to(`vera${tests}@example.org`).length).toBe(1);
  await console.page.goto(`${desk.url}/inbox/${rid}`);
  await console.page.getByText('The transcript was sent').waitFor();
  const [mail = ''] = office.to(`vera${tests}@example.org`);
  expect(mail).toContain('Hello');
  expect(mail).toContain('We send another bowl');
  expect(mail).not.toContain('Only for us');
  await vera.page.getByRole('heading', { name: `How was your chat with ${amy.name}?` }).waitFor();
  expect(await vera.page.locator('main').innerText()).not.toContain('Only for us');
  await vera.page.getByLabel('5 of 5 stars').check();
  await vera.button('Send').click();
  await vera.page.getByText('Thanks for your rating.').waitFor();
  await vera.button('Start a new chat').click();
  await vera.say('One more thing');
  await vera.arrived();
  const next = await vera.room(desk);
  expect(next._id).not.toBe(rid);
  await console.page.getByText('1 waiting').waitFor();
  await desk.take(amy, next._id);
  await desk.close(amy, next._id);
  await vera.context.close();
  await console.leave();
  office.close();
});

test('journey 16: files come by dropping, pasting and choosing, and what is wrong with one is said', async () => {
  const [vera, console, rid] = await chat();
  const hostile = '<img src=x onerror=alert(1)>.png';
  const harmless = '_img src=x onerror=alert(1)_.png';
  await give(vera.page.locator('.chat'), 'drop', 'dropped.png');
  await give(vera.composer, 'paste', hostile);
  await vera.page.getByAltText('Picture: dropped.png').waitFor();
  await vera.page.getByAltText(`Picture: ${harmless}`).waitFor();
  // Both are seen, as pictures whose bytes have come, and their names are only text.
  await expect.poll(() => console.page.locator('.photo img').count()).toBe(2);
  await console.button(`Save ${harmless}`).waitFor();
  expect(await console.page.locator('img[src="x"]').count()).toBe(0);
  for (const image of await console.page.locator('.photo img').all()) {
    await expect.poll(() => image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBe(2);
  }
  await give(console.page.locator('.composer'), 'drop', 'of the shop.png');
  await give(console.composer, 'paste', 'of the kiln.png');
  await vera.page.getByAltText('Picture: of the shop.png').waitFor();
  await vera.page.getByAltText('Picture: of the kiln.png').waitFor();

  const choose = async (name: string, mimeType: string, buffer: Buffer): Promise<void> => {
    const chooser = console.page.waitForEvent('filechooser');
    await console.button('Attach a file').click();
    await (await chooser).setFiles({ name, mimeType, buffer });
  };
  const failed = console.page.getByText(/^Not sent:/);
  await desk.set('FileUpload_MaxFileSize', 1000);
  await choose('large.txt', 'text/plain', Buffer.alloc(5000, 'x'));
  await failed.waitFor();
  await console.button('Remove').click();
  await desk.set('FileUpload_MaxFileSize', 104_857_600);
  await desk.set('FileUpload_MediaTypeWhiteList', 'image/*');
  await choose('words.txt', 'text/plain', Buffer.from('words'));
  await failed.waitFor();
  await console.button('Remove').click();
  await desk.set('FileUpload_MediaTypeWhiteList', '');
  // A connection that breaks in the middle: it goes on by a click, and comes once.
  const way = '**/api/v1/rooms.upload/*';
  await console.page.route(way, (route) => route.abort());
  await choose('invoice.txt', 'text/plain', Buffer.from('12 €'));
  await failed.waitFor();
  await console.page.unroute(way);
  await console.button('Try again').click();
  await vera.page.getByRole('link', { name: 'invoice.txt' }).waitFor();
  expect(await vera.page.getByRole('link', { name: 'invoice.txt' }).count()).toBe(1);
  await desk.close(amy, rid);
  await vera.context.close();
  await console.leave();

  // A phone takes pictures where it is asked for a file.
  const phone = await Visitor.open(browser, desk.server.url, { isMobile: true, hasTouch: true, viewport: { width: 360, height: 640 } });
  await phone.introduce('Pia', `pia${tests}@example.org`);
  await phone.say('A photo');
  await phone.arrived();
  const chooser = phone.page.waitForEvent('filechooser');
  await phone.button('Attach a file').tap();
  await (await chooser).setFiles({ name: 'IMG_0001.png', mimeType: 'image/png', buffer: Buffer.from(PICTURE, 'base64') });
  await phone.page.getByAltText('Picture: IMG_0001.png').waitFor();
  const another = await phone.room(desk);
  await desk.take(amy, another._id);
  await desk.close(amy, another._id);
  await phone.context.close();
});

test('journey 25: the whole triage by the keyboard alone, and single keys do nothing for those who want none', async () => {
  await amy.caller.tell('canned-responses', { shortcut: `sorry${tests}`, text: 'I am sorry to hear that.', scope: 'user' });
  const first = await Guest.come(desk, `Ann ${tests}`, 'It is broken');
  const second = await Guest.come(desk, `Ben ${tests}`, 'Is it safe?');
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  const { keyboard } = page;
  await page.getByText('2 waiting').waitFor();
  const heading = (name: string) => page.getByRole('heading', { name, exact: true });
  await keyboard.press('t');
  await heading(`Ann ${tests}`).waitFor();
  await console.composer.waitFor();
  await keyboard.press('Escape');
  await keyboard.press('/');
  await keyboard.type(`sorry${tests}`);
  await page.getByRole('option', { name: new RegExp(`/sorry${tests}`) }).waitFor();
  await keyboard.press('Enter');
  await expect.poll(() => console.composer.inputValue()).toContain('I am sorry to hear that.');
  await keyboard.press('Enter');
  await expect.poll(() => first.heard()).toEqual(['I am sorry to hear that.']);
  await keyboard.press('Escape');
  await keyboard.press('n');
  await keyboard.type('The third this week');
  await keyboard.press('Enter');
  await page.locator('.note').filter({ hasText: 'The third this week' }).waitFor();
  await keyboard.press('Escape');
  await keyboard.press('l');
  await page.locator('input[aria-label="Another tag"]:focus').waitFor();
  await keyboard.type('breakage');
  await keyboard.press('Enter');
  await console.button('Remove breakage').waitFor();
  await page.locator('input[aria-label="Another tag"]').waitFor({ state: 'detached' });
  await keyboard.press('e');
  await page.getByRole('dialog').locator('textarea:focus').waitFor();
  await keyboard.type('A new one is on its way');
  await keyboard.press('Control+Enter');
  await page.getByText(`The chat with Ann ${tests} is closed`).waitFor();
  const room = await desk.room(first.rid);
  expect(room.open).toBeUndefined();
  expect(room['tags']).toEqual(['breakage']);
  // The next, by the palette.
  await keyboard.press('Control+k');
  await keyboard.type('take next');
  await page.getByRole('option', { name: /Take next/ }).waitFor();
  await keyboard.press('Enter');
  await heading(`Ben ${tests}`).waitFor();
  await console.composer.waitFor();
  await keyboard.press('Escape');
  await page.evaluate(() => localStorage.setItem('hark.console.keys', 'off'));
  await page.reload();
  await console.listening();
  await heading(`Ben ${tests}`).waitFor();
  await page.locator('body').press('e');
  await page.locator('body').press('u');
  await keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Search and commands' }).waitFor();
  await keyboard.press('Escape');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect((await desk.room(second.rid)).servedBy?.username).toBe(amy.username);
  await desk.close(amy, second.rid);
  await console.leave();
});

test('journey 26: words of an old chat are found and opened where they were said, and an earlier chat is read beside', async () => {
  const name = `Cleo ${tests}`;
  const old = await Guest.come(desk, name, 'The glaze on the blue bowl has a chip');
  await desk.take(amy, old.rid);
  for (let number = 0; number < 60; number += 1) {
    await old.say(`And another thing, ${number}`);
  }
  await desk.close(amy, old.rid);
  const now = await Guest.come(desk, name, 'It is me again');
  expect(now.rid).not.toBe(old.rid);
  await desk.take(amy, now.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  await console.openChat(name);
  await console.composer.fill('Half a sen');
  const details = page.getByRole('complementary', { name: 'About this chat' });
  await details.getByRole('region', { name: 'Earlier chats' }).getByRole('link').first().click();
  const beside = details.getByRole('region', { name: /^Earlier chat, / });
  await beside.getByText('And another thing, 59').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // The chat that is answered is still there, and what was begun in it.
  await console.bubble('It is me again').waitFor();
  expect(new URL(page.url()).pathname).toBe(`/inbox/${now.rid}`);
  expect(await console.composer.inputValue()).toBe('Half a sen');
  await page.keyboard.press('Escape');
  await expect.poll(() => beside.count()).toBe(0);
  await details.getByRole('link').filter({ hasText: /message/ }).first().waitFor();

  await page.locator('body').press('g');
  await page.keyboard.press('c');
  await desk.findsBy('glaze chip', 1);
  await page.getByLabel('Words, names, addresses').fill('glaze chip');
  await page.getByLabel('State').selectOption('closed');
  await page.getByRole('link', { name: /The glaze on the blue bowl has a chip/ }).click();
  const said = page.locator('.is-sought');
  await said.waitFor();
  expect(await said.innerText()).toContain('The glaze on the blue bowl has a chip');
  expect(new URL(page.url()).pathname).toBe(`/inbox/${old.rid}`);
  await desk.close(amy, now.rid);
  await console.leave();
});
