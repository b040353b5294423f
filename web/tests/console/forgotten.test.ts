// Who has forgotten their password, and where somebody is logged in.
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console } from './console.ts';

let postOffice: Server;
/** As they came, with their soft line breaks put together. */
const mails: string[] = [];
let ruth: Agent;
let tests = 0;

/** Takes every mail. */
function receive(socket: Socket): void {
  let text = '';
  let isMail = false;
  socket.write('220 here\r\n');
  socket.on('data', (piece: Buffer) => {
    text += piece.toString();
    for (;;) {
      const end = isMail ? '\r\n.\r\n' : '\r\n';
      const at = text.indexOf(end);
      if (at === -1) {
        return;
      }
      const part = text.slice(0, at);
      text = text.slice(at + end.length);
      if (isMail) {
        mails.push(part.replaceAll('=\r\n', '').replaceAll('=3D', '='));
        isMail = false;
        socket.write('250 taken\r\n');
      } else if (part.toUpperCase() === 'DATA') {
        isMail = true;
        socket.write('354 go on\r\n');
      } else if (part.toUpperCase() === 'QUIT') {
        socket.end('221 bye\r\n');
      } else {
        socket.write('250 ok\r\n');
      }
    }
  });
  socket.on('error', () => undefined);
}

beforeAll(async () => {
  postOffice = createServer(receive);
  await new Promise<void>((listening) => {
    postOffice.listen(0, '127.0.0.1', listening);
  });
  await desk.set('SMTP_Host', '127.0.0.1');
  await desk.set('SMTP_Port', String((postOffice.address() as AddressInfo).port));
  await desk.set('From_Email', 'desk@example.org');
});

afterAll(() => {
  postOffice?.close();
});

beforeEach(async () => {
  tests += 1;
  mails.length = 0;
  ruth = await desk.agent(`ruth${tests}`, 'Ruth Winter');
});

const own = (): string[] => mails.filter((mail) => mail.includes(`${ruth.username}@example.org`));

/** The one that Ruth got last. */
const link = async (): Promise<string> => {
  await expect.poll(() => own().length).toBeGreaterThan(0);
  const token = /\/login\/new-password#([\w-]+)/.exec(own().at(-1) ?? '')?.[1] ?? '';
  return `${desk.server.url}login/new-password#${token}`;
};

test.for(['light', 'dark'] as const)('a forgotten password is replaced by mail, in %s', async (colorScheme) => {
  const console = await Console.open(browser, desk.server.url, { colorScheme });
  await console.page.getByRole('link', { name: 'Forgotten?' }).click();
  await console.page.getByLabel('Name or e-mail').fill(`${ruth.username}@example.org`);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.keyboard.press('Enter');
  await console.page.getByText('If there is such an account, a link is on its way.').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.goto(await link());
  await console.page.getByLabel('New password').fill('new-secret-of-ruth');
  await console.button('Show the password').click();
  expect(await console.page.getByLabel('New password').getAttribute('autocomplete')).toBe('new-password');
  await console.page.mouse.move(0, 0);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.button('Save').click();
  await console.page.getByText('The new password is saved. Log in with it.').waitFor();
  await console.page.getByRole('link', { name: 'To the log-in' }).click();
  await console.enter(ruth.username, 'new-secret-of-ruth');
  await console.page.getByRole('tab', { name: 'Mine' }).waitFor();
  // It was good once.
  await console.page.goto(await link());
  await console.page.reload();
  await console.page.getByLabel('New password').fill('another');
  await console.page.keyboard.press('Enter');
  await expect.poll(() => console.page.getByRole('alert').innerText()).toBe('This link is not good any more.');
  await console.page.getByRole('link', { name: 'Ask for another link' }).waitFor();
  await console.leave();
});

test('nobody learns whether there is such an account', async () => {
  const console = await Console.open(browser, `${desk.server.url}login/forgotten`, {
    viewport: { width: 360, height: 640 },
    isMobile: true,
    hasTouch: true,
  });
  await console.page.getByLabel('Name or e-mail').fill('nobody');
  await console.button('Send the link').click();
  await console.page.getByText('If there is such an account, a link is on its way.').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.getByRole('link', { name: 'To the log-in' }).click();
  await console.page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(mails).toEqual([]);
  await console.leave();
});

test('one sees where one is logged in, and logs out there', async () => {
  const here = await Console.logIn(browser, desk.server.url, ruth, { colorScheme: 'dark' });
  const there = await Console.logIn(browser, desk.server.url, ruth, {
    userAgent: 'Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0',
  });
  await here.page.goto(`${desk.server.url}me`);
  const listed = here.page.getByRole('region', { name: 'Where you are logged in' }).getByRole('listitem');
  const firefox = listed.filter({ hasText: 'Firefox, Android' });
  await firefox.waitFor();
  await expect.poll(() => listed.filter({ hasText: 'this session' }).count()).toBe(1);
  expect(await accessibilityFaults(here.page)).toEqual([]);
  const before = await listed.count();
  await firefox.getByRole('button').click();
  await expect.poll(() => listed.count()).toBe(before - 1);
  await there.page.reload();
  await there.page.getByRole('heading', { name: 'Please log in again' }).waitFor();
  await listed.filter({ hasText: 'this session' }).getByRole('button').click();
  await here.page.getByRole('heading', { name: 'Log in', exact: true }).waitFor();
  await here.leave();
  await there.leave();
});
