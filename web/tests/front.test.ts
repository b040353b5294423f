import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { faultsInLightAndDark, leaveBrowser, watch, workersBrowser } from './browser.ts';
import { type Server, startServer } from './server.ts';

const LINKS = [
  'livechat',
  'docs',
  'api/hark/v1/openapi.json',
  'api/hark/v1/rocketchat/openapi.json',
  'api/hark/v1/catalogue',
  'readyz',
  'metrics',
];

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await workersBrowser();
});

// Each may be missing if the set-up failed, and its failure is the one to show.
afterAll(async () => {
  await leaveBrowser();
  await server?.stop();
});

/** Opens the page that says what is here, and after the visit finds that nothing went wrong in it. */
async function visit(
  options: BrowserContextOptions,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const complaints = await watch(context);
    const page = await context.newPage();
    const answer = await page.goto(`${server.url}about`);
    expect(answer?.status()).toBe(200);
    await look(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

const appearances: [string, BrowserContextOptions][] = [
  ['on a desk', {}],
  [
    'on a phone',
    {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 3,
      isMobile: true,
      hasTouch: true,
    },
  ],
];

test.for(appearances)('the page about the server %s', async ([, options]) => {
  await visit(options, async (page) => {
    const text = await page.innerText('main');
    expect(text).toContain('Ready');
    expect(text).toContain(`<script async src="${server.url}livechat/widget.js"></script>`);
    // Who has not logged in does not learn the version.
    expect(text).not.toContain(server.version);
    expect(await faultsInLightAndDark(page)).toEqual([]);
    const [content, window] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(content).toBe(window);
    expect(window).toBe(page.viewportSize()?.width);
  });
});

test('dark and light are different', async () => {
  await visit({}, async (page) => {
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await paper()).not.toBe(light);
  });
});

test('the Tab key goes through the links in order, and shows where it is', async () => {
  await visit({}, async (page) => {
    const reached: string[] = [];
    for (const _ of LINKS) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      reached.push((await focused.getAttribute('href')) ?? '');
      expect(
        await focused.evaluate((element) => getComputedStyle(element).outlineStyle),
      ).not.toBe('none');
    }
    expect(reached).toEqual(LINKS.map((path) => `./${path}`));
    expect(await page.locator('a').count()).toBe(LINKS.length);
  });
});

// Not watched: what follows the Enter key belongs to the page that is opened.
test.for(LINKS)('the Enter key opens /%s', async (path) => {
  const page = await browser.newPage();
  await page.goto(`${server.url}about`);
  await page.locator(`a[href="./${path}"]`).focus();
  // A browser may show the answer or save it; either way it came.
  const [answer] = await Promise.all([
    page.waitForResponse(`${server.url}${path}`),
    page.keyboard.press('Enter'),
  ]);
  expect(answer.status()).toBe(200);
  await page.close();
});
