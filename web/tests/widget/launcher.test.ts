// The launcher in the page of a site: what it costs, how it is opened, whom it believes.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Texts } from '../../widget/texts/en.ts';
import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInside } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, oneLine, openSite, page, type Parts, type Site } from './site.ts';

declare global {
  interface Window {
    /** How much the page has moved, as the browser counts it. */
    shifts: number;
    /** How many want to hear the messages to the page. */
    listening: number;
  }
}

let site: Site;
/** What the pages of the site are like, by their path. */
const pages = new Map<string, Parts>();

beforeAll(async () => {
  site = await openSite((path) => ({ html: page(desk.server.url, pages.get(path)) }));
});

afterAll(async () => {
  await site?.close();
});

/** Makes a page of the site; answers its address. */
function made(path: string, parts: Parts): string {
  pages.set(`/${path}`, parts);
  return `${site.url}${path}`;
}

async function focused(vera: Guest): Promise<string> {
  return vera.page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.shadowRoot?.activeElement?.className ?? activeElement?.id ?? '';
  });
}

test('before anybody clicks there is a button, and nothing moves', async () => {
  const vera = await Guest.come(browser);
  await vera.page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        window.shifts += (entry as PerformanceEntry & { value: number }).value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await vera.see(site.url);
  await vera.page.waitForLoadState('networkidle');
  expect(vera.requests).toEqual(['GET /livechat/widget.js', 'GET /api/hark/v1/widget']);
  expect(await vera.page.locator('iframe').count()).toBe(0);
  expect(vera.sockets).toBe(0);
  expect(await vera.context.cookies()).toEqual([]);
  expect(await vera.page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  expect(await vera.page.evaluate(() => window.shifts)).toBe(0);
  expect(await vera.page.evaluate(() => document.querySelectorAll('style, [style]').length)).toBe(0);
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  await vera.leave();
});

test.for(['mouse', 'keyboard'])('who comes near by %s has the panel there before they press', async (way) => {
  const vera = await Guest.come(browser);
  await vera.see(site.url);
  if (way === 'mouse') {
    await vera.launcher.hover();
  } else {
    await vera.launcher.focus();
  }
  await vera.composer.waitFor({ state: 'attached' });
  expect(await vera.iframe.isVisible()).toBe(false);
  expect(vera.sockets).toBe(0);
  // Its page asks for the configuration, and its script has the answer.
  expect(vera.requests.filter((request) => request.endsWith('/config'))).toHaveLength(1);
  const asked = vera.requests.length;
  await vera.launcher.click();
  await whenOpen(vera);
  expect(vera.requests).toHaveLength(asked);
  await vera.leave();
});

async function whenOpen(vera: Guest): Promise<void> {
  await vera.opened();
  await expect.poll(() => focused(vera)).toBe('rocketchat-iframe');
  expect(await vera.iframe.getAttribute('title')).toBe('Chat with us');
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  const box = await vera.iframe.boundingBox();
  // In the place of the launcher, which is away meanwhile.
  expect(box).toEqual({ x: 1000 - 20 - 400, y: 20, width: 400, height: 660 });
  await expect.poll(() => vera.launcher.isVisible()).toBe(false);
}

async function whenClosed(vera: Guest): Promise<void> {
  await vera.closed();
  expect(await focused(vera)).toBe('launcher');
  expect(await accessibilityFaults(vera.page)).toEqual([]);
}

describe('it is opened, and put away again', () => {
  test('by mouse', async () => {
    const vera = await Guest.come(browser);
    await vera.see(site.url);
    await vera.launcher.click();
    await whenOpen(vera);
    expect(await faultsInside(await vera.frame())).toEqual([]);
    await vera.panel.getByRole('button', { name: 'Close chat' }).click();
    await whenClosed(vera);
    await vera.launcher.click();
    await whenOpen(vera);
    await vera.shut();
    await whenClosed(vera);
    // What is put away is in nobody's way.
    expect(
      await vera.page.evaluate(() => document.elementFromPoint(800, 300)?.closest('iframe') ?? null),
    ).toBeNull();
    await vera.leave();
  });

  test('by keyboard', async () => {
    const vera = await Guest.come(browser);
    await vera.see(site.url);
    await vera.page.locator('#last').focus();
    await vera.page.keyboard.press('Tab');
    expect(await focused(vera)).toBe('launcher');
    await vera.page.keyboard.press('Enter');
    await whenOpen(vera);
    await vera.composer.focus();
    await vera.page.keyboard.press('Escape');
    await whenClosed(vera);
    await vera.page.keyboard.press(' ');
    await whenOpen(vera);
    await vera.page.keyboard.press('Escape');
    await whenClosed(vera);
    await vera.leave();
  });

  test('by the site', async () => {
    const vera = await Guest.come(browser);
    await vera.see(site.url);
    await vera.call('maximizeWidget');
    await whenOpen(vera);
    await vera.call('minimizeWidget');
    await whenClosed(vera);
    await vera.call('maximizeWidget');
    await whenOpen(vera);
    // Whoever works elsewhere in the page is left there.
    await vera.page.locator('#last').focus();
    await vera.call('minimizeWidget');
    await vera.closed();
    expect(await focused(vera)).toBe('last');
    await vera.leave();
  });
});

test('what an agent says is counted, and the chat goes on on the next page', async () => {
  const vera = await Guest.come(browser);
  await vera.see(site.url);
  await vera.launcher.click();
  await vera.introduce('vera');
  await vera.say('Is anybody there?');
  const rid = (await desk.rooms()).find(({ open }) => open === true)?._id ?? '';
  await desk.take(amy, rid);
  await vera.panel.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  await vera.shut();

  await desk.say(amy, rid, 'Yes, me');
  const badge = vera.host.locator('.badge');
  await expect.poll(() => badge.getAttribute('data-count')).toBe('1');
  expect(await vera.launcher.getAttribute('aria-label')).toBe('Chat with us, 1 new message');
  expect(await vera.host.getByRole('status').textContent()).toBe('1 new message');
  await desk.say(amy, rid, 'How can I help?');
  await expect.poll(() => vera.host.getByRole('status').textContent()).toBe('2 new messages');
  // What was said last is read beside the button, with nothing to answer in but the chat.
  const card = vera.host.locator('.invitation');
  await card.getByText('How can I help?').waitFor();
  await card.getByText('Amy Winter').waitFor();
  expect(await card.getByRole('button', { name: 'Write a reply' }).count()).toBe(0);
  expect(await accessibilityFaults(vera.page)).toEqual([]);

  // On the next page nobody has to click for that.
  await vera.page.goto(`${site.url}other`);
  await expect.poll(() => badge.getAttribute('data-count')).toBe('2');
  expect(await vera.iframe.isVisible()).toBe(false);
  expect(await card.isVisible()).toBe(false);
  await vera.launcher.click();
  await vera.panel.getByText('How can I help?').waitFor();
  await vera.panel.locator('.mark + .row', { hasText: 'Yes, me' }).waitFor();
  const frame = await vera.frame();
  const inFrame = () => frame.evaluate(() => document.hasFocus() && document.activeElement?.tagName);
  await expect.poll(inFrame).toBe('TEXTAREA');
  await badge.waitFor({ state: 'hidden' });
  expect(await vera.launcher.getAttribute('aria-label')).toBe('Chat with us');
  // And what is open stays open, and leaves him where he is.
  await vera.page.goto(site.url);
  await vera.opened();
  await vera.composer.waitFor();
  expect(await focused(vera)).toBe('');
  await desk.close(amy, rid);
  await vera.panel.getByRole('heading', { name: /^How was your chat/ }).waitFor();
  await vera.leave();
});

test('a site moves it and chooses what is above it, and cannot break the panel by accident', async () => {
  const head = `<style>
    .rocketchat-widget { z-index: 7; bottom: 90px; right: 40px }
    iframe { display: none !important; position: static; max-width: 100%; height: auto; width: 10px }
    button { all: unset !important }
  </style>`;
  const vera = await Guest.come(browser);
  await vera.see(made('rules', { head }));
  expect(await vera.host.evaluate((host) => getComputedStyle(host).zIndex)).toBe('7');
  const box = await vera.launcher.boundingBox();
  expect(box).toEqual({ x: 1000 - 40 - 56, y: 700 - 90 - 56, width: 56, height: 56 });
  await vera.launcher.click();
  await vera.opened();
  const panel = await vera.iframe.boundingBox();
  expect(panel).toEqual({ x: 1000 - 40 - 400, y: 20, width: 400, height: 590 });
  await vera.leave();
});

/** Whether the launcher and the panel are at the left, and the panel whole. */
async function side(url: string): Promise<boolean[]> {
  const vera = await Guest.come(browser);
  await vera.see(url);
  await vera.launcher.click();
  await vera.opened();
  const button = await vera.launcher.boundingBox();
  const panel = await vera.iframe.boundingBox();
  await vera.leave();
  return [(button?.x ?? 0) < 500, (panel?.x ?? 0) < 500, (panel?.x ?? 0) >= 20];
}

test('it stands at the end of the line, whichever side that is', async () => {
  const left = made('left', {
    script: `${oneLine(desk.server.url)}<script>
      window.Hark = function (call) { (Hark._ = Hark._ || []).push(call); };
      Hark(function () { this.setTheme({ position: 'left' }); });
    </script>`,
  });
  expect(await side(site.url)).toEqual([false, false, true]);
  expect(await side(left)).toEqual([true, true, true]);
  expect(await side(made('rtl', { root: 'lang="ar" dir="rtl"' }))).toEqual([true, true, true]);
});

test.for([
  ['#ffffff', '#000'],
  ['#000000', '#fff'],
  ['gold', '#000'],
  ['#1f6391', '#fff'],
  ['rgb(117 117 117)', '#fff'],
  ['rgb(118 118 118)', '#000'],
  ['hsl(60 100% 50%)', '#000'],
])('on %s the icon is %s', async ([color = '', ink]) => {
  const vera = await Guest.come(browser);
  await vera.see(site.url);
  await vera.call('setTheme', { color });
  expect(
    await vera.launcher.evaluate((button) => getComputedStyle(button).getPropertyValue('--ink')),
  ).toBe(ink);
  await vera.leave();
});

test('nobody but the panel and its server is listened to', async () => {
  const vera = await Guest.come(browser);
  await vera.see(site.url);
  // From the page itself, and from a frame of somebody else in it.
  await vera.page.evaluate(
    () =>
      new Promise<void>((done) => {
        const state = { unread: 5, said: 'forged', running: true };
        const said = ['state', 'invite'].map((fn) => ({ src: 'rocketchat', fn, args: [state] }));
        let left = said.length * 2;
        addEventListener('message', () => {
          left -= 1;
          if (left === 0) {
            done();
          }
        });
        const calls = said.map((call) => `parent.postMessage(${JSON.stringify(call)}, '*')`);
        const frame = document.createElement('iframe');
        frame.srcdoc = `<script>${calls.join(';')}</script>`;
        document.body.append(frame);
        for (const call of said) {
          postMessage(call, '*');
        }
      }),
  );
  expect(await vera.iframe.count()).toBe(0);
  // With the panel there it is the same.
  await vera.call('setGuestMetadata', { plan: 'gold' });
  await vera.iframe.waitFor({ state: 'attached' });
  await vera.panel.locator('main:not(.screen-loading)').waitFor({ state: 'attached' });
  await vera.page.evaluate(
    () =>
      new Promise((done) => {
        addEventListener('message', done, { once: true });
        postMessage({ src: 'rocketchat', fn: 'invite', args: [{ text: 'forged' }] }, '*');
      }),
  );
  expect(await vera.host.locator('.invitation').isVisible()).toBe(false);
  expect(await vera.launcher.getAttribute('aria-label')).toBe('Chat with us');
  await vera.leave();
});

test.for([
  ['the browser', 'de-AT', '', undefined, 'de'],
  ['the browser, where we do not speak the language', 'br-FR', '', undefined, 'en'],
  ['the operator', 'de-AT', 'fr', undefined, 'fr'],
  ['the site', 'de-AT', 'fr', 'ar', 'ar'],
] as const)('the language is that of %s', async ([, locale, setting, wished, spoken]) => {
  const { default: texts } = (await import(`../../widget/texts/${spoken}.ts`)) as { default: Texts };
  await desk.set('Language', setting);
  try {
    const vera = await Guest.come(browser, { locale });
    await vera.see(site.url);
    if (wished !== undefined) {
      await vera.call('setLanguage', wished);
    }
    await expect.poll(() => vera.launcher.getAttribute('aria-label')).toBe(texts.launcher);
    expect(await vera.host.getAttribute('lang')).toBe(spoken);
    // The panel speaks the same.
    await vera.launcher.click();
    await vera.opened();
    await vera.panel.getByRole('button', { name: texts.minimize }).waitFor();
    expect(await vera.iframe.getAttribute('title')).toBe(texts.launcher);
    await vera.leave();
  } finally {
    await desk.set('Language', '');
  }
});

test('what the page says to itself is listened to once, however often the panel did not come', async () => {
  const vera = await Guest.come(browser);
  await vera.page.addInitScript(() => {
    window.listening = 0;
    for (const [method, step] of [
      ['addEventListener', 1],
      ['removeEventListener', -1],
    ] as const) {
      window[method] = new Proxy(window[method], {
        apply(own, self, args) {
          window.listening += args[0] === 'message' ? step : 0;
          return Reflect.apply(own, self, args) as undefined;
        },
      });
    }
  });
  await vera.see(site.url);
  const listening = () => vera.page.evaluate(() => window.listening);
  await vera.page.route('**/livechat/assets/frame-*', (route) => route.abort());
  const failed = () => vera.complaints.filter((text) => text.startsWith('uncaught')).length;
  for (const tries of [1, 2, 3]) {
    await vera.call('maximizeWidget');
    await expect.poll(failed).toBe(tries);
    expect(await listening()).toBe(0);
  }
  await vera.page.unroute('**/livechat/assets/frame-*');
  await vera.page.goto(`${site.url}other`);
  await vera.call('maximizeWidget');
  await vera.opened();
  expect(await listening()).toBe(1);
  await vera.context.close();
});

test('loaded twice it is there once', async () => {
  const both = `${oneLine(desk.server.url)}${oneLine(desk.server.url)}`;
  const vera = await Guest.come(browser);
  await vera.see(made('twice', { script: both }));
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.host.count()).toBe(1);
  expect(vera.requests.filter((request) => request.includes('/api/'))).toHaveLength(1);
  await vera.leave();
});

