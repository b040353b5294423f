// Lays each state of the widget that was drawn beside the real one, with what differs marked, into
// target/screenshots/beside. HARK_WIDGET_DRAWINGS is the folder of the drawings; without it there is nothing to do.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { layBeside, type Part } from './beside.ts';
import { come, keepHours, openShop, PLAYS, type Shop, tidy } from './drawn.ts';
import { zoneAt } from './zone.ts';

const DRAWINGS = process.env['HARK_WIDGET_DRAWINGS'] ?? '';

const DESK: BrowserContextOptions = { viewport: { width: 900, height: 760 }, locale: 'en-GB' };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  locale: 'en-GB',
};
const DARK: BrowserContextOptions = { ...DESK, colorScheme: 'dark' };
const ARABIC: BrowserContextOptions = { ...DESK, locale: 'ar' };
const SMALL: BrowserContextOptions = { ...PHONE, viewport: { width: 320, height: 568 } };
const ENLARGED: BrowserContextOptions = { ...SMALL, viewport: { width: 320, height: 256 } };
const FORCED: BrowserContextOptions = { ...DESK, forcedColors: 'active' };

interface Way {
  readonly options: BrowserContextOptions;
  readonly color?: string;
  readonly isClosed?: boolean;
  readonly isAlone?: boolean;
}

const way = (options: BrowserContextOptions, more: Omit<Way, 'options'> = {}): Way => ({ options, ...more });

const YELLOW = { color: '#e9b949' };
const BLUE = { color: '#1d3a8f' };
const CLOSED = { isClosed: true };
const ALONE = { isAlone: true };

const DRAWN: readonly (readonly [drawing: string, play: string, way: Way])[] = [
  ['01a-launcher', 'launcher', way(DESK)],
  ['01b-launcher-unread', 'unread', way(DESK)],
  ['01c-invitation', 'invitation', way(DESK)],
  ['01d-launcher-unread-phone', 'unread', way(PHONE)],
  ['01e-invitation-phone', 'invitation', way(PHONE)],
  ['02a-home', 'home', way(DESK)],
  ['02b-home-phone', 'home', way(PHONE)],
  ['02c-home-running-chat', 'running', way(DESK)],
  ['02d-home-closed', 'closed', way(DESK, CLOSED)],
  ['03a-form', 'form', way(DESK)],
  ['03b-form-errors', 'faults', way(DESK)],
  ['03c-form-phone', 'form', way(PHONE)],
  ['04a-queue', 'queue', way(DESK)],
  ['04b-queue-phone', 'queue', way(PHONE)],
  ['05a-chat', 'chat', way(DESK)],
  ['05b-chat-composer-grown', 'grown', way(DESK)],
  ['05c-chat-phone', 'chat', way(PHONE)],
  ['05d-chat-composer-grown-phone', 'grown', way(PHONE)],
  ['05e-chat-states', 'states', way(DESK)],
  ['06a-menu', 'menu', way(DESK)],
  ['06b-end-dialog', 'end', way(DESK)],
  ['06c-delete-dialog-phone', 'forget', way(PHONE)],
  ['07a-reconnecting', 'reconnecting', way(DESK)],
  ['07b-agent-changed', 'changed', way(DESK)],
  ['07c-ended', 'ended', way(DESK)],
  ['07d-ended-rated', 'rated', way(DESK)],
  ['07e-ended-phone', 'ended', way(PHONE)],
  ['08a-offline-form', 'letter', way(DESK, CLOSED)],
  ['08b-offline-sent', 'left', way(DESK, CLOSED)],
  ['08c-offline-no-form', 'unavailable', way(DESK, CLOSED)],
  ['08d-offline-form-phone', 'letter', way(PHONE, CLOSED)],
  ['09-consent', 'consent', way(DESK)],
  ['10a-dark-home', 'home', way(DARK)],
  ['10b-dark-chat', 'chat', way(DARK)],
  ['10c-dark-ended', 'rated', way(DARK)],
  ['10d-dark-reconnecting', 'reconnecting', way(DARK)],
  ['10e-arabic-home', 'home', way(ARABIC)],
  ['10f-arabic-chat', 'chat', way(ARABIC)],
  ['10g-yellow-home', 'home', way(DESK, YELLOW)],
  ['10h-yellow-chat', 'chat', way(DESK, YELLOW)],
  ['10i-blue-home', 'home', way(DESK, BLUE)],
  ['10j-blue-chat', 'chat', way(DESK, BLUE)],
  ['11a-320-home', 'home', way(SMALL)],
  ['11b-320-chat', 'chat', way(SMALL)],
  ['11c-zoom-400', 'enlarged', way(ENLARGED)],
  ['11d-forced-colours', 'chat', way(FORCED)],
  ['11e-forced-colours-ended', 'rated', way(FORCED)],
  ['12a-own-tab-form', 'ownForm', way(DESK, { ...CLOSED, ...ALONE })],
  ['12b-own-tab-chat', 'chat', way(DESK, ALONE)],
];

