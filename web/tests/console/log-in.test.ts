import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import { type Agent, Caller } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { code } from './totp.ts';

const KEPT = 'hark.console.session';

test('a name and a password lead to the inbox, and wrong ones say so', async () => {
  const console = await Console.open(browser, desk.server.url);
  await console.enter('amy', 'not-it');
  await expect.poll(() => console.page.getByRole('alert').innerText()).toBe('Wrong name or password.');
  // What was typed is still there.
  expect(await console.page.getByLabel('Name or e-mail').inputValue()).toBe('amy');
  await console.enter('amy', amy.password);
  await console.page.getByRole('heading', { name: 'Inbox' }).waitFor();
  expect(new URL(console.page.url()).pathname).toBe('/inbox');
  await console.leave();
});

test('what is missing is said at its field, in the words of the console', async () => {
  const console = await Console.open(browser, desk.server.url, { locale: 'de-DE' });
  await console.button('Anmelden').click();
  await expect.poll(() => console.page.getByText('Bitte hier etwas eingeben.').count()).toBe(2);
  await console.page.keyboard.type('amy');
  await expect.poll(() => console.page.getByText('Bitte hier etwas eingeben.').count()).toBe(1);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.leave();
});

test('the log-in has no accessibility faults, in light or dark', async () => {
  const console = await Console.open(browser, desk.server.url);
  await console.page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(await faultsInLightAndDark(console.page)).toEqual([]);
  await console.leave();
});

test('an address is kept through the log-in', async () => {
  const guest = await Guest.come(desk, 'Ada', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.open(browser, `${desk.server.url}inbox/${guest.rid}`);
  await console.enter('amy', amy.password);
  await console.page.getByRole('heading', { name: 'Ada', exact: true }).waitFor();
  expect(new URL(console.page.url()).pathname).toBe(`/inbox/${guest.rid}`);
  await console.leave();
});

test('all tabs have the same log-in, and the same log-out', async () => {
  const console = await Console.logIn(browser, desk.server.url, amy);
  const second = await console.context.newPage();
  await second.goto(desk.server.url);
  await second.getByRole('heading', { name: 'Inbox' }).waitFor();
  const token = await second.evaluate(
    (key) => (JSON.parse(localStorage.getItem(key) ?? '{}') as { token: string }).token,
    KEPT,
  );
  await console.page.locator('.me').click();
  await console.button('Log out').click();
  for (const page of [console.page, second]) {
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  }
  // and the token opens nothing any more
  const answer = await fetch(`${desk.server.url}api/v1/me`, {
    headers: { 'X-User-Id': amy.id, 'X-Auth-Token': token },
  });
  expect(answer.status).toBe(401);
  await console.leave();
});

test('a session that ends is renewed in place, and what was written is still there', async () => {
  const guest = await Guest.come(desk, 'Bea', 'Is there tea?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Bea');
  await console.composer.fill('Yes, gree');
  const kept = await console.page.evaluate((key) => localStorage.getItem(key) ?? '', KEPT);
  const { user, token } = JSON.parse(kept) as { user: string; token: string };
  await new Caller(desk.server.url, { 'X-User-Id': user, 'X-Auth-Token': token }).tell('logout', {});
  await console.composer.press('Enter');
  const again = console.page.getByRole('dialog', { name: 'Please log in again' });
  await again.waitFor();
  // Nobody hears this here: it is read when there is a log-in again.
  await guest.say('Or coffee?');
  // Neither a key nor a click beside it logs out.
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('Escape');
  await console.page.mouse.click(5, 5);
  await again.getByLabel('Password', { exact: true }).fill(amy.password);
  await again.getByRole('button', { name: 'Log in', exact: true }).click();
  await again.waitFor({ state: 'detached' });
  // The end may have been noticed before the key was pressed: then it still stands where it was written.
  if ((await console.composer.inputValue()) !== '') {
    await console.composer.press('Enter');
  }
  // What waited goes out by itself.
  await expect.poll(() => guest.heard()).toEqual(['Yes, gree']);
  await console.bubble('Or coffee?').waitFor();
  await guest.say('Good');
  await console.bubble('Good').waitFor();
  await console.leave();
});

test('whoever does not stay is logged in in this tab alone', async () => {
  const console = await Console.open(browser, desk.server.url);
  await console.page.getByLabel('Stay logged in on this computer').uncheck();
  await console.enter('amy', amy.password);
  await console.page.getByRole('heading', { name: 'Inbox' }).waitFor();
  await console.page.reload();
  await console.page.getByRole('heading', { name: 'Inbox' }).waitFor();
  const second = await console.context.newPage();
  await second.goto(desk.server.url);
  await second.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(await console.page.evaluate((key) => localStorage.getItem(key), KEPT)).toBe(null);
  await console.page.locator('.me').click();
  await console.button('Log out').click();
  await console.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await console.leave();
});

test('what was written in this browser is not for the next who logs in there', async () => {
  const guest = await Guest.come(desk, 'Ivo', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ivo');
  await console.page.route('**/method.call/sendMessage', (route) => route.abort());
  await console.say('From Amy');
  await console.bubble('From Amy').waitFor();
  await console.composer.press('Escape');
  await console.page.keyboard.press('n');
  await console.page.keyboard.type('Only Amy knows');
  await console.page.locator('.me').click();
  await console.button('Log out').click();
  await console.page.unroute('**/method.call/sendMessage');
  await console.enter('admin', 'secret-of-admin');
  await console.listening();
  await console.page.goto(`${desk.url}/inbox/${guest.rid}`);
  await console.bubble('Hello').waitFor();
  expect(await console.page.getByText('From Amy').count()).toBe(0);
  await console.button('Note').click();
  expect(await console.page.getByRole('textbox', { name: /^Note about/ }).inputValue()).toBe('');
  expect(await guest.heard()).toEqual([]);
  await desk.close(amy, guest.rid);
  await console.leave();
});

test('another language is chosen before the log-in', async () => {
  const console = await Console.open(browser, desk.server.url);
  await console.page.getByLabel('Language').selectOption('de');
  await console.page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  expect(await console.page.evaluate(() => document.documentElement.lang)).toBe('de');
  await console.leave();
});

describe('a second factor', () => {
  let tom: Agent;
  let secret: string;

  beforeAll(async () => {
    tom = await desk.agent('tom', 'Tom Field');
    const call = async <T>(method: string, params: unknown[]): Promise<T> => {
      const message = JSON.stringify({ msg: 'method', id: '1', method, params });
      const path = `method.call/${encodeURIComponent(method)}`;
      const answer = await tom.caller.tell<{ message: string }>(path, { message });
      return (JSON.parse(answer.message) as { result: T }).result;
    };
    ({ secret } = await call<{ secret: string }>('2fa:enable', []));
    await call('2fa:validateTempToken', [code(secret, Date.now() - 30_000)]);
  });

  test('is asked for after the password', async () => {
    const console = await Console.open(browser, desk.server.url);
    await console.enter('tom', tom.password);
    await console.page.getByRole('heading', { name: 'Enter the code' }).waitFor();
    expect(await accessibilityFaults(console.page)).toEqual([]);
    await console.page.getByLabel('Code').fill('000000');
    await console.button('Log in').click();
    await expect.poll(() => console.page.getByRole('alert').innerText()).toContain('Wrong code');
    await console.page.getByLabel('Code').fill(code(secret, Date.now()));
    await console.button('Log in').click();
    await console.page.getByRole('heading', { name: 'Inbox' }).waitFor();
    await console.leave();
  });
});
