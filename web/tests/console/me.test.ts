// What people change about themselves: name, language, keys, password, second factor, tokens.
import { readFile } from 'node:fs/promises';

import { beforeAll, expect, onTestFinished, test } from 'vitest';

import { accessibilityFaults, faultsInLightAndDark, launchBrowser } from '../browser.ts';
import { type Agent, Caller } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console } from './console.ts';
import { code } from './totp.ts';

let amy: Agent;

beforeAll(async () => {
  amy = await desk.agent('amy', 'Amy Winter');
});

async function profile(options = {}, where = browser): Promise<Console> {
  const console = await Console.logIn(where, desk.server.url, amy, options);
  await console.page.locator('.me').click();
  await console.page.getByRole('link', { name: 'Your profile' }).click();
  await console.page.getByRole('heading', { name: 'Your profile' }).waitFor();
  // Off the buttons, whose colour axe cannot tell while they are pointed at.
  await console.page.mouse.move(0, 0);
  return console;
}

test('a name is changed', async () => {
  const console = await profile();
  expect(new URL(console.page.url()).pathname).toBe('/me');
  expect(await faultsInLightAndDark(console.page)).toEqual([]);
  const name = 'Amy Summer';
  await console.page.getByLabel('Name', { exact: true }).fill(name);
  await console.page.getByLabel('Name', { exact: true }).press('Enter');
  await console.page.getByText('Saved', { exact: true }).waitFor();
  const { name: known } = await amy.caller.ask<{ name: string }>('me');
  expect(known).toBe(name);
  await console.leave();
});

test('a picture is cut to a square, shown everywhere, and taken away', async () => {
  // Another window, which is not loaded again.
  const other = await Console.logIn(browser, desk.server.url, amy);
  const console = await profile();
  const { page } = console;
  // Red at one end and blue at the other.
  const wide = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [300, 100];
    const context = canvas.getContext('2d');
    for (const [at, colour] of ['#c00', '#0a0', '#00c'].entries()) {
      Object.assign(context ?? {}, { fillStyle: colour });
      context?.fillRect(at * 100, 0, 100, 100);
    }
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  });
  const picker = page.locator('input[type=file]');
  await picker.setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await page.getByText('This file is no picture that can be shown here.').waitFor();
  await picker.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(wide, 'base64') });
  const dialog = page.getByRole('dialog', { name: 'What is shown of the picture' });
  await dialog.waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('img').focus();
  // To the left end of it, which is red.
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press('ArrowLeft');
  }
  await page.keyboard.press('Control+Enter');
  const own = page.locator('.me img');
  await own.waitFor();
  expect(await own.getAttribute('src')).toMatch(/avatar\/amy\?etag=/);
  const [red, , blue] = await own.evaluate((image: HTMLImageElement) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1, 1];
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0, 1, 1);
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
  });
  expect(red).toBeGreaterThan(150);
  expect(blue).toBeLessThan(60);
  await expect.poll(() => other.page.locator('.me img').getAttribute('src')).toBe(await own.getAttribute('src'));
  // Anybody's widget asks for it by the name.
  const shown = await fetch(`${desk.url}/avatar/amy`);
  expect(shown.headers.get('content-type')).toBe('image/jpeg');
  await console.button('Remove the picture').click();
  await expect.poll(() => own.count()).toBe(0);
  await expect.poll(() => other.page.locator('.me img').count()).toBe(0);
  await other.leave();
  await console.leave();
});

test('another language is spoken at once, and is kept', async () => {
  const console = await profile();
  await console.page.getByLabel('Language').selectOption('de');
  await console.page.getByRole('heading', { name: 'Ihr Profil' }).waitFor();
  await console.page.reload();
  await console.page.getByRole('heading', { name: 'Ihr Profil' }).waitFor();
  await console.page.getByLabel('Sprache').selectOption('ar');
  await expect.poll(() => console.page.evaluate(() => document.documentElement.dir)).toBe('rtl');
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.leave();
});

test('single keys are switched off; those with Control go on', async () => {
  const console = await profile();
  await console.page.getByRole('switch', { name: 'Single keys' }).click();
  await console.page.keyboard.press('?');
  await console.page.keyboard.press('Control+k');
  const palette = console.page.getByRole('dialog', { name: 'Search and commands' });
  await palette.waitFor();
  expect(await console.page.getByRole('dialog', { name: 'Keys' }).count()).toBe(0);
  await console.page.keyboard.press('Escape');
  await console.page.getByRole('switch', { name: 'Single keys' }).click();
  await console.page.locator('h1').click();
  await console.page.keyboard.press('?');
  await console.page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await console.leave();
});

test('a token is made, shown once, works, and is taken back', async () => {
  const console = await profile();
  await console.page.getByLabel('Name of the token').fill('reports');
  await console.button('Create token').click();
  await console.page.getByText('Copy the token of reports.').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  const token = await console.page.locator('.once .mono').innerText();
  const program = new Caller(desk.server.url, { 'X-User-Id': amy.id, 'X-Auth-Token': token });
  expect(await program.ask('me')).toMatchObject({ username: 'amy' });
  const file = console.page.waitForEvent('download');
  await console.button('Export what is shown (CSV)').click();
  const rows = (await readFile(await (await file).path(), 'utf8')).trim().split('\r\n');
  expect(rows).toHaveLength(2);
  const [name, , end = ''] = rows[1]?.split(',') ?? [];
  expect([name, token.endsWith(end) && end !== '']).toEqual(['reports', true]);
  await console.button('Remove reports').click();
  await console.page.getByText('You have no tokens.').waitFor();
  const answer = await fetch(`${desk.server.url}api/v1/me`, { headers: program.credentials });
  expect(answer.status).toBe(401);
  await console.leave();
});

