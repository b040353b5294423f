// Who has forgotten their password, and where somebody is logged in.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { PostOffice } from '../post-office.ts';
import { Console } from './console.ts';

let postOffice: PostOffice;
let ruth: Agent;
let tests = 0;

beforeAll(async () => {
  postOffice = await PostOffice.open(desk);
});

afterAll(() => {
  postOffice?.close();
});

beforeEach(async () => {
  tests += 1;
  ruth = await desk.agent(`ruth${tests}`, 'Ruth Winter');
});

const own = (): readonly string[] => postOffice.to(`${ruth.username}@example.org`);

/** The one that Ruth got last. */
const link = async (): Promise<string> => {
  await expect.poll(() => own().length).toBeGreaterThan(0);
  const token = /\/login\/new-password#([\w-]+)/.exec(own().at(-1) ?? '')?.[1] ?? '';
  return `${desk.server.url}login/new-password#${token}`;
};

test('a forgotten password is replaced by mail', async () => {
  const console = await Console.open(browser, desk.server.url);
  await console.page.getByRole('link', { name: 'Forgotten?' }).click();
  await console.page.getByLabel('Name or e-mail').fill(`${ruth.username}@example.org`);
  expect(await faultsInLightAndDark(console.page)).toEqual([]);
  await console.page.keyboard.press('Enter');
  await console.page.getByText('If there is such an account, a link is on its way.').waitFor();
  expect(await faultsInLightAndDark(console.page)).toEqual([]);
  await console.page.goto(await link());
  await console.page.getByLabel('New password').fill('new-secret-of-ruth');
  await console.button('Show the password').click();
  expect(await console.page.getByLabel('New password').getAttribute('autocomplete')).toBe('new-password');
  await console.page.mouse.move(0, 0);
  expect(await faultsInLightAndDark(console.page)).toEqual([]);
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
  // Those of the tests before.
  const before = postOffice.mails.length;
  await console.page.getByLabel('Name or e-mail').fill('nobody');
  await console.button('Send the link').click();
  await console.page.getByText('If there is such an account, a link is on its way.').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.getByRole('link', { name: 'To the log-in' }).click();
  await console.page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(postOffice.mails).toHaveLength(before);
  await console.leave();
});

test('one sees where one is logged in, and logs out there', async () => {
  const here = await Console.logIn(browser, desk.server.url, ruth, { colorScheme: 'dark' });
  const there = await Console.open(browser, desk.server.url, {
    userAgent: 'Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0',
  });
  await there.enter(ruth.username, ruth.password);
  await there.listening();
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
