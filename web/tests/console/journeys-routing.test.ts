// Who gets which chat: visitors with the widget, agents with the console, each in a browser of their own.
import { beforeAll, beforeEach, expect, test } from 'vitest';

import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from '../widget/visitor.ts';
import { Console } from './console.ts';
import { Receiver } from './receiver.ts';

/** Longer than a widget goes without asking who is there. */
const MINUTE_MS = 60_000;

const queued = ({ page }: Console) => page.getByRole('tab', { name: /^Queue/ });

let amy: Agent;
let tom: Agent;
let tests = 0;

beforeAll(async () => {
  await desk.admin.tell('permissions.update', {
    permissions: [{ _id: 'transfer-livechat-guest', roles: ['admin', 'livechat-manager', 'livechat-agent'] }],
  });
});

beforeEach(async () => {
  // Nobody of an earlier test is there any more.
  for (const before of [amy, tom]) {
    if (before !== undefined) {
      await desk.available(before, false);
    }
  }
  tests += 1;
  amy = await desk.agent(`amy${tests}`, `Amy${tests} Winter`);
  tom = await desk.agent(`tom${tests}`, `Tom${tests} Field`);
});

async function visitor(name: string): Promise<Visitor> {
  const one = await Visitor.open(browser, desk.server.url);
  await one.introduce(name, `${name.toLowerCase()}${tests}@example.org`);
  await one.say(`I am ${name}`);
  await one.arrived();
  return one;
}

const atWork = (who: Agent): Promise<Console> => Console.logIn(browser, desk.server.url, who);

test('journey 11: a visitor who waits while the last agent goes away leaves a message instead, with what they typed', async () => {
  const first = await atWork(amy);
  const second = await atWork(tom);
  const vera = await Visitor.open(browser, 'about:blank#');
  await vera.page.clock.install();
  await vera.page.goto(`${desk.server.url}livechat`);
  await vera.introduce('Vera', 'vera@example.org');
  await vera.say('Is anybody there?');
  await vera.arrived();
  for (const console of [first, second]) {
    await console.page.getByText('1 waiting').waitFor();
    await console.page.keyboard.press('Shift+A');
    await expect.poll(() => console.page.locator('.status').innerText()).toContain('Away');
  }
  await vera.page.clock.fastForward(MINUTE_MS);
  await vera.page.getByText('We’re away right now').waitFor();
  await vera.composer.fill('Then by mail, please');
  await vera.button('Leave a message instead').click();
  expect(await vera.field('Leave a message').inputValue()).toBe('Then by mail, please');
  await desk.acceptMail();
  await vera.button('Send message').click();
  await vera.page.getByRole('heading', { name: 'Message sent' }).waitFor();
  // The place in the queue went with it.
  await expect.poll(() => first.page.getByText('1 waiting').count()).toBe(0);
  await vera.leave();
  await first.leave();
  await second.leave();
});

test('journey 12: an agent who comes back from being away sees every chat that waits, and those that come', async () => {
  const console = await atWork(amy);
  await console.page.keyboard.press('Shift+A');
  await expect.poll(() => console.page.locator('.status').innerText()).toContain('Away');
  const names = ['Ann', 'Ben', 'Cal'];
  const visitors: Visitor[] = [];
  for (const name of names) {
    visitors.push(await visitor(name));
  }
  await console.page.keyboard.press('Shift+A');
  await expect.poll(() => console.page.locator('.status').innerText()).toContain('Available');
  await queued(console).click();
  await expect.poll(() => console.page.locator('a.row .who').allInnerTexts()).toEqual(names);
  visitors.push(await visitor('Dot'));
  await expect.poll(() => console.page.locator('a.row .who').allInnerTexts()).toEqual([...names, 'Dot']);
  for (const one of visitors) {
    await one.menu('End chat');
    await one.page.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
    await one.page.getByRole('heading', { name: 'How was your chat?' }).waitFor();
    await one.leave();
  }
  await console.page.getByText('The queue is empty', { exact: false }).first().waitFor();
  await console.leave();
});

