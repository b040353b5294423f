import { beforeEach, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

let amy: Agent;
let guest: Guest;
let support: string;
let tests = 0;

beforeEach(async () => {
  tests += 1;
  amy = await desk.agent(`cora${tests}`, 'Cora Winter');
  support = await desk.department(`Support ${tests}`, [amy]);
  guest = await Guest.come(desk, `Ann ${tests}`, 'The bowl is broken', { department: support, email: `ann${tests}@example.org` });
  await desk.take(amy, guest.rid);
});

/** Answers its id. */
async function ready(by: Agent | 'admin', shortcut: string, text: string, more: object = { scope: 'user' }): Promise<string> {
  const caller = by === 'admin' ? desk.admin : by.caller;
  await caller.tell('canned-responses', { shortcut, text, ...more });
  const { cannedResponses } = await caller.ask<{ cannedResponses: { _id: string }[] }>(`canned-responses?shortcut=${shortcut}`);
  return cannedResponses[0]?._id ?? '';
}

async function open(options = {}): Promise<Console> {
  const console = await Console.logIn(browser, desk.server.url, amy, options);
  await console.openChat(`Ann ${tests}`);
  await console.composer.waitFor();
  return console;
}

const list = ({ page }: Console) => page.getByRole('listbox', { name: 'Canned responses' });
/** Those of this test; what is for everybody stays for the others. */
const shortcuts = async (console: Console) =>
  (await console.page.locator('.offers .shortcut').allInnerTexts()).filter((shortcut) => shortcut.endsWith(String(tests)));

test('an answer that is ready is found by what is typed, filled in, and sent only then', async () => {
  const id = await ready(amy, `replace${tests}`, 'No need, {{contact.name}}. {{contact.phone}}{{agent.name}} sends a new one to {{contact.email}}.');
  await ready('admin', `return${tests}`, 'Please send it back.', { scope: 'department', departmentId: support, tags: ['returns'] });
  await ready('admin', `opening${tests}`, 'We return at nine.', { scope: 'global' });
  const other = await desk.agent(`tess${tests}`, 'Tess Field');
  await ready(other, `refund${tests}`, 'Your money is on its way.');
  const console = await open();
  await console.page.keyboard.type('/re');
  await list(console).waitFor();
  // Those that begin like it come first, and what is another agent's own is not among them.
  await expect.poll(() => shortcuts(console)).toEqual([`/replace${tests}`, `/return${tests}`, `/opening${tests}`]);
  const said = console.page.getByRole('group', { name: 'As it is said in this chat' });
  await expect.poll(() => said.locator('.filled').allInnerTexts()).toEqual([`Ann ${tests}`, 'Cora Winter', `ann${tests}@example.org`]);
  expect(await said.locator('.missing').allInnerTexts()).toEqual(['contact.phone']);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.keyboard.press('ArrowDown');
  await expect.poll(() => said.innerText()).toContain(`Support ${tests}`);
  expect(await said.locator('.chip').allInnerTexts()).toEqual(['returns']);
  await console.page.keyboard.press('ArrowUp');
  await expect.poll(() => said.innerText()).toContain('Your own');
  await console.page.keyboard.press('Enter');
  const filled = `No need, Ann ${tests}. Cora Winter sends a new one to ann${tests}@example.org.`;
  await expect.poll(() => console.composer.inputValue()).toBe(filled);
  expect(await list(console).count()).toBe(0);
  expect(await guest.heard()).toEqual([]);
  await console.page.keyboard.press('Enter');
  await expect.poll(() => guest.heard()).toEqual([filled]);
  const again = await fetch(`${desk.url}/api/hark/v1/conversations/${guest.rid}/canned-responses/${id}:fill`, {
    method: 'POST',
    headers: { ...amy.caller.credentials, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(await again.json()).toMatchObject({ uses: 2 });
  await console.leave();
});

test('what is used most is offered first, and the palette says it as well', async () => {
  await ready(amy, `aaa-tea${tests}`, 'We have tea.');
  const often = await ready(amy, `zzz-tea${tests}`, 'Green tea for {{contact.name}}.');
  const fill = async () =>
    await fetch(`${desk.url}/api/hark/v1/conversations/${guest.rid}/canned-responses/${often}:fill`, {
      method: 'POST',
      headers: { ...amy.caller.credentials, 'content-type': 'application/json' },
      body: '{}',
    });
  await fill();
  await fill();
  const console = await open();
  await console.page.keyboard.type('/tea');
  await list(console).waitFor();
  await expect.poll(() => shortcuts(console)).toEqual([`/zzz-tea${tests}`, `/aaa-tea${tests}`]);
  await console.page.getByText('used 2 times').waitFor();
  await console.composer.fill('');
  await console.page.keyboard.press('Control+k');
  const palette = console.page.getByRole('dialog', { name: 'Search and commands' });
  const found = palette.getByRole('group', { name: 'This chat' }).getByRole('option');
  // Of many that are ready none stands there before it is asked for.
  expect(await found.filter({ hasText: 'Canned:' }).count()).toBe(0);
  await palette.getByRole('combobox').fill(`zzz-tea${tests}`);
  await found.filter({ hasText: `Canned: Green tea for Ann ${tests}.` }).waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.keyboard.press('Enter');
  await expect.poll(() => console.composer.inputValue()).toBe(`Green tea for Ann ${tests}.`);
  await console.leave();
});

test('a slash that asks for nothing is a word like any other', async () => {
  await ready(amy, `hours${tests}`, 'We are here from nine to five.');
  const console = await open();
  await console.page.keyboard.type(`Open /hours${tests}`);
  await list(console).waitFor();
  await console.page.keyboard.press('Escape');
  await expect.poll(() => list(console).count()).toBe(0);
  // It stays closed for this word.
  await console.page.keyboard.type('x');
  await console.page.keyboard.press('Backspace');
  await console.page.keyboard.press('Enter');
  await expect.poll(() => guest.heard()).toEqual([`Open /hours${tests}`]);
  await console.page.keyboard.type('/etc/hosts');
  await console.page.keyboard.press('Enter');
  await expect.poll(() => guest.heard()).toEqual([`Open /hours${tests}`, '/etc/hosts']);
  await console.leave();
});

test('the list is opened by a key and by a button, behind what is there already', async () => {
  await desk.set('Canned_Responses_Enable', false);
  const console = await open({ colorScheme: 'dark' });
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('/');
  await console.page.getByText('You have no canned responses yet.').waitFor();
  await desk.set('Canned_Responses_Enable', true);
  await ready(amy, `thanks${tests}`, 'Thank you for the photo');
  await console.button('Canned responses').click();
  await expect.poll(() => console.page.locator('.offers').count()).toBe(0);
  await console.composer.fill('Hello.');
  await console.button('Canned responses').click();
  await list(console).getByText('Thank you for the photo').click();
  await expect.poll(() => console.composer.inputValue()).toBe('Hello. Thank you for the photo');
  await expect.poll(() => console.composer.evaluate((field) => field === document.activeElement)).toBe(true);
  // None is said in a note.
  await console.page.getByRole('tab', { name: 'Note' }).click();
  expect(await console.button('Canned responses').count()).toBe(0);
  await console.page.keyboard.type('/th');
  expect(await list(console).count()).toBe(0);
  await console.leave();
});

test.for([
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: 'dark' }],
  ['Arabic', { locale: 'ar-EG' }],
] as const)('many answers have no faults on %s', async ([, options]) => {
  for (let n = 0; n < 12; n += 1) {
    await ready(amy, `many${tests}-${n}`, `Answer ${n}, with {{contact.name}}. ${'And more words. '.repeat(40)}`);
  }
  const console = await Console.logIn(browser, `${desk.server.url}inbox/${guest.rid}`, amy, options);
  const field = console.page.locator('.composer textarea');
  await field.fill('/many');
  await console.page.locator('.offers [role=option]').first().waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  const [content, window] = await console.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content).toBe(window);
  await field.press('ArrowUp');
  await expect.poll(() => console.page.locator('.offers .is-active .shortcut').innerText()).toMatch(/\/many\d+-\d/);
  await console.leave();
});
