import { once } from 'node:events';
import { createServer, type Server as Receiver } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

/** A webhook's body, as far as a test looks at it. */
interface Told {
  readonly type: string;
  readonly message?: string;
  readonly visitor?: {
    readonly name: string;
    readonly email: readonly { readonly address: string }[];
    readonly customFields?: Readonly<Record<string, string>>;
  };
}

let crm: Receiver;
const told: Told[] = [];

beforeAll(async () => {
  crm = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => {
      told.push(JSON.parse(body) as Told);
      response.end();
      crm.emit('told');
    });
  });
  crm.listen(0, '127.0.0.1');
  await once(crm, 'listening');
  const { port } = crm.address() as AddressInfo;
  await desk.set('Livechat_webhookUrl', `http://127.0.0.1:${port}/`);
  await desk.set('Livechat_webhook_on_start', true);
  await desk.set('Livechat_webhook_on_offline_msg', true);
  // No name server is asked here whether an address can get mail.
  await desk.set('Livechat_validate_offline_email', false);
});

afterAll(async () => {
  crm?.close();
});

/** Until the CRM has heard of this. */
async function heard(what: (body: Told) => boolean): Promise<Told> {
  for (;;) {
    const found = told.find((body) => what(body));
    if (found !== undefined) {
      return found;
    }
    await once(crm, 'told');
  }
}