/** Where the one who writes was drawn as well. */
const FOCUSED: ReadonlySet<string> = new Set(['home', 'grown']);

/** Those who were drawn, in the order in which the welcome shows them. */
const FACES = ['amira', 'tomas', 'mara'];

let browser: Browser;
let shop: Shop;
let faces: readonly string[];

beforeAll(async () => {
  if (DRAWINGS === '') {
    return;
  }
  browser = await launchBrowser('whole');
  shop = await openShop(await drawnBowl());
  faces = await drawnFaces();
});

afterAll(async () => {
  await browser?.close();
  await shop?.site.close();
  await shop?.desk.stop();
});

/** The picture that is sent in the drawings, twice as large. */
async function drawnBowl(): Promise<Buffer> {
  const looking = await browser.newPage({ viewport: { width: 900, height: 2000 }, deviceScaleFactor: 2 });
  await looking.goto(`file://${DRAWINGS}/05a-chat.html`);
  const bowl = await looking.frameLocator('iframe').locator('.picture > *').first().screenshot();
  await looking.close();
  return bowl;
}

/** The faces of the drawings, as pictures. */
async function drawnFaces(): Promise<string[]> {
  const looking = await browser.newPage();
  await looking.goto(`file://${DRAWINGS}/02a-home.html`);
  const found = await looking
    .frameLocator('iframe')
    .locator('.faces svg')
    .evaluateAll((all) => all.map((one) => one.outerHTML));
  await looking.close();
  return found.map((one) => one.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"'));
}

/** What is ours of a picture: the page behind it is the shop's. */
function ours(play: string, { options, isAlone = false }: Way): Part {
  const { width = 0, height = 0 } = options.viewport ?? {};
  if (play === 'launcher' || play === 'unread' || play === 'invitation') {
    return [width - 360, height - 270, width, height];
  }
  if (isAlone || options.isMobile === true) {
    return [0, 0, width, height];
  }
  const left = options.locale === 'ar' ? 10 : width - 430;
  return [left, 30, left + 420, height];
}

describe.runIf(DRAWINGS !== '')('as drawn', () => {
  test.for(DRAWN)('%s', async ([drawing, play, { options, color = '#1f6f54', isClosed = false, isAlone = false }]) => {
    const zone = zoneAt(isClosed ? 20 : 14);
    await tidy(shop);
    await keepHours(shop, zone);
    await shop.desk.set('Livechat_title_color', color);
    await shop.desk.set('Livechat_offline_title_color', color);
    const stage = await come(browser, shop, { ...options, timezoneId: zone, deviceScaleFactor: 1 }, isAlone);
    const { guest } = stage;
    try {
      for (const [number, username] of FACES.entries()) {
        await guest.context.route(`**/avatar/${username}`, (route) =>
          route.fulfill({ contentType: 'image/svg+xml', body: faces[number] ?? '' }),
        );
      }
      await PLAYS[play]?.(stage);
      await guest.page.mouse.move(0, 0);
      if (!FOCUSED.has(play)) {
        const frame = isAlone ? guest.page.mainFrame() : guest.page.frames()[1];
        await frame?.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      }
      const picture = await guest.page.screenshot();
      await layBeside(browser, drawing, `${DRAWINGS}/${drawing}.png`, picture, ours(play, { options, isAlone }));
      expect(picture.length).toBeGreaterThan(0);
    } finally {
      await guest.context.close();
    }
  });
});
