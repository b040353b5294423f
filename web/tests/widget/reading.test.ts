// How far a visitor has read, as the agents learn it.

import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Visitor } from './visitor.ts';

interface Reading {
  readonly visitor: { readonly message: string } | null;
}

test('what is on the screen is read, and what comes while nobody looks is not', async () => {
  const vera = await Visitor.open(browser, desk.server.url);
  const told: string[] = [];
  vera.page.on('request', (request) => {
    if (request.url().endsWith('/widget/read')) {
      told.push((request.postDataJSON() as { message: string }).message);
    }
  });
  await vera.introduce('Vera', 'vera@example.org');
  await vera.say('Hello');
  await vera.arrived();
  const { _id: rid } = await vera.room(desk);
  await desk.take(amy, rid);
  const read = async () => {
    const { visitor } = await amy.caller.ask<Reading>(`../hark/v1/conversations/${rid}/reading`);
    return visitor?.message;
  };
  const first = await desk.say(amy, rid, 'Good day');
  await expect.poll(read).toBe(first);

  // The window is there, and something else has the focus.
  await vera.page.clock.install();
  await vera.page.evaluate(() => {
    document.hasFocus = () => false;
  });
  const before = told.length;
  await desk.say(amy, rid, 'Are you there?');
  await vera.bubble('Are you there?').waitFor();
  await vera.page.clock.runFor(10_000);
  const last = await desk.say(amy, rid, 'I wait');
  await vera.bubble('I wait').waitFor();
  await vera.page.evaluate(() => {
    document.hasFocus = () => true;
    window.dispatchEvent(new Event('focus'));
  });
  await vera.page.clock.runFor(10_000);
  await expect.poll(read).toBe(last);
  expect(told.slice(before)).toEqual([last]);
});
