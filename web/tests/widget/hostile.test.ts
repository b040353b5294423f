// Names, words, files and addresses that want to be more than text.

import { beforeAll, expect, test } from 'vitest';

import { accessibilityFaults } from '../browser.ts';
import type { Agent } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

declare global {
  interface Window {
    /** How often an expression was looked for. */
    looked: number;
  }
}

let mallory: Agent;
let veras = 0;

const SCRIPT = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>';
const OVERRIDE = 'photo_\u202Egpj.exe';
const TOWER = `z${'\u0300\u0301\u0302\u0303\u0304\u0305'.repeat(20)}algo`;

beforeAll(async () => {
  mallory = await desk.agent('mallory', `Mallory ${SCRIPT} \u202E${TOWER}`);
});

async function chat(name = 'Vera'): Promise<[Visitor, string]> {
  const visitor = await Visitor.open(browser, desk.server.url);
  veras += 1;
  await visitor.introduce(name, `vera${veras}@example.org`);
  await visitor.say('Hello');
  await visitor.arrived();
  const { _id: rid } = await visitor.room(desk);
  await desk.take(mallory, rid);
  return [visitor, rid];
}

const isOwned = (visitor: Visitor) => visitor.page.evaluate(() => 'owned' in window);

test('what agents write and are called stays text', async () => {
  const [vera, rid] = await chat(SCRIPT);
  const title = vera.page.getByRole('heading', { name: 'Mallory <img' });
  await title.waitFor();
  const name = await title.innerText();
  expect(name).toContain('<script>');
  expect(name).not.toContain('\u202E');
  expect(name.length).toBeLessThan(150);

  const texts = [
    SCRIPT,
    '[click](javascript:window.owned=1) [data](data:text/html,<script>window.owned=1</script>)',
    'javascript:window.owned=1',
    '**_~`<b>x</b>`~_**',
    '```<script>window.owned=1</script>```',
    '&lt;b&gt; &amp;',
  ];
  for (const text of texts) {
    await desk.say(mallory, rid, text);
  }
  await vera.bubble('&lt;b&gt; &amp;').waitFor();
  expect(await vera.said.locator('img, script, b').count()).toBe(0);
  const links = await vera.said.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  expect(links).toEqual([]);
  await desk.say(mallory, rid, 'See https://example.org/a?b=<script>1</script>"onclick="x, or *write*.');
  await vera.bubble('See https').waitFor();
  const link = vera.said.locator('a');
  expect(await link.getAttribute('href')).toBe('https://example.org/a?b=');
  expect(await link.getAttribute('rel')).toContain('noopener');
  expect(await vera.said.locator('strong').innerText()).toBe('write');
  expect(await isOwned(vera)).toBe(false);
  await vera.leave();
});

test('ten thousand characters, and towers of marks, stay in their bubble', async () => {
  const [vera, rid] = await chat();
  await desk.set('Message_MaxAllowedSize', 20_000);
  await desk.say(mallory, rid, 'W'.repeat(10_000));
  await desk.say(mallory, rid, TOWER);
  await desk.say(mallory, rid, `${'*a* '.repeat(2400)}end`);
  await desk.say(mallory, rid, `\u202Eright to left\u202C and back, ${OVERRIDE}`);
  await desk.say(mallory, rid, 'still here');
  await vera.bubble('still here').waitFor();
  const [content, width] = await vera.page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBe(width);
  const tower = vera.bubble('algo').first();
  const box = await tower.boundingBox();
  expect(box?.height).toBeLessThan(60);
  expect(await tower.evaluate((bubble) => getComputedStyle(bubble).overflow)).toBe('clip');
  // What turns direction ends with its bubble.
  const last = vera.bubble('still here');
  expect(await last.evaluate((bubble) => getComputedStyle(bubble).unicodeBidi)).toBe('isolate');
  await vera.say('W'.repeat(5000));
  await vera.arrived();
  await vera.leave();
});

test('words that are all signs are read through once to be shown, and once to be said', async () => {
  const [vera, rid] = await chat();
  await vera.page.evaluate(() => {
    window.looked = 0;
    // The page's own, to count.
    // oxlint-disable-next-line no-extend-native
    RegExp.prototype.exec = new Proxy(Reflect.get(RegExp.prototype, 'exec'), {
      apply(exec, pattern, args) {
        window.looked += 1;
        return Reflect.apply(exec, pattern, args) as RegExpExecArray | null;
      },
    });
  });
  await desk.say(mallory, rid, `${'`a` '.repeat(600)}${'a.'.repeat(1250)}`);
  await expect.poll(() => vera.said.locator('code').count()).toBe(600);
  // Once for each that is there, in both, and a few times for what is not.
  expect(await vera.page.evaluate(() => window.looked)).toBeLessThan(1500);

  const address = 'vera.visitor+shop@mail.example.org';
  await desk.say(mallory, rid, `_one_ *two* snake_case_ ${address}, *four* ~five~ and *six*`);
  await vera.bubble('and six').waitFor();
  const last = vera.bubble('and six');
  expect(await last.innerText()).toBe(`one two snake_case_ ${address}, four five and six`);
  expect(await last.locator('em, strong, s, a').allInnerTexts()).toEqual([
    'one',
    'two',
    address,
    'four',
    'five',
    'six',
  ]);
  await vera.leave();
});