/** What the console of the site's page has said. */
const said: string[] = [];

/** How many launchers the site's page shows when everything has come. */
async function drawn(): Promise<number> {
  const vera = await Guest.come(browser);
  vera.page.on('console', (message) => said.push(message.text()));
  const answered = vera.page.waitForResponse((answer) => answer.url().includes('/api/hark/v1/widget?'));
  await vera.page.goto(site.url);
  await (await answered).finished();
  await vera.page.waitForLoadState('networkidle');
  const launchers = await vera.host.count();
  await vera.leave();
  return launchers;
}

test('where it is switched off, and on sites that are not listed, nothing is drawn, and the console says why', async () => {
  try {
    await desk.set('Livechat_AllowedDomainsList', 'shop.example');
    expect(await drawn()).toBe(0);
    await desk.set('Livechat_AllowedDomainsList', `shop.example, ${new URL(site.url).host}`);
    expect(await drawn()).toBe(1);
    await desk.set('Livechat_enabled', false);
    expect(await drawn()).toBe(0);
    expect(said).toEqual([
      'Hark shows no chat: Livechat_AllowedDomainsList does not have this site',
      'Hark shows no chat: Livechat_enabled is off',
    ]);
  } finally {
    await desk.set('Livechat_AllowedDomainsList', '');
    await desk.set('Livechat_enabled', true);
  }
});
