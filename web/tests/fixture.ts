// What most files of tests begin with: a server of their own, and a browser.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

import { leaveBrowser, workersBrowser } from './browser.ts';
import { Desk } from './desk.ts';

export let desk: Desk;
export let browser: Browser;

beforeAll(async () => {
  const starting = workersBrowser();
  desk = await Desk.open();
  browser = await starting;
});

// Each may be missing if the set-up failed, and its failure is the one to show.
afterAll(async () => {
  await leaveBrowser();
  await desk?.stop();
});
