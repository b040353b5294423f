import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

let receiver: Server;
let answersWith = 200;
const heard: { signature: string; body: string }[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => {
      heard.push({ signature: String(request.headers['webhook-signature']), body });
      response.writeHead(answersWith).end();
    });
  });
  await new Promise<void>((listening) => {
    receiver.listen(0, '127.0.0.1', listening);
  });
});

afterAll(async () => {
  receiver?.close();
});

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
const hook = (path: string): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${path}`;

interface Made {
  id: string;
  name: string;
  events: string[];
  state: string;
  schedule: { delaysMs: number[] };
}

async function made(name: string): Promise<Made | undefined> {
  const { items } = await desk.admin.ask<{ items: Made[] }>('../hark/v1/endpoints');
  return items.find((one) => one.name === name);
}

async function make(endpoint: object): Promise<Made> {
  const answer = await fetch(`${desk.server.url}api/hark/v1/endpoints`, {
    method: 'POST',
    headers: { ...desk.admin.credentials, 'Content-Type': 'application/json' },
    body: JSON.stringify(endpoint),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Made;
}

test('a manager makes an endpoint, tries it, and takes it away again', async () => {
  const name = 'Loyalty';
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN);
  const { page } = console;
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.getByRole('heading', { name: 'Endpoints', exact: true }).waitFor();
  // The workspace's webhook is always there, and counts once it has an address.
  await page.getByRole('heading', { name: 'No endpoints yet' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('n');
  await page.getByRole('heading', { name: 'New endpoint' }).waitFor();
  const address = page.getByLabel('Address', { exact: true });
  for (const [typed, many] of [['https:/', 0], ['ftp://loyalty.example', 1], ['http://', 0]] as const) {
    await address.fill(typed);
    await expect.poll(() => page.getByText('The address begins with https:// or http://').count()).toBe(many);
  }
  await address.fill('http://127.0.0.1:1/');
  await page.getByText('no connection: 127.0.0.1:1').waitFor();
  await address.fill('loyalty.example');
  await console.button('Create endpoint').click();
  await page.getByText('The address begins with https:// or http://').waitFor();
  await address.fill(hook('loyalty'));
  await page.getByLabel('Name', { exact: true }).fill(name);
  // All of chat is wanted at first: one kind less, and one of another family.
  await page.getByRole('checkbox', { name: 'chat.queued' }).uncheck();
  await page.getByRole('checkbox', { name: 'lead.captured' }).check();
  const family = page.getByRole('checkbox', { name: /^chat\.\*/ });
  await expect.poll(() => family.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
  await page.getByRole('button', { name: /^Show what is sent of lead.captured/ }).click();
  await expect.poll(() => page.locator('.right').innerText()).toContain('"lead.captured"');
  // The plan of retries is changed, and drawn.
  await console.button('Change the plan').click();
  await page.getByLabel('Pauses between attempts').fill('5s soon');
  await page.getByText('Write pauses such as 5s 5min 2h').waitFor();
  // What cannot be read is not saved as far as it can be read.
  await page.keyboard.press('Control+s');
  await page.getByRole('alert').getByText('Write pauses such as 5s 5min 2h').waitFor();
  expect(await made(name)).toBeUndefined();
  await page.getByLabel('Pauses between attempts').fill('5s 1min 2h');
  await page.getByRole('img', { name: /^4 attempts: at once, 5s, 1m 5s, 2h 1m; given up after 2h 1m/ }).waitFor();
  expect(await faultsInLightAndDark(page)).toEqual([]);
  await page.keyboard.press('Control+s');
  const once = page.getByRole('region', { name: 'New secret' });
  expect(await once.innerText()).toContain('whsec_');
  const endpoint = await made(name);
  expect(endpoint?.events).toContain('lead.captured');
  expect(endpoint?.events).toContain('chat.started');
  expect(endpoint?.events).not.toContain('chat.queued');
  expect(endpoint?.events).not.toContain('chat.*');
  expect(endpoint?.schedule.delaysMs).toEqual([5000, 60_000, 7_200_000]);
  await console.button('Change the plan').click();
  const pauses = page.getByLabel('Pauses between attempts');
  await pauses.fill('7s 7');
  await page.keyboard.press('Control+s');
  await page.getByRole('alert').getByText('Write pauses such as 5s 5min 2h').waitFor();
  await console.button('Discard').click();
  expect(await pauses.inputValue()).toBe('5s 1min 2h');
  expect((await made(name))?.schedule.delaysMs).toEqual([5000, 60_000, 7_200_000]);
  await console.button('Send Test').click();
  await page.getByRole('region', { name: 'Answer to the test' }).getByText('200 OK', { exact: true }).waitFor();
  expect(JSON.parse(heard.at(-1)?.body ?? '{}')).toMatchObject({ type: 'lead.captured' });
  expect(heard.at(-1)?.signature).toMatch(/^v1,/);
  await page.getByRole('link', { name: 'Endpoints', exact: true }).first().click();
  await page.getByRole('row', { name: new RegExp(name) }).waitFor();
  await page.locator('tbody', { hasText: 'Not set up' }).getByRole('row', { name: /Workspace webhook/ }).waitFor();
  await page.getByLabel('Search endpoints').fill('nothing of this name');
  await page.getByText('No endpoint matches').waitFor();
  await page.getByLabel('Search endpoints').fill(name);
  await page.getByRole('button', { name: 'Event', exact: true }).click();
  await page.getByRole('dialog', { name: 'Event' }).getByRole('button', { name: 'note.*' }).click();
  await page.getByText('No endpoint matches').waitFor();
  await page.getByRole('button', { name: /^Event note/ }).click();
  await expect.poll(() => page.url()).toContain('q=Loyalty');
  expect(await faultsInLightAndDark(page)).toEqual([]);
  await page.getByRole('link', { name, exact: true }).click();
  // It is not shown again.
  await page.getByRole('heading', { name }).waitFor();
  expect(await page.getByRole('region', { name: 'New secret' }).count()).toBe(0);
  await console.button('Pause').click();
  await console.button('Resume').waitFor();
  expect((await made(name))?.state).toBe('paused');
  await page.getByRole('link', { name: 'Endpoints', exact: true }).first().click();
  const row = page.getByRole('row', { name: new RegExp(name) });
  await row.getByRole('button', { name: 'Resume' }).click();
  await row.getByRole('link', { name: 'Deliveries' }).waitFor();
  expect((await made(name))?.state).toBe('active');
  await page.getByRole('link', { name, exact: true }).click();
  await console.button('Remove').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'Endpoints', exact: true }).waitFor();
  await expect.poll(() => made(name)).toBeUndefined();
  await console.leave();
});

const edge = async (at: Locator): Promise<number> => at.evaluate((element) => element.getBoundingClientRect().right);

test('what fails stands first and leads to what was answered', async () => {
  answersWith = 503;
  const broken = await make({ name: 'Order desk', url: hook('orders'), events: ['chat.started'], policy: { delaysMs: [] } });
  await make({ name: 'Archive', url: hook('archive'), events: ['note.added'] });
  await make({ name: `Warehouse ${'of everything '.repeat(12)}`.trim(), url: hook('warehouse'), events: ['note.added'] });
  await make({ name: 'Till', url: 'http://10.20.0.14:8080/hook', events: ['note.added'] });
  await desk.agent('amy', 'Amy Winter');
  await Guest.come(desk, 'Fay', 'hello');
  const console = await Console.logIn(browser, `${desk.server.url}inbox`, ADMIN);
  const { page } = console;
  // The rows wait for nothing but the list of endpoints.
  const held: (() => Promise<void>)[] = [];
  let isHeld = true;
  await page.route(/\/hark\/v1\/stats/, (route) => (isHeld ? void held.push(() => route.continue()) : route.continue()));
  await page.goto(`${desk.server.url}webhooks/endpoints`);
  const needs = page.locator('tbody').first();
  await expect.poll(() => needs.innerText(), { timeout: 20_000 }).toContain('Order desk');
  await needs.getByText('Needs you').waitFor();
  expect(await needs.innerText()).not.toContain('Archive');
  const archive = page.getByRole('row', { name: /Archive/ });
  await archive.getByText('–').first().waitFor();
  // A long name ends in its own column.
  const long = page.getByRole('row', { name: /Warehouse/ });
  expect(await edge(long.getByRole('link', { name: /^Warehouse/ }))).toBeLessThan(await edge(long.getByRole('cell').first()));
  const high = async (): Promise<number | undefined> => (await archive.boundingBox())?.y;
  const before = await high();
  isHeld = false;
  await Promise.all(held.map((go) => go()));
  await archive.getByRole('cell', { name: '0', exact: true }).waitFor();
  expect(await high()).toBe(before);
  const file = page.waitForEvent('download');
  await console.button('Export what is shown (CSV)').click();
  const table = await readFile(await (await file).path(), 'utf8');
  expect(table).toContain(`Archive,${hook('archive')},Standard,note.added,active`);
  // A test is sent from the list.
  answersWith = 200;
  await archive.getByRole('button', { name: 'More' }).click();
  await page.getByRole('dialog', { name: 'More' }).getByRole('button', { name: 'Send Test' }).click();
  await page.getByRole('dialog', { name: 'Answer to the test' }).getByText('200 OK', { exact: true }).waitFor();
  expect(JSON.parse(heard.at(-1)?.body ?? '{}')).toMatchObject({ type: 'note.added' });
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('img', { name: /Order desk, last 24 hours: 0 delivered, [1-9]/ }).waitFor();
  await expect.poll(() => page.locator('.hooks-figures').innerText()).toMatch(/first request, p95\s+[≤>] \d/i);
  const failing = needs.getByRole('row', { name: /Order desk/ });
  await failing.getByText('503 Service Unavailable, 1 given up').waitFor();
  const refused = needs.getByRole('row', { name: /Till/ });
  await refused.getByText(/Not sent: a private address, let through by .--webhook-allow 10\.20\.0\.14/).waitFor();
  expect(await refused.getByRole('link', { name: 'How to fix' }).getAttribute('href')).toMatch(/webhooks\/endpoints\/[^/]+$/);
  // On a phone all of the reason is there, and what to do.
  await page.setViewportSize({ width: 390, height: 844 });
  await refused.getByRole('link', { name: 'How to fix' }).waitFor();
  expect(await refused.locator('.how').evaluate((how) => how.scrollWidth <= how.clientWidth)).toBe(true);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await failing.getByRole('link', { name: 'See why' }).click();
  await page.getByRole('heading', { name: 'Order desk' }).waitFor();
  expect(page.url()).toContain(`webhooks/endpoints/${broken.id}/deliveries?state=not-delivered`);
  await page.getByRole('cell', { name: '503' }).first().waitFor();
  await page.goBack();
  await needs.getByText('Needs you').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('p');
  await page.getByRole('row', { name: /Order desk/ }).getByText(/^Paused \d\d:\d\d by Ada Admin$/).waitFor();
  await console.leave();
});

test('the workspace webhook is shown, and changed on its own page', async () => {
  const console = await Console.logIn(browser, `${desk.server.url}webhooks/endpoints/workspace`, ADMIN);
  await console.page.getByText('This is the workspace webhook').waitFor();
  for (const field of ['Address', 'Name']) {
    expect(await console.page.getByLabel(field, { exact: true }).getAttribute('readonly')).not.toBeNull();
  }
  expect(await console.button('Remove').count()).toBe(0);
  await console.page.locator('.left').getByRole('link', { name: 'CRM Integration' }).click();
  await console.page.getByRole('heading', { name: 'CRM Integration' }).waitFor();
  await console.leave();
});
