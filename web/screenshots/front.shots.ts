import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { type Server, startServer } from '../tests/server.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const pictures: [string, BrowserContextOptions][] = [
  ['front-light', { colorScheme: 'light', viewport: DESK }],
  ['front-dark', { colorScheme: 'dark', viewport: DESK }],
  ['front-phone', { colorScheme: 'light', viewport: PHONE, isMobile: true }],
];

test.for(pictures)('%s', async ([name, options]) => {
  const context = await browser.newContext({ ...options, deviceScaleFactor: 1 });
  const page = await context.newPage();
  const answer = await page.goto(`${server.url}about`);
  expect(answer?.status()).toBe(200);
  await page.screenshot({ path: `${IMAGES}${name}.png` });
  await context.close();
});
