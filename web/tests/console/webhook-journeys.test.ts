// What a manager goes through with webhooks: one is set up, its receiver fails in every way, and what was lost is sent again.
import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { type Got, Receiver } from './receiver.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.start();
  await desk.agent('amy', 'Amy Winter');
});

afterAll(() => receiver?.stop());

interface Made {
  readonly id: string;
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${desk.server.url}api/hark/v1/${path}`, {
    method,
    headers: { ...desk.admin.credentials, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as T;
}

const make = (name: string, path: string, more: object = {}): Promise<Made> =>
  call<Made>('POST', 'endpoints', { name, url: receiver.url(path), events: ['message.visitor'], ...more });

/** The check of a receiver, by what it was told of the secret. */
function isGenuine(secret: string, { headers, body }: Got): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return (headers['webhook-signature'] ?? '').split(' ').includes(expected);
}

async function at(path: string): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}${path}`, ADMIN);
  return console;
}

/** How many endpoints are called like that. */
const early = async (): Promise<number> => (await call<{ items: { name: string }[] }>('GET', 'endpoints')).items.filter(({ name }) => name === 'Early').length;

test('an endpoint is tried before it is made, and is made with the secret of the test', async () => {
  const console = await at('webhooks/endpoints/new');
  const { page } = console;
  const address = page.getByLabel('Address', { exact: true });
  await address.fill('early.example');
  await console.button('Send Test').click();
  await page.getByText('The address begins with https:// or http://').waitFor();
  await address.fill(receiver.url('/early'));
  await page.getByLabel('Name', { exact: true }).fill('Early');
  await console.button('Send Test').click();
  const answer = page.getByRole('region', { name: 'Answer to the test' });
  await answer.getByText('200 OK', { exact: true }).waitFor();
  const shown = page.getByRole('region', { name: 'New secret' });
  const secret = await shown.locator('code').innerText();
  const [tried] = receiver.of('/early');
  expect([tried?.headers['hark-test'], tried === undefined ? false : isGenuine(secret, tried)]).toEqual(['true', true]);
  // What the pointer is on has a ground of two colours, of which nothing is said.
  await page.mouse.move(0, 0);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await early()).toBe(0);
  await page.keyboard.press('Control+s');
  await page.getByText('The test was signed with this secret').waitFor({ state: 'detached' });
  expect(await shown.locator('code').innerText()).toBe(secret);
  await console.button('Send Test').click();
  await answer.getByText('200 OK', { exact: true }).waitFor();
  const again = receiver.of('/early')[1];
  expect(again === undefined ? false : isGenuine(secret, again)).toBe(true);
  expect(await early()).toBe(1);
  await console.leave();
});

