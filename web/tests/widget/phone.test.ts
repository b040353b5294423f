// On a phone the open panel is the whole screen.

import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { accessibilityFaults, faultsInside } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site } from './site.ts';

const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 640 },
  isMobile: true,
  hasTouch: true,
};

let site: Site;

beforeAll(async () => {
  await desk.agent('amy', 'Amy Winter');
  await desk.set('Livechat_registration_form', false);
  site = await openSite((path) => ({ html: page(desk.server.url, { title: `Page ${path}` }) }));
});

afterAll(async () => {
  await site?.close();
});

/** Somebody who has scrolled down a page that he came to from another, and opens the chat. */
async function opened(options: BrowserContextOptions = PHONE): Promise<Guest> {
  const vera = await Guest.come(browser, options);
  await vera.page.goto(`${site.url}before`);
  await vera.see(`${site.url}shop`);
  await vera.page.evaluate(() => scrollTo(0, 700));
  await vera.launcher.tap();
  await vera.opened();
  return vera;
}

const scrolled = (vera: Guest) => vera.page.evaluate(() => Math.round(scrollY));

describe.for([
  ['upright', PHONE],
  ['on its side', { ...PHONE, viewport: { width: 640, height: 360 } }],
] as const)('a phone %s', ([, options]) => {
  test('shows the panel and nothing else', async () => {
    const vera = await opened(options);
    const { width, height } = options.viewport ?? { width: 0, height: 0 };
    expect(await vera.iframe.boundingBox()).toEqual({ x: 0, y: 0, width, height });
    expect(await vera.launcher.isVisible()).toBe(false);
    const faults = await accessibilityFaults(vera.page);
    // What headings and landmarks lead past is out of reach for now.
    expect(faults.filter((fault) => !fault.startsWith('bypass:'))).toEqual([]);
    expect(await faultsInside(await vera.frame())).toEqual([]);
    // Nothing behind it can be reached, or moves.
    expect(await vera.page.evaluate(() => document.querySelector('main')?.inert)).toBe(true);
    const place = () => vera.page.locator('h1').evaluate((title) => title.getBoundingClientRect().y);
    const before = await place();
    await vera.page.evaluate(() => scrollBy(0, 300));
    expect(await place()).toBe(before);

    await vera.panel.getByRole('button', { name: 'Close chat' }).tap();
    await vera.closed();
    await expect.poll(() => scrolled(vera)).toBe(700);
    expect(await vera.page.evaluate(() => document.querySelector('main')?.inert)).toBe(false);
    // The page is as it was, and so is the way back from it.
    expect(
      await vera.page.evaluate(() => [
        document.adoptedStyleSheets.length,
        document.querySelectorAll('[style]').length,
      ]),
    ).toEqual([0, 0]);
    await expect.poll(() => vera.page.evaluate(() => history.state as unknown)).toBeNull();
    await vera.page.goBack();
    expect(vera.page.url()).toBe(`${site.url}before`);
    await vera.leave();
  });
});

test('going back puts the panel away, and not the page', async () => {
  const vera = await opened();
  await vera.page.goBack();
  await vera.closed();
  expect(vera.page.url()).toBe(`${site.url}shop`);
  await expect.poll(() => scrolled(vera)).toBe(700);
  // A second time too.
  await vera.launcher.tap();
  await vera.opened();
  await vera.page.goBack();
  await vera.closed();
  await vera.page.goBack();
  expect(vera.page.url()).toBe(`${site.url}before`);
  await vera.leave();
});

test('head and composer stay above the keyboard', async () => {
  const vera = await opened();
  // A keyboard leaves the page as large as it is and makes only what is seen of it smaller, which
  // a browser without one cannot do by itself.
  await vera.page.evaluate(() => {
    const seen = window.visualViewport;
    if (seen === null) {
      throw new Error('There is no visual viewport.');
    }
    Object.defineProperty(seen, 'height', { value: 340 });
    Object.defineProperty(seen, 'offsetTop', { value: 60 });
    seen.dispatchEvent(new Event('resize'));
  });
  expect(await vera.iframe.boundingBox()).toEqual({ x: 0, y: 60, width: 360, height: 340 });
  for (const part of [vera.panel.locator('header'), vera.composer]) {
    const box = await part.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(60);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(400);
  }
  await vera.leave();
});

test('a phone that is turned to be a tablet gives the page back', async () => {
  const vera = await opened();
  await vera.page.setViewportSize({ width: 900, height: 700 });
  await expect.poll(async () => (await vera.iframe.boundingBox())?.width).toBe(400);
  expect(await vera.page.evaluate(() => document.querySelector('main')?.inert)).toBe(false);
  await expect.poll(() => scrolled(vera)).toBe(700);
  await vera.page.setViewportSize({ width: 360, height: 640 });
  await expect.poll(async () => (await vera.iframe.boundingBox())?.width).toBe(360);
  expect(await vera.page.evaluate(() => document.querySelector('main')?.inert)).toBe(true);
  await vera.leave();
});

test('what was open is not open by itself on the next page', async () => {
  const vera = await opened();
  await vera.page.goto(`${site.url}next`);
  await vera.launcher.waitFor();
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.iframe.count()).toBe(0);
  await vera.leave();
});
