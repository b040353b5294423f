import { createHmac } from 'node:crypto';

import { expect, test } from 'vitest';

import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { Receiver } from './receiver.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

test('each kind of events is there with its body and schema', async () => {
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/catalogue?kind=lead.captured`, ADMIN);
  const { page } = console;
  const body = page.getByRole('region', { name: 'lead.captured' });
  await expect.poll(() => body.innerText()).toContain('"type": "lead.captured"');
  await page.getByRole('button', { name: 'Rocket.Chat', exact: true }).click();
  await expect.poll(() => body.innerText()).toContain('"LeadCapture"');
  await page.getByRole('button', { name: 'Schema', exact: true }).click();
  await expect.poll(() => body.innerText()).toContain('"$schema"');
  expect(page.url()).toContain('kind=lead.captured&dialect=rocketchat&as=schema');
  expect(await page.getByRole('button', { name: 'Comm100', exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: 'Example', exact: true }).click();
  await page.keyboard.press('k');
  await expect.poll(() => page.url()).toContain('kind=contact.updated');
  expect(await faultsInLightAndDark(page)).toEqual([]);
  await console.leave();
});

test('events are listed as they happen, and the list is held', async () => {
  await desk.agent('tara', 'Tara Sun');
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/live`, ADMIN);
  const { page } = console;
  await page.getByText('Listening', { exact: false }).first().waitFor();
  const guest = await Guest.come(desk, 'Tail', 'first of all');
  const first = page.getByRole('button', { name: /message\.visitor Tail first of all/ });
  await first.waitFor();
  expect((await page.locator('.live-dot').boundingBox())?.width).toBe(8);
  const body = page.getByRole('region', { name: 'What goes out' });
  const read = await body.innerText();
  await page.keyboard.press('p');
  await guest.say('while it is held');
  await page.getByText(/more since/).waitFor();
  expect(await page.getByText('while it is held').count()).toBe(0);
  await page.keyboard.press('p');
  const later = page.getByRole('button', { name: /while it is held/ });
  await later.waitFor();
  // What is read stays, also where it was not chosen.
  expect(await body.innerText()).toBe(read);
  await later.click();
  await expect.poll(() => body.innerText()).toContain('while it is held');
  await page.getByRole('button', { name: 'Event', exact: true }).click();
  await page.getByRole('dialog', { name: 'Event' }).getByRole('button', { name: 'chat.*' }).click();
  await expect.poll(() => first.count()).toBe(0);
  expect(page.url()).toContain('kind=chat.*');
  // What comes meanwhile of other kinds is there when they are wanted again.
  await guest.say('while only chats were wanted');
  await Guest.come(desk, 'Another', 'second of all');
  await page.getByRole('button', { name: /chat\.started/ }).nth(1).waitFor();
  await page.getByRole('button', { name: /^Event chat/ }).click();
  await first.waitFor();
  await page.getByRole('button', { name: /while only chats were wanted/ }).waitFor();
  const second = page.getByRole('button', { name: /second of all/ });
  await second.waitFor();
  await page.getByRole('button', { name: 'Chat', exact: true }).click();
  await page.getByRole('dialog', { name: 'Chat' }).getByRole('button', { name: 'Tail', exact: true }).click();
  await expect.poll(() => second.count()).toBe(0);
  await first.waitFor();
  // Counted is what would be shown.
  await page.keyboard.press('p');
  await Guest.come(desk, 'Third', 'not of this chat');
  await guest.say('of this chat');
  await page.getByText('1 more since').waitFor();
  await page.keyboard.press('p');
  await page.getByRole('button', { name: /of this chat/ }).waitFor();
  await page.getByRole('button', { name: /^Chat Tail/ }).click();
  await second.waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // One that is not there is asked for nothing.
  await page.goto(`${desk.server.url}webhooks/live?endpoint=nobody`);
  await page.getByRole('heading', { name: 'Nothing has happened yet.' }).waitFor();
  await console.leave();
});

