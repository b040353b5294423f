// What a console costs while nothing happens: a socket, and no question.
import type { WebSocket } from 'playwright-core';
import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';

/** Longer than a socket is silent before it is asked whether it lives. */
const ROUND_MS = 26_000;
const ROUNDS = 14;

declare global {
  interface Window {
    /** Formats of dates and numbers that the page has made. */
    made: number;
    /** Of what the page has changed. */
    changed: string[];
  }
}

test('a second that passes changes nothing that shows no seconds, and a key only what is written', async () => {
  const guest = await Guest.come(desk, 'Bea', 'Hello');
  await desk.take(amy, guest.rid);
  // So that nobody waits, for whom seconds are counted.
  await desk.say(amy, guest.rid, 'Good day');
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  await page.addInitScript(() => {
    window.made = 0;
    for (const name of ['DateTimeFormat', 'NumberFormat', 'PluralRules'] as const) {
      const counted = new Proxy(Intl[name], {
        construct: (target, given) => {
          window.made += 1;
          return Reflect.construct(target, given) as object;
        },
      });
      Reflect.set(Intl, name, counted);
    }
  });
  await page.clock.install();
  await page.goto(`${desk.url}/inbox/${guest.rid}`);
  await console.listening();
  await console.bubble('Good day').waitFor();
  await console.composer.focus();
  // What is looked at soon after a chat was opened, and what is made once.
  await page.clock.runFor(10_000);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    window.made = 0;
    window.changed = [];
    const watch = new MutationObserver((all) => {
      for (const { target } of all) {
        const element = target instanceof Element ? target : target.parentElement;
        // Its head counts minutes, of which one may pass.
        if (element?.closest('.talk-head') === null) {
          window.changed.push(element.closest('.composer') === null ? element.outerHTML : 'composer');
        }
      }
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await page.clock.runFor(5000);
  expect(await page.evaluate(() => [window.made, ...window.changed])).toEqual([0]);
  await console.composer.pressSequentially('And so on');
  await expect.poll(() => console.composer.inputValue()).toBe('And so on');
  expect(await page.evaluate(() => [window.made, ...new Set(window.changed)])).toEqual([0, 'composer']);
  await console.leave();
});

test('an open console asks the server for nothing while nothing happens', async () => {
  const guest = await Guest.come(desk, 'Ann', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.logIn(browser, desk.server.url, amy);
  const { page } = console;
  await page.clock.install();
  const opened = page.waitForEvent('websocket');
  await page.goto(`${desk.url}/inbox/${guest.rid}`);
  const socket: WebSocket = await opened;
  /** Questions whether it lives that the server has not answered. */
  let open = 0;
  let frames = 0;
  const count = (by: number) => (frame: { readonly payload: string | Buffer }): void => {
    frames += 1;
    open += /"msg":"(ping|pong)"/.test(String(frame.payload)) ? by : 0;
  };
  socket.on('framesent', count(1));
  socket.on('framereceived', count(-1));
  const passes = async (): Promise<void> => {
    const before = frames;
    await page.clock.runFor(ROUND_MS);
    // Without an answer in the page's time the page gives the socket up.
    await expect.poll(() => frames > before && open <= 0).toBe(true);
  };
  await console.listening();
  await console.bubble('Hello').waitFor();
  // What is on its way would be given up when its time passes.
  await page.waitForLoadState('networkidle');
  // What is looked at soon after a chat was opened.
  await passes();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (let round = 0; round < ROUNDS; round += 1) {
    await passes();
  }
  expect(asked).toEqual([]);
  // It hears all the same.
  await guest.say('Still there?');
  await console.bubble('Still there?').waitFor();
  await console.leave();
});
