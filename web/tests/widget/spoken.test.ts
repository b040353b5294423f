// What a screen reader is told of a chat while its user is elsewhere.

import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

/** Keeps what the live regions say: each text when it comes. */
async function listen(visitor: Visitor): Promise<() => Promise<string[]>> {
  await visitor.page.evaluate(() => {
    const spoken: string[] = [];
    Object.assign(window, { spoken });
    new MutationObserver((changes) => {
      for (const { target, addedNodes, type } of changes) {
        const place = target instanceof Element ? target : target.parentElement;
        if (place?.closest('[aria-live], [role="status"]')) {
          const said = type === 'characterData' ? [target] : [...addedNodes];
          spoken.push(...said.map((node) => node.textContent ?? ''));
        }
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  return () => visitor.page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
}

async function chat(name: string): Promise<[Visitor, string]> {
  const vera = await Visitor.open(browser, desk.server.url);
  await vera.introduce(name, `${name}@example.org`);
  await vera.say('Hello');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  await vera.page.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  return [vera, rid];
}

test('each message is said, also one that is like the one before or only a file', async () => {
  const [vera, rid] = await chat('vera');
  const spoken = await listen(vera);
  for (const text of ['ok', 'ok', 'ok', 'ok', 'ok', 'ok']) {
    await desk.say(amy, rid, text);
  }
  await expect.poll(spoken).toEqual(Array.from({ length: 6 }, () => 'Amy Winter: ok'));
  const form = new FormData();
  form.append('file', new Blob(['%PDF-1.4'], { type: 'application/pdf' }), 'invoice.pdf');
  const { file } = await amy.caller.send<{ file: { _id: string } }>(`rooms.media/${rid}`, form);
  await amy.caller.tell(`rooms.mediaConfirm/${rid}/${file._id}`, {});
  await expect.poll(async () => (await spoken()).at(-1)).toBe('Amy Winter: invoice.pdf');
  // It is read once, and not kept to be found.
  expect(await vera.page.locator('[aria-live] p').count()).toBeLessThan(5);
  await vera.leave();
});

test('marks are not read aloud, and names of emoji are their signs', async () => {
  const [vera, rid] = await chat('listener');
  const spoken = await listen(vera);
  // The names are brought when the first one is said, and it is said when they are there.
  await desk.say(amy, rid, '*Good* _morning_ :smile:, see `17-42` in [our list](https://example.org/list)');
  await expect.poll(spoken).toEqual(['Amy Winter: Good morning 😄, see 17-42 in our list']);
  const id = await desk.say(amy, rid, 'Number *17* :wave:');
  await desk.say(amy, rid, `[ ](${desk.server.url}live/${rid}?msg=${id}) has come`);
  await expect.poll(async () => (await spoken()).at(-1)).toMatch(/ has come, Number 17 👋$/);

  // His own are the same on their way as when they have arrived.
  let pass: (() => void) | undefined;
  const mayPass = new Promise<void>((passes) => {
    pass = passes;
  });
  await vera.page.route('**/livechat/message', async (route) => {
    await mayPass;
    await route.continue();
  });
  await vera.say('Fine :smile:');
  await vera.page.locator('.waiting .bubble', { hasText: 'Fine 😄' }).waitFor();
  pass?.();
  await vera.arrived();
  await vera.bubble('Fine 😄').waitFor();
  await vera.leave();
});

test('that little room is left is said a few times, not with each key', async () => {
  await desk.set('Livechat_enable_message_character_limit', true);
  await desk.set('Livechat_message_character_limit', 50);
  const [vera] = await chat('writer');
  const spoken = await listen(vera);
  await vera.composer.pressSequentially('a'.repeat(50));
  await vera.page.getByText('0 characters left', { exact: true }).first().waitFor();
  await expect
    .poll(spoken)
    .toEqual(['10 characters left', '5 characters left', '1 character left', '0 characters left']);
  await vera.leave();
});