test('what is asked before the chat: faults are named, values reach the agent and the CRM', async () => {
  const sales = await desk.department('Sales', [amy]);
  await desk.field('order', 'Order number', '^[A-Z]{2}-\\d+$');
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.toForm();
  await vera.button('Start chat').click();
  expect(await vera.page.getByText('This is required').count()).toBe(3);
  expect(await vera.page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe(
    'name',
  );
  await vera.field('Name').fill('Vera Visitor');
  await vera.field('Email').fill('vera at example');
  await vera.field('Order number').fill('no idea');
  await vera.button('Start chat').click();
  await vera.page.getByText('Enter a full email address, like name@example.com').waitFor();
  await vera.page.getByText('This doesn’t look right. Check it and try again.').waitFor();
  expect(await vera.field('Email').getAttribute('aria-invalid')).toBe('true');
  await vera.field('Email').fill('vera@example.org');
  await vera.field('Order number').fill('AB-17');
  await vera.field('Department (optional)').selectOption('Sales');
  await vera.button('Start chat').click();
  await vera.say('Where is it?');
  await vera.arrived();

  const room = await vera.room(desk);
  expect(room.departmentId).toBe(sales);
  const started = await heard(({ type }) => type === 'LivechatSessionStart');
  expect(started.visitor).toMatchObject({
    name: 'Vera Visitor',
    email: [{ address: 'vera@example.org' }],
    customFields: { order: 'AB-17' },
  });
  // Who has said who he is is not asked again.
  await vera.page.reload();
  await vera.bubble('Where is it?').waitFor();
  await vera.leave();
  await desk.admin.tell('method.call/livechat%3AremoveCustomField', {
    message: JSON.stringify({
      msg: 'method',
      id: '1',
      method: 'livechat:removeCustomField',
      params: ['order'],
    }),
  });
});

test('nobody is there: a message is left, and its words are not lost on the way', async () => {
  await desk.available(amy, false);
  const chloe = await Visitor.open(browser, desk.server.url, { locale: 'fr' });
  await chloe.page.getByRole('heading', { name: 'Nous sommes absents pour le moment', level: 1 }).waitFor();
  expect(await chloe.page.locator('header .who').innerText()).toBe('Laissez un message');
  await chloe.leave();
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.field('Message').fill('Call me back');
  await vera.button('Send message').click();
  expect(await vera.page.getByText('This is required').count()).toBe(2);
  await vera.page.reload();
  await vera.field('Name').fill('Vera');
  await vera.field('Email').fill('vera@example.org');
  expect(await vera.field('Message').inputValue()).toBe('Call me back');
  await vera.button('Send message').click();
  await vera.page.getByRole('heading', { name: 'Message sent' }).waitFor();
  await heard((body) => body.type === 'LivechatOfflineMessage' && body.message === 'Call me back');
  await vera.page.locator('.there').getByText('We’ll reply by email').waitFor();
  await vera.button('Send another message').click();
  await vera.page.locator('.there').getByText('Leave a message').waitFor();
  // Who it is from is known by now.
  await vera.page.getByText('We’ll reply to vera@example.org.').waitFor();
  expect(await vera.field('Leave a message').inputValue()).toBe('');

  await desk.set('Livechat_display_offline_form', false);
  await desk.set('Livechat_offline_form_unavailable', 'We are back on Monday.');
  await vera.page.reload();
  await vera.page.getByText('We are back on Monday.').waitFor();
  const title = vera.page.locator('header .who');
  expect(await title.innerText()).toBe('');
  await desk.set('Livechat_title', 'Kiln & Clay');
  await desk.set('Livechat_privacy_link', 'https://example.org/privacy');
  await vera.page.reload();
  await vera.page.getByText('Kiln & Clay keeps this chat so we can help you.').waitFor();
  expect(await title.innerText()).toBe('Kiln & Clay');
  await desk.set('Livechat_offline_title', 'Gone fishing');
  await vera.page.reload();
  await vera.page.getByText('Kiln & Clay keeps this chat so we can help you.').waitFor();
  expect(await title.innerText()).toBe('Gone fishing');
  await desk.set('Livechat_offline_title', 'Leave a message');
  await desk.set('Livechat_title', '');
  await desk.set('Livechat_privacy_link', '');
  await desk.set('Livechat_display_offline_form', true);
  await desk.available(amy, true);
  await vera.leave();
});

test('the last agent goes before the first word: it becomes a message', async () => {
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.introduce('Vera', 'vera2@example.org');
  await desk.available(amy, false);
  await vera.say('Is it too late?');
  expect(await vera.field('Leave a message').inputValue()).toBe('Is it too late?');
  await vera.button('Change').click();
  expect(await vera.field('Message').inputValue()).toBe('Is it too late?');
  expect(await vera.field('Email').inputValue()).toBe('vera2@example.org');
  await vera.button('Send message').click();
  await vera.page.getByRole('heading', { name: 'Message sent' }).waitFor();
  await heard(
    (body) => body.type === 'LivechatOfflineMessage' && body.message === 'Is it too late?',
  );
  await desk.available(amy, true);
  await vera.context.close();
});

test('consent comes first, and what was agreed to can be taken back', async () => {
  await desk.set('Livechat_force_accept_data_processing_consent', true);
  await desk.set('Livechat_data_processing_consent_text', 'We keep what you write.');
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.page.getByText('We keep what you write.').waitFor();
  expect(await vera.field('Name').count()).toBe(0);
  await vera.button('I agree').click();
  await vera.introduce('Vera', 'vera3@example.org');
  await vera.say('Forget me later');
  await vera.arrived();
  const token = await vera.token();
  await vera.menu('Delete my data');
  await vera.page.getByRole('dialog').getByRole('button', { name: 'Delete my data' }).click();
  await vera.page.getByText('Your data has been deleted.').waitFor();
  const answer = await fetch(`${desk.server.url}api/v1/livechat/visitor/${token}`);
  expect(answer.status).toBe(400);
  await vera.page.reload();
  await vera.page.getByText('We keep what you write.').waitFor();

  // What agents see before it is sent is said in the visitor's language, until the operator says it.
  await desk.set('Livechat_show_unfinished_words', true);
  const chloe = await Visitor.open(browser, desk.server.url, { locale: 'fr' });
  await chloe.page.getByText('voient ce que vous écrivez avant l’envoi').waitFor();
  await desk.set('Livechat_unfinished_words_consent_text', 'We read along.');
  await chloe.page.reload();
  await chloe.page.getByText('We read along.').waitFor();
  await chloe.leave();
  await desk.set('Livechat_unfinished_words_consent_text', '');
  await desk.set('Livechat_show_unfinished_words', false);
  await desk.set('Livechat_force_accept_data_processing_consent', false);
  await vera.leave();
});

test('a visitor who is tired of waiting goes to another department', async () => {
  const ben = await desk.agent('ben', 'Ben Summer');
  const support = await desk.department('Support', [ben]);
  await desk.set('Livechat_allow_switching_departments', true);
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.introduce('Vera', 'vera4@example.org');
  await vera.say('To whom it may concern');
  await vera.arrived();
  await vera.menu('Change department');
  await vera.page.getByRole('dialog').getByLabel('Department').selectOption('Support');
  await vera.button('Change').click();
  await vera.page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect((await vera.room(desk)).departmentId).toBe(support);
  await vera.leave();
});