test('what is wrong with a signed request is said', async () => {
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/check`, ADMIN);
  const { page } = console;
  const key = Buffer.from('0123456789abcdef0123456789abcdef');
  const body = '{"type":"chat.started","data":{}}';
  const signed = (at: number): string => {
    const signature = createHmac('sha256', key).update(`msg_1.${at}.${body}`).digest('base64');
    return `Webhook-Id: msg_1\nwebhook-timestamp: ${at}\nwebhook-signature: v1,${signature}`;
  };
  const now = Math.floor(Date.now() / 1000);
  const verdict = page.getByRole('status');
  const fill = async (headers: string, text: string, secret = `whsec_${key.toString('base64')}`): Promise<void> => {
    await page.getByLabel('Headers').fill(headers);
    await page.getByLabel('Body', { exact: true }).fill(text);
    await page.getByLabel('Secret, public key or secret token').fill(secret);
  };
  const says = async (words: string): Promise<void> => {
    await expect.poll(() => verdict.allInnerTexts()).toContainEqual(expect.stringContaining(words));
  };
  await fill(signed(now), body);
  await says('The signature is right, and not old');
  const told = signed(now).split('\n');
  for (const headers of [
    told.map((line) => `  -H '${line}' \\`).join('\n'),
    `curl 'https://crm.example/' ${told.map((line) => `--header "${line}"`).join(' ')}`,
    JSON.stringify(Object.fromEntries(told.map((line) => line.split(': ')))),
    JSON.stringify(Object.fromEntries(told.map((line) => line.split(': '))), undefined, 2),
  ]) {
    await fill(headers, 'another body');
    await says('signed with another secret or key');
    await fill(headers, body);
    await says('The signature is right, and not old');
  }
  await fill(signed(now), `${body}\n`);
  await says('The body has a line end');
  await fill(signed(now), JSON.stringify(JSON.parse(body), undefined, 2));
  await says('read and written anew');
  await fill(signed(now - 3600), body);
  await says('more than five minutes old');
  await fill(signed(now), body, `whsec_${Buffer.from('another').toString('base64')}`);
  await says('signed with another secret or key');
  await fill(signed(now), body, 'no secret!');
  await says('This is no secret');
  await fill('webhook-timestamp: 1', body);
  await says('no header webhook-id');
  // By a key pair: a delivery as it came.
  const receiver = await Receiver.start();
  const answer = await fetch(`${desk.server.url}api/hark/v1/endpoints`, {
    method: 'POST',
    headers: { ...desk.admin.credentials, 'Content-Type': 'application/json' },
    body: JSON.stringify({ url: receiver.url('/pair'), events: ['message.visitor'], signing: 'v1a' }),
  });
  const { publicKeys } = (await answer.json()) as { publicKeys: string[] };
  await Guest.come(desk, 'Signed', 'by a key pair');
  await expect.poll(() => receiver.of('/pair').length).toBe(1);
  receiver.stop();
  const [got] = receiver.of('/pair');
  const came = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => `${name}: ${got?.headers[name]}`).join('\n');
  expect(came).toContain('v1a,');
  await fill(came, got?.body ?? '', publicKeys[0]);
  await says('The signature is right, and not old');
  await fill(came, (got?.body ?? '').replace('by a key pair', 'by somebody else'), publicKeys[0]);
  await says('signed with another secret or key');
  await fill(came, got?.body ?? '');
  await says('webhook-signature with an entry v1,…');
  await fill(signed(now), body, publicKeys[0]);
  await says('webhook-signature with an entry v1a,…');
  await fill(came, got?.body ?? '', 'whpk_c2hvcnQ=');
  await says('This is no secret and no public key');
  // By the secret token, which needs no body.
  await fill('X-RocketChat-Livechat-Token: keep it', '', 'keep it');
  await says('is this token');
  await fill('X-RocketChat-Livechat-Token: keep it', '', 'another');
  await says('is another token');
  expect(await accessibilityFaults(page)).toEqual([]);
  await console.leave();
});
