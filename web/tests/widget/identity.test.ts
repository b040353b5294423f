// Who the visitor is by the word of the site: the same person in every browser, until he logs out.

import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site } from './site.ts';

declare global {
  interface Window {
    refusals: { reason: string; message: string }[];
  }
}

let site: Site;
let secret: string;
/** What the site says on its pages. */
let calls = '';

/** For sites that never had Rocket.Chat. */
const STUB = `window.Hark = window.Hark || function () { (Hark._ = Hark._ || []).push(arguments); };
window.refusals = [];
Hark(function () { this.onIdentityRefused(function (why) { window.refusals.push(why); }); });`;

beforeAll(async () => {
  const answer = await fetch(`${desk.server.url}api/hark/v1/sites`, {
    method: 'POST',
    headers: { ...desk.admin.credentials, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Shop' }),
  });
  expect(answer.status).toBe(201);
  ({ secret } = (await answer.json()) as { secret: string });
  site = await openSite(() => ({
    html: page(desk.server.url, { head: `<script>${STUB}\n${calls}</script>` }),
  }));
});

afterAll(async () => {
  await site?.close();
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(claims: object, by = secret): string {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', by).update(text).digest('base64url')}`;
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

const person = (sub: string, more: object = {}) => ({
  sub,
  email: `${sub}@example.org`,
  name: sub,
  exp: inSeconds(600),
  ...more,
});

/** Goes to a page of the site on which it says this. */
async function come(said: string, guest?: Guest): Promise<Guest> {
  calls = said;
  const comes = guest ?? (await Guest.come(browser));
  await comes.see(site.url);
  return comes;
}

async function open(guest: Guest): Promise<void> {
  await guest.launcher.click();
  await guest.opened();
}

const identify = (identity: string) => `Hark('identify', '${identity}');`;

const said = (guest: Guest) => guest.panel.locator('.bubble');

async function hasHistory(guest: Guest, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await said(guest).filter({ hasText: text }).waitFor();
  }
}

async function isStranger(guest: Guest): Promise<void> {
  await guest.panel.locator('.home .composer').waitFor();
  expect(await said(guest).count()).toBe(0);
}

const kept = async (guest: Guest) =>
  (await guest.frame()).evaluate(() => JSON.stringify(Object.entries(localStorage)));

test('a signed person has the same chat in a second browser, and both go on', async () => {
  const first = await come(identify(sign(person('vera'))));
  // It costs nothing until the panel is wanted.
  expect(await first.iframe.count()).toBe(0);
  await open(first);
  // No form asks for what the site has said.
  await first.composer.waitFor();
  await first.say('Hello from here');
  await first.listens();

  const second = await come(identify(sign(person('vera'))));
  await open(second);
  await hasHistory(second, 'Hello from here');
  expect(await second.token()).toBe(await first.token());
  await second.say('And from there');
  await hasHistory(first, 'And from there');
  const rooms = (await desk.rooms()).filter((room) => room.v.name === 'vera');
  expect(rooms.length).toBe(1);
  await first.leave();
  await second.leave();
});

test('who chats and then logs in keeps the chat, by another token', async () => {
  const guest = await come('');
  await open(guest);
  await guest.introduce('Guest');
  await guest.say('I cannot log in');
  await guest.listens();
  const before = await guest.token();
  await guest.composer.fill('half a sen');
  await guest.page.evaluate((identity) => {
    (window as unknown as { Hark: (name: string, given: string) => void }).Hark('identify', identity);
  }, sign(person('wanda')));
  await expect.poll(() => guest.token()).not.toBe(before);
  await hasHistory(guest, 'I cannot log in');
  expect(await guest.composer.inputValue()).toBe('half a sen');
  const room = await desk.chatWith('wanda');
  await desk.take(amy, room?._id ?? '');
  await desk.say(amy, room?._id ?? '', 'There you are');
  await hasHistory(guest, 'There you are');

  const elsewhere = await come(identify(sign(person('wanda'))));
  await open(elsewhere);
  await hasHistory(elsewhere, 'I cannot log in', 'There you are');
  await guest.leave();
  await elsewhere.leave();
});

test('a forged, foreign, unsigned or old one gives no history, and a reason', async () => {
  const owner = await come(identify(sign(person('xenia'))));
  await open(owner);
  await owner.composer.waitFor();
  await owner.say('For nobody else');
  const token = await owner.token();

  const [header, , signature] = sign(person('yuri')).split('.');
  const claims = part(person('xenia'));
  const cases = [
    [`${header}.${claims}.${signature}`, 'identity-signature'],
    [sign(person('xenia'), 'hark_id_of-somebody-else'), 'identity-signature'],
    [`${part({ alg: 'none' })}.${claims}.`, 'identity-algorithm'],
    [sign(person('xenia', { exp: inSeconds(-60) })), 'identity-expired'],
    ['nonsense', 'identity-unreadable'],
  ] as const;
  for (const [identity, reason] of cases) {
    const guest = await come(identify(identity));
    await open(guest);
    await expect.poll(() => guest.page.evaluate(() => window.refusals)).toMatchObject([{ reason }]);
    await isStranger(guest);
    const [refusal] = await guest.page.evaluate(() => window.refusals);
    expect(refusal?.message).toMatch(/^The identity /);
    expect(await kept(guest)).not.toContain(token);
    await guest.context.close();
  }

  // By what somebody types, nobody is recognised.
  const typist = await come('');
  await open(typist);
  await typist.introduce('xenia');
  expect(await said(typist).count()).toBe(0);
  await typist.leave();

  // Who was here by the word of the site is gone when it is not believed any more.
  await come(identify(sign(person('xenia', { exp: inSeconds(-60) }))), owner);
  await isStranger(owner);
  expect(await kept(owner)).not.toContain(token);
  await owner.context.close();
});

test('what is written before the site has said who it is goes with that, without a form', async () => {
  const guest = await come('');
  let answer: (() => void) | undefined;
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await guest.page.route('**/widget/identity', async (route) => {
    await held;
    await route.continue();
  });
  await come(identify(sign(person('yara'))), guest);
  await open(guest);
  await guest.composer.fill('Do you know me?');
  await guest.composer.press('Enter');
  await guest.panel.locator('.form').waitFor();
  answer?.();
  await guest.panel.locator('.own .state').waitFor();
  expect(await guest.panel.locator('.form').count()).toBe(0);
  await guest.leave();
});

test('a log-out wipes this browser, in every tab, and no other one', async () => {
  const guest = await come(identify(sign(person('zoe'))));
  await open(guest);
  await guest.composer.waitFor();
  await guest.say('My secret');
  const token = await guest.token();
  const elsewhere = await come(identify(sign(person('zoe'))));
  await open(elsewhere);
  await hasHistory(elsewhere, 'My secret');

  const tab = await guest.context.newPage();
  await tab.goto(site.url);
  await tab.locator('button.launcher').click();
  const there = tab.frameLocator('iframe#rocketchat-iframe').locator('.bubble');
  await there.filter({ hasText: 'My secret' }).waitFor();

  await come("Hark('logout');", guest);
  await isStranger(guest);
  await expect.poll(() => there.count()).toBe(0);
  await tab.close();
  const left = await kept(guest);
  expect(left).not.toContain(token);
  expect(left).not.toContain('My secret');
  // The next one in this browser is somebody else, with a chat of their own.
  await come(identify(sign(person('ulla'))), guest);
  await guest.composer.waitFor();
  await guest.say('I am new here');
  expect(await said(guest).filter({ hasText: 'My secret' }).count()).toBe(0);

  await elsewhere.say('Still here');
  await hasHistory(elsewhere, 'My secret', 'Still here');
  // It came while the panel had begun to listen to the chat.
  const others = guest.complaints.filter((one) => !one.includes('WebSocket is closed before'));
  expect(others).toEqual([]);
  await guest.context.close();
  await elsewhere.leave();
});

test('the token is long, and stands in no address', async () => {
  const guest = await come(identify(sign(person('tess'))));
  const addresses: string[] = [];
  guest.context.on('request', (request) => addresses.push(request.url()));
  await open(guest);
  await guest.composer.waitFor();
  await guest.say('Where is it written?');
  const tokens = [await guest.token()];
  await guest.see(site.url);
  await hasHistory(guest, 'Where is it written?');
  await come("Hark('logout');", guest);
  await guest.introduce('Tom');
  await guest.say('Nor mine');
  tokens.push(await guest.token());
  expect(tokens[0]).not.toBe(tokens[1]);
  for (const token of tokens) {
    // 128 random bits are 22 characters in the densest way of writing them.
    expect(token.length).toBeGreaterThanOrEqual(22);
    expect(addresses.filter((address) => address.includes(token))).toEqual([]);
  }
  expect(addresses.length).toBeGreaterThan(5);
  await guest.context.close();
});

test('what the documentation says to a site’s server signs', async () => {
  const guide = await readFile(new URL('../../../docs/widget.md', import.meta.url), 'utf8');
  const lines = guide.split('\n');
  const block = (mark: string) => {
    const from = lines.slice(lines.findIndex((line) => line.startsWith(`    ${mark}`)));
    const end = from.findIndex((line) => line !== '' && !line.startsWith('    '));
    return from.slice(0, end).map((line) => line.slice(4)).join('\n');
  };
  const folder = await mkdtemp(join(tmpdir(), 'hark-docs-'));
  const user = JSON.stringify({ id: 'rosa', email: 'rosa@example.org', name: 'Rosa' });
  const node = `${block("import { createHmac }")}\nprocess.stdout.write(identity(${user}));`;
  const python = `${block('import base64')}\nprint(identity(${user}), end="")`;
  const ids: unknown[] = [];
  for (const [program, name, code] of [['node', 'sign.mjs', node], ['python3', 'sign.py', python]] as const) {
    await writeFile(join(folder, name), code);
    const environment = { ...process.env, HARK_IDENTITY_SECRET: secret };
    const { stdout } = await promisify(execFile)(program, [join(folder, name)], { env: environment });
    const answer = await fetch(`${desk.server.url}api/hark/v1/widget/identity`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ identity: stdout }),
    });
    const found = (await answer.json()) as { id: string };
    expect(found, `${program}: ${stdout}`).toMatchObject({ name: 'Rosa', email: 'rosa@example.org' });
    ids.push(found.id);
  }
  expect(ids[0]).toBe(ids[1]);
  await rm(folder, { recursive: true });
});

test('Rocket.Chat’s way of asking takes it as well', async () => {
  const guest = await come(
    `Hark(function () { this.initialize({ identify: '${sign(person('quinn'))}' }); this.maximizeWidget(); });`,
  );
  await guest.opened();
  await guest.composer.waitFor();
  await guest.say('By initialize');
  expect((await desk.rooms()).some(({ v }) => v.name === 'quinn')).toBe(true);
  await guest.leave();
});