test('only files are opened with what the visitor is known by', async () => {
  const [vera, rid] = await chat();
  const { url } = desk.server;
  const add = (attachments: readonly object[]) =>
    mallory.caller.tell('chat.postMessage', { roomId: rid, text: 'see', attachments });
  await add([
    { title: 'elsewhere', title_link: `${url}elsewhere?to=https://evil.example` },
    { title: 'above', title_link: '/file-upload/../api/v1/logout' },
    { title: 'far', title_link: 'https://evil.example/file-upload/x' },
    { title: 'file', title_link: '/file-upload/abc/letter.txt' },
    { title: 'nowhere' },
    { author_name: 'Amy Winter', text: 'As I *said*' },
  ]);
  await vera.page.locator('blockquote').waitFor();
  const links = await vera.page
    .locator('a.file')
    .evaluateAll((all) => all.map((a) => [a.textContent, (a as HTMLAnchorElement).href.split('rc_token')[0]]));
  expect(links).toEqual([
    ['elsewhere', `${url}elsewhere?to=https://evil.example`],
    ['above', `${url}api/v1/logout`],
    ['far', 'https://evil.example/file-upload/x'],
    ['file', `${url}file-upload/abc/letter.txt?`],
  ]);
  expect(await vera.page.locator('a[href*="rc_token"]').count()).toBe(1);
  await vera.leave();
});

test('what an agent quotes is a quote', async () => {
  const [vera, rid] = await chat();
  const id = await desk.say(mallory, rid, 'Number *17* :smile:');
  await vera.bubble('Number 17 😄').waitFor();
  await desk.say(mallory, rid, `[ ](${desk.server.url}live/${rid}?msg=${id}) has come`);
  const quote = vera.page.locator('blockquote');
  await quote.waitFor();
  expect(await quote.innerText()).toMatch(/\nNumber 17 😄$/);
  expect(await quote.locator('strong').innerText()).toBe('17');
  expect(await quote.locator('b').innerText()).toContain('Mallory <img');
  expect(await vera.bubble('has come').locator('a').count()).toBe(0);
  expect(await vera.page.locator('a.file').count()).toBe(0);
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  expect(await isOwned(vera)).toBe(false);
  await vera.leave();
});

test('a file is not what its name pretends', async () => {
  const [vera] = await chat();
  const chooser = vera.page.waitForEvent('filechooser');
  await vera.button('Attach a file').click();
  await (await chooser).setFiles([
    { name: '<img src=x onerror=window.owned=1>.txt', mimeType: 'text/plain', buffer: Buffer.from('a') },
    { name: `${OVERRIDE}.txt`, mimeType: 'text/plain', buffer: Buffer.from('b') },
  ]);
  await vera.page.locator('a.file').nth(1).waitFor();
  const names = await vera.page.locator('a.file bdi').allInnerTexts();
  expect(names.some((name) => name.includes('onerror'))).toBe(true);
  expect(names.join('')).not.toContain('\u202E');
  expect(await vera.page.locator('.scroller img:not(.avatar img)').count()).toBe(0);
  expect(await isOwned(vera)).toBe(false);
  await vera.leave();
});

test('what the server was told about fields, departments and texts stays text', async () => {
  await desk.department(`Sales ${SCRIPT}`, [mallory]);
  await desk.field('evil', `Label ${SCRIPT}`);
  await desk.set('Livechat_title', `Shop ${SCRIPT}`);
  await desk.set('Livechat_registration_form_message', `Hi ${SCRIPT}`);
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.page.getByText('Shop <img').waitFor();
  await vera.toForm();
  await vera.page.getByText('Label <img').waitFor();
  await vera.page.getByText('Hi <img').waitFor();
  await vera.page.locator('h1', { hasText: 'Shop <img' }).waitFor();
  expect(await vera.page.locator('main img, main script').count()).toBe(0);
  expect(await isOwned(vera)).toBe(false);
  await vera.leave();
});
