import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { give, PICTURE } from './files.ts';
import { Visitor } from './visitor.ts';

let veras = 0;

async function chat(): Promise<[Visitor, string]> {
  const visitor = await Visitor.open(browser, desk.server.url);
  veras += 1;
  await visitor.introduce('Vera', `vera${veras}@example.org`);
  await visitor.say('Hello');
  await visitor.arrived();
  const { _id: rid } = await visitor.room(desk);
  await desk.take(amy, rid);
  return [visitor, rid];
}

async function choose(visitor: Visitor, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  const chooser = visitor.page.waitForEvent('filechooser');
  await visitor.button('Attach a file').click();
  await (await chooser).setFiles({ name, mimeType, buffer });
}

test('a picture that is chosen, dropped or pasted is seen on both sides', async () => {
  const [vera, rid] = await chat();
  await choose(vera, 'chosen.png', 'image/png', Buffer.from(PICTURE, 'base64'));
  await vera.page.getByAltText('Picture: chosen.png').waitFor();
  await give(vera.page.locator('.chat'), 'drop', 'dropped.png');
  await vera.page.getByAltText('Picture: dropped.png').waitFor();
  await give(vera.composer, 'paste', 'pasted.png');
  const pasted = vera.page.getByAltText('Picture: pasted.png');
  await pasted.waitFor();
  // Its bytes really come, by the right that the visitor shows.
  await expect
    .poll(() => pasted.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(2);
  const { messages } = await amy.caller.ask<{
    messages: { attachments?: { title: string; image_url: string }[] }[];
  }>(`livechat/${rid}/messages`);
  const titles = messages.flatMap(({ attachments = [] }) => attachments.map(({ title }) => title));
  expect(titles).toEqual(['pasted.png', 'dropped.png', 'chosen.png']);
  // and after a reload
  await vera.page.reload();
  await vera.page.getByAltText('Picture: pasted.png').waitFor();
  await vera.leave();
});

test('a file of the agent can be loaded down', async () => {
  const [vera, rid] = await chat();
  const form = new FormData();
  form.append('file', new Blob(['Dear Vera'], { type: 'text/plain' }), 'letter.txt');
  await amy.caller.send(`rooms.upload/${rid}`, form);
  const link = vera.page.getByRole('link', { name: 'letter.txt' });
  await link.waitFor();
  const answer = await vera.page.request.get((await link.getAttribute('href')) ?? '');
  expect(await answer.text()).toBe('Dear Vera');
  await vera.leave();
});

test('what may not be sent is said, and why', async () => {
  const [vera] = await chat();
  await desk.set('FileUpload_MaxFileSize', 1000);
  await choose(vera, 'large.txt', 'text/plain', Buffer.alloc(5000, 'x'));
  await vera.page.getByText('large.txt is too large.').waitFor();
  await vera.button('Delete').click();
  await desk.set('FileUpload_MaxFileSize', 104_857_600);
  await desk.set('FileUpload_MediaTypeWhiteList', 'image/*');
  await choose(vera, 'words.txt', 'text/plain', Buffer.from('words'));
  await vera.page.getByText('words.txt can’t be sent.').waitFor();
  await vera.button('Delete').click();
  expect(await vera.page.locator('.failed').count()).toBe(0);
  await desk.set('FileUpload_MediaTypeWhiteList', '');
  await vera.context.close();
});

test('a connection that breaks during an upload leaves a way to try again', async () => {
  const [vera] = await chat();
  await vera.page.route('**/livechat/upload/**', (route) => route.abort());
  await choose(vera, 'words.txt', 'text/plain', Buffer.from('words'));
  await vera.page.getByText('words.txt couldn’t be uploaded.').waitFor();
  await vera.page.unroute('**/livechat/upload/**');
  await vera.button('Try again').click();
  await vera.page.getByRole('link', { name: 'words.txt' }).waitFor();
  expect(await vera.page.getByRole('link', { name: 'words.txt' }).count()).toBe(1);
  await vera.context.close();
});
