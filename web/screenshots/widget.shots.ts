// Each state of the widget in each way in which it can look: all of them into target/screenshots, to be
// looked at, and the few that the documentation shows.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { type Agent, Desk } from '../tests/desk.ts';
import { perform, SCENES } from '../tests/widget/scenes.ts';
import type { Site } from '../tests/widget/site.ts';
import { answerSome, openStorefront, showFaces } from './storefront.ts';

const ALL = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
const SHOWN = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const DESK = { width: 900, height: 760 };

let desk: Desk;
let browser: Browser;
let amy: Agent;
/** Who is there besides amy, where visitors are greeted. */
let others: readonly Agent[];
let site: Site;

beforeAll(async () => {
  await mkdir(ALL, { recursive: true });
  desk = await Desk.open();
  browser = await launchBrowser('whole');
  amy = await desk.agent('amy', 'Amy Winter');
  await desk.set('Site_Name', 'Kiln & Clay');
  await desk.set('Livechat_title', 'Kiln & Clay');
  await desk.set('Livechat_title_color', '#1f6f54');
  await desk.set('Livechat_offline_title_color', '#5b616c');
  await answerSome(desk, amy);
  const tomas = await desk.agent('tomas', 'Tomás Ferreira');
  const mara = await desk.agent('mara', 'Mara Lindqvist');
  await showFaces(browser, { amy, tomas, mara });
  others = [tomas, mara];
  await areThere(false);
  site = await openStorefront(desk);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await desk?.stop();
});

async function areThere(are: boolean): Promise<void> {
  for (const one of others) {
    await desk.available(one, are);
  }
}

const WAYS: readonly [string, BrowserContextOptions][] = [
  ['light', { colorScheme: 'light', viewport: DESK }],
  ['dark', { colorScheme: 'dark', viewport: DESK }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ['arabic', { locale: 'ar', viewport: DESK }],
  ['small', { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true }],
  ['enlarged', { viewport: { width: 320, height: 256 }, isMobile: true, hasTouch: true }],
  ['forced', { forcedColors: 'active', viewport: DESK }],
];

/** What docs/ shows. */
const DOCUMENTED: ReadonlySet<string> = new Set(['welcome-light', 'chat-light', 'ended-dark', 'form-arabic']);

describe.for(WAYS)('%s', ([way, options]) => {
  test.for(SCENES.map((scene) => [scene.name, scene] as const))('%s', async ([name, scene]) => {
    const theatre = { browser, desk, amy, site: site.url };
    await areThere(name === 'welcome');
    await perform(theatre, scene, { ...options, deviceScaleFactor: 1 }, async (guest) => {
      const file = `${name}-${way}`;
      const picture = await guest.page.screenshot({ path: `${ALL}${file}.png` });
      expect(picture.length).toBeGreaterThan(0);
      if (DOCUMENTED.has(file)) {
        await guest.page.screenshot({ path: `${SHOWN}widget-${file}.png` });
      }
    });
  });
});
