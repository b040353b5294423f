// The page that shows the API documents.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { accessibilityFaults, colourFaults, leaveBrowser, watch, workersBrowser } from './browser.ts';
import { type Server, startServer } from './server.ts';

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

/** Opens the page as a stranger, and after the visit finds that nothing went wrong in it. */
async function visit(
  hash: string,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const complaints = await watch(context);
    const page = await context.newPage();
    const answer = await page.goto(`${server.url}docs${hash}`);
    expect(answer?.status()).toBe(200);
    await look(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Why it cannot be read well, wherever and however it is looked at. */
async function faults(page: Page): Promise<string[]> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  const wide = content > window ? [`${content} pixels wide on ${window}`] : [];
  return [...(await accessibilityFaults(page)), ...wide];
}

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** The same, and in other colours and on 320 pixels. */
async function faultsInAllWays(page: Page): Promise<string[]> {
  const found = await faults(page);
  for (const media of [{ colorScheme: 'dark' }, { colorScheme: 'light', forcedColors: 'active' }] as const) {
    await page.emulateMedia(media);
    found.push(...(await colourFaults(page)).map((fault) => `${JSON.stringify(media)}: ${fault}`));
  }
  await page.emulateMedia({ forcedColors: 'none' });
  await page.setViewportSize({ width: 320, height: 600 });
  found.push(...(await faults(page)).map((fault) => `on 320 pixels: ${fault}`));
  return found;
}

const appearances: [string, BrowserContextOptions, typeof faults][] = [
  ['in all colours, on much room and little', { reducedMotion: 'reduce' }, faultsInAllWays],
  ['on a phone', phone, faults],
  ['in Arabic', { locale: 'ar' }, faults],
  ['in Arabic on a phone in the dark', { ...phone, locale: 'ar', colorScheme: 'dark' }, faults],
];

describe.for(appearances)('the API reference %s', ([, options, look]) => {
  test('can be read: its list, an operation, an event', async () => {
    await visit('', options, async (page) => {
      await page.locator('nav.list summary').first().waitFor();
      expect(await look(page)).toEqual([]);
    });
    await visit('#hark/postEndpoints', options, async (page) => {
      await page.locator('h1', { hasText: 'endpoint' }).waitFor();
      // what is inside of a member opens
      await page.locator('.member details > summary').first().click();
      await page.locator('.member .member').first().waitFor();
      expect(await look(page)).toEqual([]);
    });
    await visit('#events/chat.closed', options, async (page) => {
      await page.locator('pre').nth(2).waitFor();
      expect(await look(page)).toEqual([]);
    });
  });
});

test('Arabic runs from right to left, and paths do not', async () => {
  await visit('#rocketchat/getLivechatRoom', { locale: 'ar' }, async (page) => {
    await page.locator('.address').waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    expect(await page.locator('.address code').getAttribute('dir')).toBe('ltr');
  });
});

test('everything can be reached by the keyboard alone', async () => {
  await visit('', {}, async (page) => {
    await page.locator('nav.list summary').first().waitFor();
    // past the way home and the three parts
    for (const _ of Array.from({ length: 5 })) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('rotate secret endpoints');
    await page.getByRole('status').filter({ hasText: '1 entry' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const heading = page.locator('h1', { hasText: 'secret' });
    await heading.waitFor();
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.locator('pre').last().innerText()).toContain(':rotate-secret');
  });
});

test('what is found only in another part is a way there', async () => {
  await visit('', {}, async (page) => {
    await page.locator('nav.list summary').first().waitFor();
    await page.getByRole('searchbox').fill('livechat/room.forward');
    await page.getByRole('status').filter({ hasText: '0 entries' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Rocket.Chat: 1 entry' }).click();
    await page.locator('nav.list code', { hasText: 'POST livechat/room.forward' }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('livechat/room.forward');
    expect(await page.getByRole('link', { name: /\d+ entr/ }).count()).toBe(0);
  });
});

test('what an operation really answered is shown', async () => {
  await visit('#hark/getFiguresNow', {}, async (page) => {
    await page.locator('h3', { hasText: 'Example' }).waitFor();
    const example: unknown = JSON.parse(await page.locator('pre').first().innerText());
    expect(example).toMatchObject({ queued: 1, agents: [{ username: 'amy', available: true }] });
    expect(await faults(page)).toEqual([]);
  });
});

test('a phone shows the list, or what was chosen from it', async () => {
  await visit('#rocketchat', phone, async (page) => {
    await page.getByRole('searchbox').fill('livechat/message rid msg token');
    await page.locator('nav.list a').first().click();
    await page.locator('.address').waitFor();
    expect(await page.getByRole('searchbox').isVisible()).toBe(false);
    await page.locator('.back a').click();
    await page.getByRole('searchbox').waitFor();
    expect(await page.locator('.address').count()).toBe(0);
  });
});

test('every entry of both documents, and every kind of events, has a page', async () => {
  await visit('', {}, async (page) => {
    let drawn = 0;
    for (const part of ['hark', 'rocketchat', 'events']) {
      await page.locator(`header a[href="#${part}"]`).click();
      await page.locator('header a[aria-current]').and(page.locator(`[href="#${part}"]`)).waitFor();
      const links = page.locator(`nav.list a[href^="#${part}/"]`);
      await links.first().waitFor({ state: 'attached' });
      const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
      const headings = await page.evaluate(async (addresses) => {
        const found: string[] = [];
        for (const address of addresses) {
          location.hash = address ?? '';
          // the page is drawn anew after the address has changed
          await new Promise<void>((done) => {
            const look = () => {
              const link = document.querySelector('nav.list a[aria-current]');
              const isThere = link?.getAttribute('href') === address && document.querySelector('main .address') !== null;
              if (isThere) {
                done();
              } else {
                requestAnimationFrame(look);
              }
            };
            look();
          });
          found.push(document.querySelector('h1')?.textContent ?? '');
        }
        return found;
      }, hrefs);
      expect(headings.filter((heading) => heading.trim() === '')).toEqual([]);
      drawn += headings.length;
    }
    expect(drawn).toBeGreaterThan(300);
  });
});