test('a second factor is switched on and off, and changes ask for it', async () => {
  const console = await profile();
  await console.button('Turn on').click();
  // The focus goes along with what is next.
  await console.page.locator('#factor-code:focus').waitFor();
  const secret = await console.page.locator('.once .mono').innerText();
  await console.page.getByLabel('Code', { exact: true }).fill('000000');
  await console.button('Confirm').click();
  await expect.poll(() => console.page.getByRole('region', { name: 'Second factor' }).innerText()).toContain('Wrong code');
  await console.page.getByLabel('Code', { exact: true }).fill(code(secret, Date.now() - 30_000));
  await console.button('Confirm').click();
  await console.page.getByText('Each of them replaces a code of the app, once.').waitFor();
  await console.page.locator('#factor:focus').waitFor();
  const [backup = '', other = ''] = await console.page.locator('.codes li').allInnerTexts();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  // From now on every change has to be proved.
  await desk.set('Accounts_TwoFactorAuthentication_RememberFor', 0);
  await console.page.getByLabel('Name of the token').fill('crm');
  await console.button('Create token').click();
  const proof = console.page.getByRole('dialog', { name: 'Confirm that it is you' });
  await proof.getByLabel('Code').fill('111111');
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await proof.getByText('Wrong code.').waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await proof.getByLabel('Code').fill(backup);
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await console.page.getByText('Copy the token of crm.').waitFor();
  await console.button('Turn off').click();
  await console.page.getByLabel('Code', { exact: true }).fill(other);
  await console.page.getByRole('region', { name: 'Second factor' }).getByRole('button', { name: 'Turn off' }).click();
  await console.button('Turn on').waitFor();
  expect(await amy.caller.ask('me')).toMatchObject({ services: { totp: { enabled: false } } });
  await console.leave();
});

test('a password is changed by whoever knows the present one', async () => {
  const tom = await desk.agent('tom', 'Tom Field');
  const console = await Console.logIn(browser, `${desk.server.url}me`, tom);
  const sessions = console.page.locator('.session-list li');
  await expect.poll(() => sessions.count()).toBe(2);
  await sessions.filter({ hasNot: console.page.locator('b') }).getByRole('button').click();
  await expect.poll(() => sessions.count()).toBe(1);
  await console.page.locator('#sessions:focus').waitFor();
  await console.page.getByLabel('Current password').fill('not-it');
  await console.page.getByLabel('New password').fill('another-secret');
  await console.button('Change the password').click();
  await console.page.getByText('The current password is wrong.').waitFor();
  await console.page.getByLabel('Current password').fill(tom.password);
  await console.button('Change the password').click();
  await console.page.getByText('The password is changed.').waitFor();
  // The other session has ended, this one goes on.
  const answer = await fetch(`${desk.server.url}api/v1/me`, { headers: tom.caller.credentials });
  expect(answer.status).toBe(401);
  await console.page.getByLabel('Name', { exact: true }).fill('Thomas Field');
  await console.page.getByLabel('Name', { exact: true }).press('Enter');
  await console.page.getByText('Saved', { exact: true }).waitFor();
  expect(await console.page.getByRole('dialog').count()).toBe(0);
  await console.page.locator('.me').click();
  await console.button('Log out').click();
  await console.enter('tom', 'another-secret');
  await console.page.getByRole('heading', { name: 'Your profile' }).waitFor();
  await console.leave();
});

test('this browser is signed up to ring while no page is open, and shows what comes', async () => {
  // The shell keeps no notifications.
  const whole = await launchBrowser('whole');
  onTestFinished(async () => await whole.close());
  const console = await profile({ permissions: ['notifications'] }, whole);
  const { page } = console;
  await page.getByRole('switch', { name: 'Ring when no page is open' }).click();
  // There is no push service for a browser of a test, and it says so.
  await page.getByText('The browser could not be signed up for notifications.').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  expect(scope).toBe(desk.server.url);
  const manifest = await page.evaluate(async () => {
    const address = document.querySelector<HTMLLinkElement>('link[rel=manifest]')?.href ?? '';
    return (await (await fetch(address)).json()) as { start_url: string; display: string };
  });
  expect(manifest).toMatchObject({ start_url: 'inbox', display: 'standalone' });
  // What a push service would hand to the worker.
  const line = await console.context.newCDPSession(page);
  const registered = new Promise<string>((known) => {
    line.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL === scope);
      if (own !== undefined) {
        known(own.registrationId);
      }
    });
  });
  await line.send('ServiceWorker.enable');
  const registrationId = await registered;
  const shown = () =>
    page.evaluate(async () => {
      const found = await (await navigator.serviceWorker.ready).getNotifications();
      return found.map(({ title, body, tag, data }) => ({ title, body, tag, data: data as unknown }));
    });
  for (const data of [
    { kind: 'message', room: 'r1', title: 'Ann', body: 'Is the bowl safe?' },
    { kind: 'waits', room: 'r2', title: 'Ben' },
  ]) {
    await line.send('ServiceWorker.deliverPushMessage', { origin: desk.url, registrationId, data: JSON.stringify(data) });
  }
  await expect.poll(shown).toEqual(
    expect.arrayContaining([
      { title: 'Ann', body: 'Is the bowl safe?', tag: 'r1', data: `${desk.server.url}inbox/r1` },
      { title: 'Ben', body: 'Waits in your queue', tag: 'r2', data: `${desk.server.url}inbox/r2` },
    ]),
  );
  await console.leave();
});
