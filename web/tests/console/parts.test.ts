// Each part in each of its states, for those who see little, have colours of their own, or little room.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Browser, Frame, Page, ViewportSize } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openParts, type Parts, serveParts } from '../../parts/serve.ts';
import { COLOURS, faultsInside, leaveBrowser, RULES, watch, workersBrowser } from '../browser.ts';
import { outOfFrame, unmarked } from './reach.ts';

const FOLDER = fileURLToPath(new URL('../../console/parts/', import.meta.url));
/** What the guide names besides, which the inbox has to itself. */
const OF_THE_INBOX = ['List row', 'Queue strip', 'Event line', 'Message', 'File', 'Note', 'Composer'];
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** There are many, each of them a page for axe. */
const LONG_MS = 120_000;

let browser: Browser;
let parts: Parts;

beforeAll(async () => {
  browser = await workersBrowser();
  parts = await serveParts();
});

afterAll(async () => {
  await leaveBrowser();
  await parts?.stop();
});

/** What is found in the page and in its frames, by the state that has it. */
async function everywhere(page: Page, find: (frame: Frame) => Promise<readonly string[]>): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const frame of page.frames()) {
    const faults = await find(frame);
    if (faults.length > 0) {
      found[frame.name()] = faults;
    }
  }
  return found;
}

const seen = async (locale: string, viewport: ViewportSize): Promise<readonly [page: Page, complaints: readonly string[]]> => {
  const context = await browser.newContext({ locale, viewport, reducedMotion: 'reduce', colorScheme: 'light' });
  const complaints = await watch(context);
  return [await openParts(context, parts), complaints];
};

describe('from left to right', () => {
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    [page, complaints] = await seen('en-GB', WIDE);
  }, LONG_MS);

  test('every part is there', async () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).flatMap((file) => /([A-Z]\w*)\.tsx$/.exec(file)?.[1] ?? []);
    const shown = await page.locator('[data-part]').evaluateAll((all) => all.map((one) => one.getAttribute('data-part')));
    expect([...files, ...OF_THE_INBOX].filter((name) => !shown.includes(name))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('none has a fault', { timeout: LONG_MS }, async () => {
    expect(await everywhere(page, async (frame) => await faultsInside(frame))).toEqual({});
  });

  test('each can be read in the dark', { timeout: LONG_MS }, async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await everywhere(page, async (frame) => await faultsInside(frame, ':root', COLOURS))).toEqual({});
  });

  test('what is chosen is marked in forced colours', async () => {
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
    expect(await everywhere(page, unmarked)).toEqual({});
  });

  test('nothing lies out of the frame, on a phone neither', async () => {
    expect(await everywhere(page, outOfFrame)).toEqual({});
    await page.setViewportSize(PHONE);
    expect(await everywhere(page, outOfFrame)).toEqual({});
  });

  test('words have the room beside their time, and who did something stands out', async () => {
    const says = page.locator('[data-part=Message] .own .says').last();
    expect(await says.evaluate((line) => (line.querySelector('.when')?.getBoundingClientRect().left ?? 0) - line.getBoundingClientRect().left)).toBeLessThan(4);
    expect(await page.locator('[data-part="Event line"] b').allInnerTexts()).toEqual(expect.arrayContaining(['Noor Jansen', 'Tomás Field']));
  });
});

test('from right to left, on a phone, none has a fault', { timeout: 2 * LONG_MS }, async () => {
  const [page, complaints] = await seen('ar', PHONE);
  expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
  expect(await everywhere(page, outOfFrame)).toEqual({});
  // Their colours are the same.
  expect(await everywhere(page, async (frame) => await faultsInside(frame, ':root', { ...RULES, rules: { ...RULES.rules, 'color-contrast': { enabled: false } } }))).toEqual({});
  expect(complaints).toEqual([]);
});
