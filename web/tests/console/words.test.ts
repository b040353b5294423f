// Files, and what becomes of words after they were said: changed, taken back, heard by webhooks.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

beforeAll(async () => {
  await desk.admin.tell('permissions.update', {
    permissions: [
      { _id: 'view-livechat-webhooks', roles: ['admin', 'livechat-manager', 'livechat-agent'] },
    ],
  });
});

test('a picture is attached, is seen, and is saved', async () => {
  const guest = await Guest.come(desk, 'Ann', 'How does it look?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ann');
  const picker = console.page.waitForEvent('filechooser');
  await console.button('Attach a file').click();
  await (await picker).setFiles({ name: 'bowl.png', mimeType: 'image/png', buffer: PIXEL });
  await console.page.locator('.photo img').waitFor();
  expect(await console.page.locator('.photo img').getAttribute('src')).toMatch(/^blob:/);
  const download = console.page.waitForEvent('download');
  await console.button('Save bowl.png').click();
  expect((await download).suggestedFilename()).toBe('bowl.png');
  await console.leave();
});

test('a file that breaks off says so, and is sent again', async () => {
  const guest = await Guest.come(desk, 'Ben', 'The invoice?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ben');
  const way = '**/api/v1/rooms.upload/*';
  await console.page.route(way, (route) => route.abort());
  const picker = console.page.waitForEvent('filechooser');
  await console.button('Attach a file').click();
  await (await picker).setFiles({ name: 'invoice.txt', mimeType: 'text/plain', buffer: Buffer.from('12 €') });
  await console.page.getByText(/^Not sent:/).waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.unroute(way);
  await console.button('Try again').click();
  await console.button('Save invoice.txt').waitFor();
  expect(await console.page.getByText(/^Not sent:/).count()).toBe(0);
  await console.leave();
});

test('the last message is changed by a key, and one is taken back', async () => {
  const guest = await Guest.come(desk, 'Cal', 'When do you open?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Cal');
  await console.say('At eigth');
  await expect.poll(() => guest.heard()).toEqual(['At eigth']);
  await console.bubble('At eigth').waitFor();
  await console.composer.press('ArrowUp');
  await console.page.getByText('You are editing a message').waitFor();
  await console.composer.fill('At eight');
  await console.composer.press('Enter');
  await expect.poll(() => guest.heard()).toEqual(['At eight']);
  await console.page.getByText('Edited').waitFor();
  expect(await console.composer.inputValue()).toBe('');
  await console.bubble('At eight').hover();
  await console.button('Delete').click();
  const sure = console.page.getByRole('dialog', { name: 'Delete it for everyone?' });
  await sure.getByText('At eight').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await sure.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => console.bubble('At eight').count()).toBe(0);
  expect(await guest.heard()).toEqual([]);
  // A file that was the wrong one goes in the same way; here the shop wants a trace of it.
  await desk.set('Message_ShowDeletedStatus', true);
  await console.page.locator('input[type="file"]').setInputFiles({ name: 'other.txt', mimeType: 'text/plain', buffer: Buffer.from('12 €') });
  await console.button('Save other.txt').hover();
  await console.button('Delete').click();
  await sure.getByText('other.txt').waitFor();
  await sure.getByRole('button', { name: 'Delete' }).click();
  await console.bubble('Deleted by Amy Winter').waitFor();
  expect(await console.button('Save other.txt').count()).toBe(0);
  // It is named who did it, and not whose words they were.
  const wrong = await guest.say('1234 5678 9012');
  await console.bubble('1234 5678 9012').waitFor();
  await desk.admin.tell('chat.delete', { roomId: guest.rid, msgId: wrong });
  await console.page.locator('.theirs').filter({ has: console.bubble('Deleted by admin') }).waitFor();
  expect(await console.bubble('1234 5678 9012').count()).toBe(0);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await desk.set('Message_ShowDeletedStatus', false);
  await console.leave();
});

test('each event shows who heard it, and what was given up is sent again', async () => {
  const answers = { status: 500 };
  const receiver: Server = createServer((request, response) => {
    request.resume();
    response.writeHead(answers.status).end();
  });
  await new Promise<void>((listening) => {
    receiver.listen(0, '127.0.0.1', listening);
  });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const made = await fetch(`${desk.server.url}api/hark/v1/endpoints`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...desk.admin.credentials },
    body: JSON.stringify({ url, name: 'Order desk', events: ['message.visitor'], policy: { delaysMs: [] } }),
  });
  expect(made.status).toBe(201);
  const guest = await Guest.come(desk, 'Dan', 'Where is it?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Dan');
  const mark = console.button('1 webhook was given up');
  await mark.click();
  const heard = console.page.getByRole('dialog', { name: 'Who heard it' });
  expect(await heard.innerText()).toContain('500');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  answers.status = 200;
  await heard.getByRole('button', { name: 'Resend' }).click();
  await console.button('All webhooks have it').waitFor();
  const webhooks = console.page.getByRole('region', { name: 'Webhooks' });
  await expect.poll(() => webhooks.innerText()).toContain('1 of 1');
  await console.leave();
  receiver.close();
});
