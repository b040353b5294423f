import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

/** The visitor's window has this message on its screen. */
async function look({ rid, token }: Guest, message: string): Promise<void> {
  const answer = await fetch(`${desk.url}/api/hark/v1/widget/read`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, rid, message }),
  });
  expect(answer.status).toBe(200);
}

test('how far the visitor has read stands beside the last of ours that they saw', async () => {
  const guest = await Guest.come(desk, 'Ann', 'Is the bowl safe?');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  await console.openChat('Ann');
  const first = await desk.say(amy, guest.rid, 'One moment');
  const second = await desk.say(amy, guest.rid, 'Yes, it is');
  const states = async () =>
    (await console.page.locator('.entry.own .when').allInnerTexts()).map((words) => words.replace(/^\S+ · /, ''));
  await expect.poll(states).toEqual(['Sent']);
  await look(guest, first);
  // The visitor has read within what was said at once.
  await expect.poll(states).toEqual(['Seen', 'Sent']);
  await look(guest, second);
  await expect.poll(states).toEqual(['Seen']);
  expect(await console.page.locator('.entry.own', { hasText: 'Seen' }).innerText()).toContain('Yes, it is');
  // It was read up to the visitor's own words, and what comes after them was not.
  await look(guest, await guest.say('Thank you'));
  await desk.say(amy, guest.rid, 'You are welcome');
  await expect.poll(states).toEqual(['Seen', 'Sent']);
  await console.page.reload();
  await expect.poll(states).toEqual(['Seen', 'Sent']);
  await console.leave();
});
