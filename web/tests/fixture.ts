// What most files of tests begin with: a server of their own, and a browser.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

import { launchBrowser } from './browser.ts';
import { Desk } from './desk.ts';

export let desk: Desk;
export let browser: Browser;

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchBrowser();
});

// Each may be missing if the set-up failed, and its failure is the one to show.
afterAll(async () => {
  await browser?.close();
  await desk?.stop();
});
