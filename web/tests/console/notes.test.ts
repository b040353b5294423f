import { beforeEach, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Cable } from '../widget/cable.ts';
import { Console, Guest } from './console.ts';

let amy: Agent;
let guest: Guest;
let tests = 0;

beforeEach(async () => {
  tests += 1;
  amy = await desk.agent(`nora${tests}`, 'Nora Winter');
  guest = await Guest.come(desk, `Ann ${tests}`, 'Is the bowl safe?');
  await desk.take(amy, guest.rid);
});

/** What somebody else notes in the chat. */
async function noteByAdmin(text: string): Promise<string> {
  const answer = await fetch(`${desk.url}/api/hark/v1/conversations/${guest.rid}/notes`, {
    method: 'POST',
    headers: { ...desk.admin.credentials, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function open(url = desk.server.url): Promise<Console> {
  const console = await Console.logIn(browser, url, amy);
  await console.openChat(`Ann ${tests}`);
  await console.composer.waitFor();
  return console;
}

const field = ({ page }: Console) => page.getByRole('textbox', { name: /^Note about .*, only for colleagues$/ });
const note = ({ page }: Console, text: string) => page.locator('.note').filter({ hasText: text });
const inNotes = async (console: Console): Promise<void> => {
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('n');
  await expect.poll(() => field(console).evaluate((area) => area === document.activeElement)).toBe(true);
};

test('a note is added, changed and removed in all windows, and the visitor hears nothing of it', async () => {
  const console = await open();
  const other = await open();
  await inNotes(console);
  await console.page.keyboard.type('@admin and @nobody: is that so?');
  await console.button('Add note').click();
  await note(other, 'is that so?').waitFor();
  await expect.poll(() => field(console).inputValue()).toBe('');
  // Only those who were told of it stand out.
  expect(await note(console, 'is that so?').locator('.mention').allInnerTexts()).toEqual(['@admin']);
  await field(console).press('ArrowUp');
  await console.page.getByText('You are editing a note').waitFor();
  await field(console).fill('It is.');
  await field(console).press('Enter');
  await note(other, 'It is.').getByText('Edited').waitFor();
  expect(await note(other, 'is that so?').count()).toBe(0);
  await note(other, 'It is.').hover();
  await other.button('Delete the note').click();
  await other.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => note(console, 'It is.').count()).toBe(0);
  expect(await guest.heard()).toEqual([]);
  await console.leave();
  await other.leave();
});

test('notes of others stand where they were written, and have no tools', async () => {
  await noteByAdmin('Before');
  await guest.say('And the glaze?');
  const console = await open();
  await note(console, 'Before').waitFor();
  await noteByAdmin('After');
  await note(console, 'After').waitFor();
  const said = await console.page.locator('.log :is(.bubble, .noted)').allInnerTexts();
  expect(said).toEqual(['Is the bowl safe?', 'Before', 'And the glaze?', 'After']);
  expect(await console.button('Delete the note').count()).toBe(0);
  await inNotes(console);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.leave();
});

test('what was begun as a note never goes out as a reply', async () => {
  const console = await open();
  await console.page.keyboard.type('Yes');
  await inNotes(console);
  expect(await field(console).inputValue()).toBe('');
  await console.page.keyboard.type('They owe us money');
  await console.page.keyboard.press('Control+Shift+Enter');
  await console.page.reload();
  await expect.poll(() => field(console).inputValue()).toBe('They owe us money');
  expect(await console.page.getByRole('tab', { name: 'Note' }).getAttribute('aria-selected')).toBe('true');
  // Files go to the visitor, and so not from here.
  expect(await console.button('Attach a file').count()).toBe(0);
  await console.page.getByRole('tab', { name: 'Reply' }).click();
  await expect.poll(() => console.composer.inputValue()).toBe('Yes');
  await console.composer.press('Enter');
  await expect.poll(() => guest.heard()).toEqual(['Yes']);
  await inNotes(console);
  await console.page.keyboard.press('Enter');
  await note(console, 'They owe us money').waitFor();
  expect(await guest.heard()).toEqual(['Yes']);
  await console.leave();
});

test('a note that was removed while the connection was lost is gone after it', async () => {
  const id = await noteByAdmin('Wrong');
  await noteByAdmin('Right');
  const cable = await Cable.lay(desk.server.url);
  const console = await open(cable.url);
  await note(console, 'Wrong').waitFor();
  cable.cut();
  await console.page.getByText('No connection since').waitFor();
  const answer = await fetch(`${desk.url}/api/hark/v1/conversations/${guest.rid}/notes/${id}`, {
    method: 'DELETE',
    headers: desk.admin.credentials,
  });
  expect(answer.status).toBe(204);
  cable.mend();
  await expect.poll(() => note(console, 'Wrong').count()).toBe(0);
  expect(await note(console, 'Right').count()).toBe(1);
  await console.leave();
  await cable.remove();
});

test('one notes something in a chat that is over, and begins it before one takes a chat', async () => {
  const waiting = await Guest.come(desk, `Ben ${tests}`, 'Hello');
  await desk.close(amy, guest.rid);
  const console = await Console.logIn(browser, `${desk.url}/inbox/${guest.rid}`, amy);
  await console.page.getByText('This chat is closed.').waitFor();
  await console.page.keyboard.press('n');
  await field(console).fill('Sent a new bowl');
  await field(console).press('Enter');
  await note(console, 'Sent a new bowl').waitFor();
  // It is changed where it was written.
  await field(console).press('Escape');
  await expect.poll(() => field(console).count()).toBe(0);
  await note(console, 'Sent a new bowl').hover();
  await console.button('Edit the note').click();
  await field(console).fill('Sent two');
  await field(console).press('Enter');
  await note(console, 'Sent two').getByText('Edited').waitFor();
  await expect.poll(() => field(console).count()).toBe(0);
  await console.page.goto(`${desk.url}/inbox/${waiting.rid}?view=queue`);
  await console.page.getByText('This chat is in the queue.').waitFor();
  await console.button('Note').click();
  await field(console).fill('An old customer');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.button('Take this chat').click();
  // What was begun for colleagues goes on, although one may reply now.
  await console.page.getByRole('tab', { name: 'Reply' }).waitFor();
  expect(await field(console).inputValue()).toBe('An old customer');
  await field(console).press('Enter');
  await note(console, 'An old customer').waitFor();
  expect(await waiting.heard()).toEqual([]);
  await console.leave();
});