test('journey 13: a chat goes to a department, to an agent and back to the queue, and everybody reads why', async () => {
  const receiver = await Receiver.start();
  const returns = `Returns ${tests}`;
  await desk.endpoint({ name: `CRM ${tests}`, url: receiver.url('/crm'), events: ['chat.*'] });
  const vera = await visitor('Vera');
  const { _id: rid } = await vera.room(desk);
  const first = await atWork(amy);
  const second = await atWork(tom);
  // Once there is one, visitors choose it in the form.
  await desk.department(returns, [tom]);
  await first.page.getByText('1 waiting').waitFor();
  await first.page.keyboard.press('t');
  await first.page.getByRole('heading', { name: 'Vera', exact: true }).waitFor();
  await vera.page.getByRole('heading', { name: amy.name }).waitFor();

  const forward = async (to: string, comment: string): Promise<void> => {
    await first.page.keyboard.press('Escape');
    await first.page.keyboard.press('f');
    await first.page.locator('.forward input:focus, [role="combobox"]:focus').first().waitFor();
    await first.page.keyboard.type(to);
    await first.page.getByRole('option', { name: new RegExp(to) }).first().waitFor();
    await first.page.keyboard.press('ArrowDown');
    await first.page.keyboard.press('Enter');
    await first.page.getByLabel(/^Comment for/).fill(comment);
    await first.page.keyboard.press('Control+Enter');
    await first.page.getByText(`Vera was forwarded to ${to}`).waitFor();
  };
  await forward(returns, 'A parcel comes back');
  await second.page.getByText('1 waiting').waitFor();
  await second.page.keyboard.press('t');
  await second.page.getByText(`${amy.name} forwarded the chat to ${returns}: A parcel comes back`).waitFor();
  await vera.page.getByRole('heading', { name: tom.name }).waitFor();

  await second.button('Forward').click();
  await second.page.keyboard.type(amy.username);
  await second.page.getByRole('option', { name: new RegExp(amy.name) }).waitFor();
  await second.page.keyboard.press('ArrowDown');
  await second.page.keyboard.press('Enter');
  await second.page.getByLabel(`Comment for ${amy.name}`).fill('The bowl is yours');
  await second.page.keyboard.press('Control+Enter');
  await first.openChat('Vera');
  await first.page.getByText(`${tom.name} forwarded the chat to ${amy.name}: The bowl is yours`).waitFor();
  await vera.page.getByRole('heading', { name: amy.name }).waitFor();

  await first.button('Return to the queue').click();
  await first.page.getByText('Vera is back in the queue').waitFor();
  await vera.page.getByText(/^Finding someone/).first().waitFor();
  await second.page.getByText('1 waiting').waitFor();
  await second.page.keyboard.press('t');
  await second.page.getByText(`${amy.name} returned the chat to the queue`).waitFor();
  await vera.page.getByRole('heading', { name: tom.name }).waitFor();
  // What colleagues say of it is not the visitor's to read.
  const seen = await vera.page.locator('main').innerText();
  expect(seen).not.toContain('A parcel comes back');
  expect(seen).not.toContain('The bowl is yours');
  await desk.close(tom, rid);
  /** What was told of the chat. */
  const kinds = (): string[] =>
    receiver
      .of('/crm')
      .filter(({ body }) => body.includes(rid))
      .map(({ headers }) => headers['hark-event'] ?? '');
  await expect
    .poll(kinds)
    .toEqual(
      expect.arrayContaining(['chat.started', 'chat.queued', 'chat.taken', 'chat.forwarded', 'chat.returned', 'chat.closed']),
    );
  await expect.poll(() => kinds().at(-1)).toBe('chat.closed');
  expect(kinds().filter((kind) => kind === 'chat.forwarded')).toHaveLength(2);
  expect(kinds().filter((kind) => kind === 'chat.returned')).toHaveLength(1);
  await vera.context.close();
  await first.leave();
  await second.leave();
  receiver.stop();
});

test('journey 14: the third chat waits while two are as many as one may have, and comes when one is closed', async () => {
  await desk.available(tom, false);
  await desk.set('Livechat_Routing_Method', 'Auto_Selection');
  await desk.set('Livechat_waiting_queue', true);
  await desk.set('Livechat_maximum_chats_per_agent', 2);
  const console = await atWork(amy);
  const visitors = [await visitor('Ann'), await visitor('Ben')];
  await console.row('Ann').waitFor();
  await console.row('Ben').waitFor();
  const third = await visitor('Cal');
  await third.page.getByText('You’re number 1 in line').waitFor();
  await expect.poll(() => console.page.locator('.status').innerText()).toMatch(/Full\s*2 of 2/);
  expect(await console.row('Cal').count()).toBe(0);
  await console.openChat('Ann');
  await console.button('Close').click();
  const dialog = console.page.getByRole('dialog', { name: 'Close the chat with Ann' });
  await dialog.getByLabel('Comment').fill('Solved');
  await console.page.keyboard.press('Control+Enter');
  await console.row('Cal').waitFor();
  await third.page.getByRole('heading', { name: amy.name }).waitFor();
  for (const one of [...visitors.slice(1), third]) {
    await desk.close(amy, (await one.room(desk))._id);
  }
  for (const one of [...visitors, third]) {
    await one.context.close();
  }
  await console.leave();
  await desk.set('Livechat_maximum_chats_per_agent', 0);
  await desk.set('Livechat_waiting_queue', false);
  await desk.set('Livechat_Routing_Method', 'Manual_Selection');
});

test('journey 24: two agents on one chat see each other, see who types, and are warned of a second answer', async () => {
  await desk.admin.tell('livechat/users/manager', { username: tom.username });
  const vera = await visitor('Vera');
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  const first = await atWork(amy);
  const second = await atWork(tom);
  for (const console of [first, second]) {
    await console.page.goto(`${desk.url}/inbox/${rid}`);
    await console.listening();
    await console.bubble('I am Vera').waitFor();
  }
  await expect.poll(() => first.page.locator('.viewers').innerText()).toContain(`${tom.name} has this chat open`);
  await second.page.locator('.viewers').getByText(`${amy.name} has this chat open`).waitFor({ state: 'attached' });
  await second.button('Join this chat').click();
  await second.composer.pressSequentially('We send');
  await first.page.getByText(`${tom.name} is typing a reply.`).waitFor();
  await first.composer.fill('Please wait');
  await second.composer.pressSequentially(' a new one');
  await second.composer.press('Enter');
  await vera.bubble('We send a new one').waitFor();
  await first.bubble('We send a new one').waitFor();
  await first.composer.press('Enter');
  await first.page.getByText(`${tom.name} answered while you wrote`).waitFor();
  expect(await vera.bubble('Please wait').count()).toBe(0);
  await first.button('Send anyway').click();
  await vera.bubble('Please wait').waitFor();
  await desk.close(amy, rid);
  await vera.context.close();
  await first.leave();
  await second.leave();
});
