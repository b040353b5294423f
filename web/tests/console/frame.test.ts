// What surrounds the chats: columns of a width of one's own, and the palette that finds chats of all times.
import type { Route } from 'playwright-core';
import { expect, test } from 'vitest';

import { marksOf, wordsOf } from '../../console/frame/finding.ts';
import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

test('columns are dragged or moved by keys, and stay so', async () => {
  const guest = await Guest.come(desk, 'Ann', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ann');
  const { page } = console;
  const width = async (part: string): Promise<number> => (await page.locator(part).boundingBox())?.width ?? 0;
  const list = page.getByRole('separator', { name: 'Width of the list' });
  expect(await width('.list')).toBe(320);
  await list.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => width('.list')).toBe(336);
  const details = page.getByRole('separator', { name: 'Width of the details' });
  const box = await details.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 4, 400);
  await page.mouse.down();
  await page.mouse.move((box?.x ?? 0) - 36, 400);
  await page.mouse.up();
  await expect.poll(() => width('.details')).toBe(376);
  await page.mouse.move(0, 0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.reload();
  await console.bubble('Hello').waitFor();
  expect([await width('.list'), await width('.details')]).toEqual([336, 376]);
  await list.dblclick();
  await expect.poll(() => width('.list')).toBe(320);
  await console.leave();
});

test('the palette finds a chat that is over, also on a phone beside an open one', async () => {
  const over = await Guest.come(desk, 'Zora Quill', 'Is there a cup like it?');
  await desk.take(amy, over.rid);
  await desk.close(amy, over.rid);
  await desk.findsBy('cup like', 1);
  const console = await Console.logIn(browser, desk.server.url, amy, {
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  });
  await console.openChat('Ann');
  await console.page.keyboard.press('Control+k');
  const palette = console.page.getByRole('dialog', { name: 'Search and commands' });
  await palette.getByRole('combobox').fill('like cup');
  await palette.getByRole('group', { name: 'Chats and visitors' }).getByRole('option', { name: /^“Is there a cup like it\?” Zora Quill · \d/ }).waitFor();
  expect(await palette.locator('mark').allInnerTexts()).toEqual(['cup', 'like']);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await console.page.keyboard.press('Enter');
  await console.page.getByRole('heading', { name: 'Zora Quill', exact: true }).waitFor();
  expect(new URL(console.page.url()).pathname).toBe(`/inbox/${over.rid}`);
  expect(await console.page.locator('.is-sought').innerText()).toContain('a cup like it');
  await console.leave();
});