test('journey 28: a webhook is set up, with a bad address first, tried, and heard of a real event', async () => {
  const console = await at('webhooks/endpoints/new');
  const { page } = console;
  const address = page.getByLabel('Address', { exact: true });
  await address.fill('loyalty.example');
  await console.button('Create endpoint').click();
  await page.getByText('The address begins with https:// or http://').waitFor();
  // A private address is refused while it is typed, in the words of the policy.
  await address.fill('http://10.1.2.3/hook');
  await page.getByText('Nothing is sent there: this is not a public address.').waitFor();
  await page.getByText(/HARK_WEBHOOK_ALLOW names the networks/).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // Nobody is there, and one is told how that is.
  await address.fill('http://127.0.0.1:9/hook');
  await page.getByText(/no connection: /).waitFor();
  // One that answers, which the operator has let through.
  await address.fill(receiver.url('/loyalty'));
  await page.getByText('Answers from 127.0.0.1, without encryption').waitFor();
  await page.getByText(/A private address, let through by HARK_WEBHOOK_ALLOW/).waitFor();
  expect(receiver.of('/loyalty')).toEqual([]);
  await page.getByLabel('Name', { exact: true }).fill('Loyalty points');
  await page.getByRole('checkbox', { name: 'message.visitor' }).check();
  // The request as it will be sent.
  const preview = page.locator('.right .heads');
  expect(await preview.innerText()).toContain('/loyalty');
  const names = (await preview.locator('dt').allInnerTexts()).slice(1);
  await page.keyboard.press('Control+s');
  const shown = page.getByRole('region', { name: 'New secret' });
  const secret = await shown.locator('code').innerText();
  expect(secret).toMatch(/^whsec_/);
  await console.button('Send Test').click();
  const answer = page.getByRole('region', { name: 'Answer to the test' });
  await answer.getByText('200 OK', { exact: true }).waitFor();
  const tried = receiver.of('/loyalty')[0];
  expect(tried === undefined ? false : isGenuine(secret, tried)).toBe(true);
  // A test is of no chat, so that it has no number there.
  const sent = Object.keys(tried?.headers ?? {});
  expect(names.filter((name) => !sent.includes(name))).toEqual(['hark-sequence']);
  // A real event.
  await Guest.come(desk, 'Noor', 'Where is my parcel?');
  await page.getByRole('link', { name: 'Deliveries', exact: true }).last().click();
  await page.getByRole('link', { name: 'message.visitor' }).click();
  const one = page.getByRole('complementary', { name: 'message.visitor' });
  await one.getByText('Where is my parcel?').waitFor();
  const got = receiver.of('/loyalty').find(({ headers }) => headers['hark-event'] === 'message.visitor');
  expect(got === undefined ? false : isGenuine(secret, got)).toBe(true);
  // The log shows the very bytes.
  const body = await one.getByRole('region', { name: 'What goes out' }).innerText();
  expect(JSON.parse(body)).toEqual(JSON.parse(got?.body ?? ''));
  expect(await one.innerText()).toContain(got?.headers['webhook-signature'] ?? '?');
  await one.getByRole('tab', { name: /^Response/ }).click();
  await one.getByRole('tab', { name: 'Timing' }).click();
  await one.getByRole('row', { name: /in all/ }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // What was changed, and by whom.
  await page.getByRole('link', { name: 'Changes' }).click();
  await page.getByText('admin created it').waitFor();
  // It is not shown again, and there is another.
  await page.getByRole('link', { name: 'Secrets', exact: true }).click();
  expect(await page.getByText(secret).count()).toBe(0);
  await page.getByRole('button', { name: 'New secret' }).click();
  const renewed = await page.getByRole('region', { name: 'New secret' }).locator('code').innerText();
  await page.getByText(/The old one stays good until/).waitFor();
  expect(renewed).not.toBe(secret);
  await console.button('Send Test').click();
  await page.getByRole('dialog').getByText('200 OK', { exact: true }).waitFor();
  const last = receiver.of('/loyalty').at(-1);
  expect(last === undefined ? [] : [secret, renewed].map((each) => isGenuine(each, last))).toEqual([true, true]);
  await console.leave();
});

interface Delivery {
  readonly id: string;
  readonly nextAttemptAt: string | null;
  readonly happenedAt: string;
}

test('journey 29: a receiver fails in every way: the log says how and when it is tried again, and nobody else waits', { timeout: 120_000 }, async () => {
  receiver.answer('/500', 500, {}, 'broken here');
  receiver.answer('/429', 429, { 'Retry-After': '120' });
  receiver.hang('/slow');
  receiver.reset('/reset');
  receiver.answer('/redirect', 302, { Location: 'https://elsewhere.example/' });
  const fast = { policy: { timeoutMs: 1000 } };
  const failing: readonly (readonly [made: Made, words: string])[] = [
    [await make('Broken', '/500'), '500'],
    [await make('Busy', '/429'), '429'],
    [await make('Slow', '/slow', fast), 'timeout'],
    [await make('Reset', '/reset'), 'connection broke'],
    [await make('No TLS', '/', { url: receiver.url('/').replace('http:', 'https:') }), 'TLS error'],
    [await make('Moved', '/redirect'), '302 redirect'],
  ];
  await make('Well', '/well');
  const guest = await Guest.come(desk, 'Rui', 'hello to all');
  // Nobody waits for those that fail.
  await expect.poll(() => receiver.of('/well').length).toBe(1);
  const console = await at('webhooks/endpoints');
  const { page } = console;
  for (const [{ id }, words] of failing) {
    await page.goto(`${desk.server.url}webhooks/endpoints/${id}/deliveries`);
    const row = page.getByRole('row', { name: /message\.visitor/ });
    await row.getByText(words, { exact: true }).waitFor({ timeout: 20_000 });
    await row.getByText('Waiting').waitFor();
    await row.getByText('Rui').waitFor();
  }
  // When it is tried again is what the receiver has asked for.
  const [, busy] = failing;
  await page.goto(`${desk.server.url}webhooks/endpoints/${busy?.[0].id}/deliveries`);
  await page.getByRole('link', { name: 'message.visitor' }).click();
  const { items } = await call<{ items: Delivery[] }>('GET', `endpoints/${busy?.[0].id}/deliveries`);
  const next = new Date(items[0]?.nextAttemptAt ?? 0);
  expect(next.getTime() - new Date(items[0]?.happenedAt ?? 0).getTime()).toBeGreaterThanOrEqual(120_000);
  const said = page.getByRole('complementary').getByText('next attempt');
  await said.waitFor();
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(next);
  expect(await page.getByRole('complementary').innerText()).toContain(clock);
  expect(await page.getByRole('row', { name: /message\.visitor/ }).innerText()).toMatch(/1:[0-5]\d|2:00/);
  await page.getByRole('complementary').getByRole('tab', { name: /^Response/ }).click();
  await page.getByRole('complementary').getByText('retry-after').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // The others still do not wait.
  await guest.say('and once more');
  await expect.poll(() => receiver.of('/well').length).toBe(2);
  await console.leave();
});

test('one that is gone is left alone until somebody resumes it, and what waited is sent', async () => {
  receiver.answer('/gone', 410);
  const { id } = await make('Gone', '/gone');
  await Guest.come(desk, 'Sofia', 'are you there');
  const console = await at(`webhooks/endpoints/${id}/deliveries`);
  const { page } = console;
  await page.getByText(/^Disabled/).first().waitFor({ timeout: 20_000 });
  await page.getByText(/Events are kept/).waitFor();
  receiver.answer('/gone', 200);
  await console.button('Resume').click();
  await console.button('Pause').waitFor();
  await expect.poll(() => receiver.of('/gone').at(-1)?.body ?? '').toContain('are you there');
  const ids = receiver.of('/gone').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
  await page.getByRole('row', { name: /Delivered/ }).waitFor();
  await console.leave();
});

test('what was given up is counted by its kinds and sent again with the same ids, and so is what was missed', async () => {
  receiver.answer('/orders', 500);
  const { id } = await make('Order desk', '/orders', { events: ['message.visitor', 'chat.started'], policy: { delaysMs: [] } });
  const guest = await Guest.come(desk, 'Beatriz', 'one');
  await guest.say('two');
  const since = new Date(Date.now() - 7_200_000).toISOString();
  const console = await at(`webhooks/endpoints/${id}/deliveries?state=given-up&from=${since}`);
  const { page } = console;
  const givenUp = page.getByRole('row', { name: /Given up/ });
  await expect.poll(() => givenUp.count()).toBe(3);
  const lost = receiver.of('/orders').map(({ headers, body }) => [headers['webhook-id'], body] as const);
  await page.getByRole('link', { name: 'Replay…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send again to Order desk' });
  await dialog.getByText('3 deliveries').waitFor();
  await dialog.getByText('of 1 chat').waitFor();
  await dialog.getByText('message.visitor').waitFor();
  // The log's own stretch is what is asked for first, and its filters stay.
  expect(page.url()).toContain(`${id}/replay?state=given-up&from=`);
  const begin = await dialog.getByLabel('Since', { exact: true }).inputValue();
  expect(new Date(begin).getTime()).toBe(Math.floor(new Date(since).getTime() / 60_000) * 60_000);
  expect(await accessibilityFaults(page)).toEqual([]);
  // What is asked for last counts, however slow the answer to something else is.
  const held: (() => Promise<void>)[] = [];
  await page.route('**/*:replay', async (route) => {
    if (held.length === 0) {
      held.push(() => route.continue());
    } else {
      await route.continue();
    }
  });
  await dialog.getByRole('radio', { name: /Everything that happened/ }).check();
  await expect.poll(() => held.length).toBe(1);
  await dialog.getByRole('radio', { name: /What was given up/ }).check();
  await dialog.getByText('3 deliveries').waitFor();
  const slow = page.waitForResponse('**/*:replay');
  await held[0]?.();
  await slow;
  await page.unroute('**/*:replay');
  // What is given up after it was counted is not sent.
  await guest.say('three');
  await expect.poll(() => givenUp.count()).toBe(4);
  receiver.answer('/orders', 200);
  await dialog.getByRole('button', { name: 'Send 3 again' }).click();
  await expect.poll(() => receiver.of('/orders').length).toBe(7);
  const again = receiver.of('/orders').slice(4).map(({ headers, body }) => [headers['webhook-id'], body] as const);
  expect(new Map(again)).toEqual(new Map(lost));
  await expect.poll(() => page.url()).toContain(`${id}/deliveries?state=given-up&from=`);
  await page.getByRole('button', { name: /^State Given up/ }).click();
  await expect.poll(() => page.getByRole('row', { name: /Delivered/ }).count()).toBe(3);
  // What happened before there was an endpoint.
  const late = await make('Late', '/late');
  expect(receiver.of('/late')).toEqual([]);
  await page.goto(`${desk.server.url}webhooks/endpoints/${late.id}/replay`);
  await page.getByRole('radio', { name: /Everything that happened/ }).check();
  await page.getByRole('button', { name: /^Send [1-9]\d* again/ }).click();
  await expect.poll(() => receiver.of('/late').map(({ body }) => body).join(' ')).toContain('"two"');
  await console.leave();
});

test('journey 30: from a chat, a call to the CRM that failed is seen, and sent again when the CRM is back', async () => {
  receiver.answer('/crm', 500);
  await desk.set('Livechat_webhookUrl', receiver.url('/crm'));
  await desk.set('Livechat_webhook_on_start', true);
  await call('PATCH', 'endpoints/workspace', { policy: { delaysMs: [] } });
  const guest = await Guest.come(desk, 'Ingrid', 'my order');
  const console = await Console.logIn(browser, `${desk.server.url}inbox/${guest.rid}`, ADMIN);
  const { page } = console;
  const heard = page.getByRole('region', { name: 'Webhooks' });
  await heard.getByText(/given up/).first().waitFor({ timeout: 20_000 });
  receiver.answer('/crm', 200, { 'Content-Type': 'text/plain' }, 'https://crm.example/orders/4711');
  await heard.getByRole('button', { name: 'Resend' }).first().click();
  await page.locator('a[href="https://crm.example/orders/4711"]').waitFor({ timeout: 20_000 });
  expect(receiver.of('/crm').at(-1)?.headers['webhook-id']).toBe(receiver.of('/crm')[0]?.headers['webhook-id']);
  // All that was sent of this chat, and of no other.
  await heard.getByRole('link', { name: /^All \d/ }).click();
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
  expect(new URL(page.url()).search).toBe(`?chat=${guest.rid}`);
  await console.leave();
});