test('where a chat is not, there is a way to all others', async () => {
  const guest = await Guest.come(desk, 'Lena Kiln', 'Where is my mug?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, `${desk.url}/inbox/no-such-id`, amy);
  const { page } = console;
  await page.getByRole('heading', { name: 'There is no such chat' }).waitFor();
  // Nothing is known beside it.
  expect(await page.locator('.details').count()).toBe(0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await console.button('Search all chats').click();
  await page.getByRole('dialog', { name: 'Search and commands' }).waitFor();
  await page.keyboard.type('lena k');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Lena Kiln', exact: true }).waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'Back to the inbox' }).click();
  await expect.poll(() => new URL(page.url()).pathname).toBe('/inbox');
  await console.leave();
  await desk.close(amy, guest.rid);
});

test('the palette gives the chat a tag that the department offers', async () => {
  const bea = await desk.agent('bea', 'Bea Winter');
  const returns = await desk.department('Returns', [bea]);
  const tag = { name: 'replacement', description: '' };
  const message = JSON.stringify({ msg: 'method', id: '1', method: 'livechat:saveTag', params: [null, tag, [returns]] });
  await desk.admin.tell('method.call/livechat%3AsaveTag', { message });
  const guest = await Guest.come(desk, 'Tom Cup', 'It is broken', { department: returns });
  await desk.take(bea, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, bea);
  const keys = console.page.locator('.key-list');
  await keys.getByText('close', { exact: true }).waitFor();
  expect(await keys.getByText('forward', { exact: true }).count()).toBe(0);
  await console.openChat('Tom Cup');
  await console.composer.waitFor();
  // What one may not do is said, and on no list of keys.
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('f');
  await console.page.getByText('Forward: not for your roles').waitFor();
  await console.page.keyboard.press('?');
  const sheet = console.page.getByRole('dialog', { name: 'Keys' });
  await sheet.getByText('return to the queue').waitFor();
  expect(await sheet.getByText('forward', { exact: true }).count()).toBe(0);
  const known = await sheet.locator('dt .unseen').allTextContents();
  expect(known).toEqual(expect.arrayContaining(['1', '2', '/', 'shift A']));
  expect(known.filter((one) => ['3', 'D', 'X', 'S', 'C', 'P', 'G W'].includes(one))).toEqual([]);
  await console.page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await console.page.keyboard.press('Control+k');
  const palette = console.page.getByRole('dialog', { name: 'Search and commands' });
  const ofChat = palette.getByRole('group', { name: 'This chat' });
  // It begins with the open chat, until everything is to be searched.
  await palette.getByRole('button', { name: 'Tom Cup' }).waitFor();
  await ofChat.waitFor();
  await console.page.keyboard.press('Backspace');
  await ofChat.waitFor({ state: 'detached' });
  expect(await palette.getByRole('button', { name: 'Tom Cup' }).count()).toBe(0);
  await console.page.keyboard.type('repl');
  await palette.getByText('Nothing has this name.').waitFor();
  // A page opens in another tab, with the chat still here.
  await palette.getByRole('combobox').fill('profile');
  const another = console.context.waitForEvent('page');
  await console.page.keyboard.press('Control+Enter');
  expect(new URL((await another).url()).pathname).toBe('/me');
  await (await another).close();
  await console.page.keyboard.press('Escape');
  await console.page.keyboard.press('Control+k');
  await ofChat.waitFor();
  // What keys have come to is on the screen.
  for (let row = 0; row < 20; row += 1) {
    await console.page.keyboard.press('ArrowDown');
  }
  const [list, active] = [await palette.locator('.found').boundingBox(), await palette.locator('.is-active').boundingBox()];
  expect((active?.y ?? 0) + (active?.height ?? 0)).toBeLessThanOrEqual((list?.y ?? 0) + (list?.height ?? 0) + 1);
  await palette.getByRole('combobox').fill('repl');
  await palette.getByRole('option', { name: 'Tag: replacement' }).waitFor();
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await palette.getByRole('option', { name: 'Tag: replacement' }).click();
  await console.page.locator('.details .chip').getByText('replacement').waitFor();
  expect(await desk.room(guest.rid)).toMatchObject({ tags: ['replacement'] });
  // One that it has is not offered again.
  await console.page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('replacement');
  await palette.getByText('Nothing has this name.').waitFor();
  await console.leave();
});

test('the palette says what a chat is doing, and what was said in it from a little before the words', async () => {
  await desk.set('Livechat_allow_manual_on_hold', true);
  const department = await desk.department('Glazes', [amy]);
  const callum = await Guest.come(desk, 'Callum Reid', 'The glaze has a chip', { department });
  await desk.take(amy, callum.rid);
  const etienne = await Guest.come(desk, 'Étienne Moreau', 'May I pay by transfer?', { department });
  await desk.take(amy, etienne.rid);
  await desk.say(amy, etienne.rid, 'Write when it is paid');
  await amy.caller.tell('livechat/room.onHold', { roomId: etienne.rid });
  const greta = await Guest.come(desk, 'Greta Lang', 'Is it blue?', { department });
  const mo = await Guest.come(desk, 'Mo Blake', `${'It came in a box full of straw. '.repeat(3)}Is it the celadon one?`, { department });
  await desk.take(amy, mo.rid);
  await desk.close(amy, mo.rid);
  await desk.findsBy('celadon', 1);
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  await console.row('Callum Reid').waitFor();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  const chats = palette.getByRole('group', { name: 'Chats and visitors' }).getByRole('option');
  const option = (name: RegExp) => chats.and(palette.getByRole('option', { name }));
  const field = palette.getByRole('combobox');
  await field.fill('re');
  await option(/^Callum Reid open · The glaze has a chip · \d:\d\d$/).waitFor();
  await option(/^Étienne Moreau on hold · You: Write when it is paid$/).waitFor();
  await option(/^Greta Lang in the queue · Is it blue\? · \d:\d\d$/).waitFor();
  // Beginnings of words come before what stands inside of them.
  expect(await chats.locator('mark').allInnerTexts()).toEqual(['Re', 're', 're']);
  const icon = (name: RegExp): Promise<string> => option(name).locator('svg').innerHTML();
  const held = await icon(/^Étienne/);
  expect(await icon(/^Callum/)).not.toBe(held);
  expect(await accessibilityFaults(page)).toEqual([]);
  await field.fill('mo bla');
  await option(/^Mo Blake closed · \d/).waitFor();
  expect(await icon(/^Mo/)).toBe(held);
  await field.fill('celad');
  await option(/^“…[^”]{0,16}celadon one\?” Mo Blake · \d/).waitFor();
  expect(await chats.locator('mark').allInnerTexts()).toEqual(['celadon']);
  // What was asked for before is answered later.
  const slow: Route[] = [];
  await page.route('**/conversations/search?words=glaze*', (route) => {
    slow.push(route);
  });
  await field.fill('glaze');
  await expect.poll(() => slow.length).toBe(1);
  await field.fill('celadon');
  await option(/celadon one/).waitFor();
  const answered = page.waitForResponse(/words=glaze/);
  await slow[0]?.continue();
  await (await answered).finished();
  await field.fill('celadon one');
  await option(/celadon one/).waitFor();
  expect(await chats.count()).toBe(1);
  const another = console.context.waitForEvent('page');
  await page.keyboard.press('Control+Enter');
  const opened = new URL((await another).url());
  expect(opened.pathname).toBe(`/inbox/${mo.rid}`);
  expect(opened.searchParams.has('at')).toBe(true);
  await (await another).close();
  await console.leave();
  await desk.take(amy, greta.rid);
  for (const { rid } of [callum, etienne, greta]) {
    await desk.close(amy, rid);
  }
});

const marked = (title: string, wanted: string): string[] => {
  const characters = Array.from(title);
  return marksOf(title, wordsOf(wanted)).map(({ start, length }) => characters.slice(start, start + length).join(''));
};

test('what is wanted is marked as it is written, the longer of two in one place', () => {
  expect(marked('E\u0301tienne and étienne', 'etien')).toEqual(['E\u0301tien', 'étien']);
  expect(marked('İstanbul, 🏺 istisna', 'ist')).toEqual(['İst', 'ist']);
  expect(marked('New piece, free of charge', 're')).toEqual(['re']);
  expect(marked('Replacement of a reply', 're repl')).toEqual(['Repl', 'repl']);
  expect(marked('Cafe\u0301', 'cafe')).toEqual(['Cafe\u0301']);
  expect(marked('Reports', 'x')).toEqual([]);
});

/** The palette of somebody, with how often settings were asked for. */
async function paletteOf(who: { readonly username: string; readonly password: string }) {
  const console = await Console.logIn(browser, desk.server.url, who);
  const asked: string[] = [];
  console.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await console.page.keyboard.press('Control+k');
  const palette = console.page.getByRole('dialog', { name: 'Search and commands' });
  await palette.getByRole('group', { name: 'Go to' }).waitFor();
  const settingsAsked = (): number => asked.filter((path) => path.endsWith('/hark/v1/settings')).length;
  return { console, palette, field: palette.getByRole('combobox'), settingsAsked };
}

test('the palette finds settings with what they are, for those who may see them, and places by what they belong to', async () => {
  await desk.set('Livechat_secret_token', 'nobody-reads-this');
  const { console, palette, field, settingsAsked } = await paletteOf({ username: 'admin', password: 'secret-of-admin' });
  const places = palette.getByRole('group', { name: 'Go to' }).getByRole('option');
  await field.fill('r');
  await palette.getByRole('option', { name: 'Reports', exact: true }).waitFor();
  expect(settingsAsked()).toBe(0);
  await field.fill('requ com');
  await palette.getByRole('option', { name: 'Setting: Request comment when closing conversation On', exact: true }).waitFor();
  await field.fill('secret token');
  await expect.poll(() => places.allInnerTexts()).toContainEqual(expect.stringMatching(/Secret token\s*CRM Integration$/));
  expect(await palette.innerText()).not.toMatch(/nobody-reads|•|\*\*/);
  const seen = settingsAsked();
  await field.fill('canned');
  await palette.getByRole('option', { name: 'Administration: Canned responses', exact: true }).waitFor();
  await field.fill('reports');
  expect((await places.allInnerTexts())[0]).toMatch(/^Reports\s+G\s+R$/);
  await palette.getByRole('option', { name: 'Reports: Chats', exact: true }).waitFor();
  expect(settingsAsked()).toBe(seen);
  expect(await accessibilityFaults(console.page)).toEqual([]);
  await field.fill('requ com');
  await palette.getByRole('option', { name: /^Setting: Request comment/ }).click();
  await console.page.locator('.st-setting').getByText('Request comment when closing conversation').waitFor();
  expect(await console.page.locator('.st-setting').count()).toBe(1);
  await console.leave();
  const agent = await paletteOf(amy);
  await agent.field.fill('request comment');
  await agent.palette.getByText('Nothing has this name.').waitFor();
  expect(agent.settingsAsked()).toBe(0);
  await agent.console.leave();
});

declare global {
  interface Window {
    rung: number;
    /** The notifications that the page has shown. */
    told: { readonly title: string; readonly body: string; readonly tag: string; readonly press: () => void }[];
  }
}

test('a page in the background counts in its title, and tells of visitors, chats and messages', async () => {
  const console = await Console.logIn(browser, `${desk.url}/inbox`, amy);
  const { page } = console;
  // No browser of a test shows notifications, or goes to the background.
  await page.addInitScript(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    window.told = [];
    class Shown extends EventTarget {
      static readonly permission = 'granted';
      constructor(title: string, { body, tag }: { body: string; tag: string }) {
        super();
        window.told.push({ title, body, tag, press: () => this.dispatchEvent(new Event('click')) });
      }
      close(): void {
        window.told.pop();
      }
    }
    Object.assign(window, { Notification: Shown });
    window.rung = 0;
    HTMLMediaElement.prototype.play = async () => {
      window.rung += 1;
    };
  });
  await page.reload();
  await console.listening();
  await page.locator('.me').click();
  await page.getByRole('link', { name: 'Your profile' }).click();
  await page.getByRole('heading', { name: 'Your profile' }).waitFor();
  const told = () => page.evaluate(() => window.told.map(({ title, body }) => `${title}: ${body}`));
  await expect.poll(() => page.title()).toMatch(/Your profile · Hark$/);
  const counter = await desk.department('Counter', [amy]);
  const nia = await Guest.come(desk, 'Nia Cole', 'Hello', { department: counter });
  await expect.poll(told).toEqual(['Nia Cole: Waits in your queue']);
  await desk.take(amy, nia.rid);
  await expect.poll(told).toContain('Nia Cole: This chat is yours now');
  expect(await page.evaluate(() => window.rung)).toBe(2);
  await nia.say('Are you there?');
  await expect.poll(told).toContain('Nia Cole: Are you there?');
  await expect.poll(() => page.title()).toMatch(/^\(\d+\) Your profile · Hark$/);
  await page.evaluate(() => window.told.at(-1)?.press());
  await page.getByRole('heading', { name: 'Nia Cole', exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/inbox/${nia.rid}`);
  await console.leave();
  await desk.close(amy, nia.rid);
});

test('keys do the same on keyboards of other scripts and countries', async () => {
  const guest = await Guest.come(desk, 'Lev', 'Hello');
  const console = await Console.logIn(browser, `${desk.url}/inbox/${guest.rid}`, { username: 'admin', password: 'secret-of-admin' });
  const { page } = console;
  await page.getByRole('heading', { name: 'Lev', exact: true }).waitFor();
  const press = (init: object) =>
    page.evaluate((more) => document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...more })), init);
  const list = page.locator('.list');
  // German, as Windows and as Linux tell it.
  await press({ key: '[', code: 'Digit8', modifierAltGraph: true, ctrlKey: true, altKey: true });
  await list.waitFor({ state: 'detached' });
  await press({ key: '[', code: 'Digit8', modifierAltGraph: true });
  await list.waitFor();
  // Another's key, and letters with marks: they are Latin ones, and no signs.
  await press({ key: ']', code: 'BracketRight', altKey: true });
  await press({ key: 'ü', code: 'BracketLeft' });
  await press({ key: 'é', code: 'Digit2' });
  for (const key of ['ن', 'ל', 'л']) {
    await press({ key, code: 'KeyK', ctrlKey: true });
    await page.getByRole('dialog', { name: 'Search and commands' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  }
  await press({ key: '؟', code: 'Slash', shiftKey: true });
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  expect(await page.locator('.list, .details').count()).toBe(2);
  expect(await page.getByRole('tab', { name: 'Mine', selected: true }).count()).toBe(1);
  await press({ key: '٢', code: 'Digit2' });
  await page.getByRole('tab', { name: 'Queue', selected: true }).waitFor();
  await console.leave();
});

test('all keys are on their sheet, and other addresses lead to their pages', async () => {
  const console = await Console.logIn(browser, `${desk.url}/inbox`, { username: 'admin', password: 'secret-of-admin' });
  const { page } = console;
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await sheet.getByText('G W', { exact: true }).waitFor({ state: 'attached' });
  for (const keys of ['G C', 'G M', 'G R', 'G A', 'mod S', '3', 'D', 'S', 'X', 'N', 'mod enter']) {
    expect(await sheet.getByText(keys, { exact: true }).count()).toBeGreaterThan(0);
  }
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const guest = await Guest.come(desk, 'Una', 'Hello');
  for (const [other, own] of [
    ['/webhooks', '/webhooks/endpoints'],
    ['/webhooks/new', '/webhooks/endpoints/new'],
    ['/webhooks/tail', '/webhooks/live'],
    ['/webhooks/signature', '/webhooks/check'],
    ['/webhooks/workspace/deliveries?state=pending', '/webhooks/endpoints/workspace/deliveries?state=pending'],
    ['/webhooks/workspace/settings', '/webhooks/endpoints/workspace'],
    ['/webhooks/catalogue/chat.closed?dialect=rocketchat', '/webhooks/catalogue?dialect=rocketchat&kind=chat.closed'],
    ['/reports', '/reports/overview'],
    ['/visitors/abc', '/admin/visitors/abc'],
    ['/login/code', '/inbox'],
    [`/inbox/${guest.rid}/deliveries`, `/inbox/${guest.rid}`],
  ] as const) {
    await page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, other);
    await expect.poll(() => page.evaluate(() => location.pathname + location.search)).toBe(own);
  }
  await page.getByRole('heading', { name: 'Una', exact: true }).waitFor();
  await console.leave();
});
