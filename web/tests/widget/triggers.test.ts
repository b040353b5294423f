// The widget speaks first: when, how often, and that it leaves alone whoever does not want to hear.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site } from './site.ts';

let site: Site;

beforeAll(async () => {
  await desk.set('Livechat_registration_form', false);
  for (const [name, value, msg, runOnce] of [
    ['page-url', '/pricing($|\\?)', 'Questions about <b>prices</b>?', true],
    ['page-url', '/always$', 'Each time', false],
    ['page-url', '(', 'Never', false],
    ['page-url', '/summer$', 'All cups are *half* the price :wave:', true],
    ['time-on-site', '3600', 'You have been here for an hour.', true],
  ] as const) {
    await desk.admin.tell('livechat/triggers', {
      name: `${name} ${value}`,
      description: '',
      enabled: true,
      runOnce,
      conditions: [{ name, value }],
      actions: [{ name: 'send-message', params: { sender: 'custom', name: 'Amy', msg } }],
    });
  }
  site = await openSite((path) => ({ html: page(desk.server.url, { title: `Page ${path}` }) }));
});

afterAll(async () => {
  await site?.close();
});

const invitation = (vera: Guest) => vera.host.locator('.invitation');

async function come(path: string): Promise<Guest> {
  const vera = await Guest.come(browser);
  await vera.see(`${site.url}${path}`);
  return vera;
}

test('an invitation is a text beside the launcher that can be dismissed for good', async () => {
  const vera = await come('pricing');
  await invitation(vera).waitFor();
  expect(await invitation(vera).innerText()).toContain('Questions about <b>prices</b>?');
  expect(await invitation(vera).innerText()).toContain('Amy');
  expect(await vera.host.getByRole('status').textContent()).toContain('<b>prices</b>');
  expect(await vera.launcher.getAttribute('aria-expanded')).toBe('false');
  expect(await accessibilityFaults(vera.page)).toEqual([]);
  // Only where it is seen does it lie above the page.
  const at = (x: number, y: number) =>
    vera.page.evaluate(([left, top]) => document.elementFromPoint(left, top)?.tagName, [x, y] as const);
  expect(await at(800, 300)).not.toBe('IFRAME');
  expect(await at(700, 670)).not.toBe('DIV');
  await invitation(vera).getByRole('button', { name: 'Dismiss' }).click();
  expect(await invitation(vera).isVisible()).toBe(false);

  // Neither here nor elsewhere again, and nothing is loaded for it.
  await vera.see(`${site.url}pricing`);
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.iframe.count()).toBe(0);
  await vera.leave();
});

test.for([/prices/, 'Write a reply'])('whoever takes it by %s is in the chat, where it is answered', async (button) => {
  const vera = await come('pricing');
  await invitation(vera).getByRole('button', { name: button }).click();
  await vera.opened();
  await expect.poll(() => vera.composer.evaluate((field) => field === document.activeElement)).toBe(true);
  await vera.panel.locator('.bubble', { hasText: 'Questions about' }).waitFor();
  expect(await invitation(vera).isVisible()).toBe(false);
  await vera.leave();
});

test('marks and names of emoji are read in it as in the chat', async () => {
  const vera = await come('summer');
  await invitation(vera).getByText('All cups are half the price 👋', { exact: true }).waitFor();
  expect(await vera.host.getByRole('status').textContent()).toBe('Amy All cups are half the price 👋');
  await vera.launcher.click();
  const bubble = vera.panel.locator('.bubble', { hasText: 'All cups are half the price 👋' });
  expect(await bubble.locator('strong').innerText()).toBe('half');
  await vera.leave();
});

test('a page of a single-page application counts as one', async () => {
  const vera = await come('other');
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.iframe.count()).toBe(0);
  await vera.page.evaluate(() => history.pushState(null, '', '/pricing?plan=gold'));
  await invitation(vera).waitFor();
  await vera.leave();
});

test('the time on a page counts from its beginning', async () => {
  const vera = await Guest.come(browser);
  await vera.page.clock.install();
  await vera.see(`${site.url}other`);
  await vera.page.waitForLoadState('networkidle');
  await vera.page.clock.fastForward('30:00');
  expect(await vera.iframe.count()).toBe(0);
  await vera.page.clock.fastForward('30:01');
  await invitation(vera).waitFor();
  expect(await invitation(vera).innerText()).toContain('You have been here for an hour.');
  await vera.leave();
});

test('what is not said once only is said on each page until it is dismissed', async () => {
  const vera = await come('always');
  await invitation(vera).waitFor();
  await vera.see(`${site.url}always`);
  await invitation(vera).getByRole('button', { name: 'Dismiss' }).click();
  await vera.see(`${site.url}always`);
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.iframe.count()).toBe(0);
  await vera.leave();
});

test('while nobody is there nothing is said or loaded, and it is said when somebody is', async () => {
  await desk.available(amy, false);
  const vera = await Guest.come(browser);
  // A browser asks again only after a while, unless somebody is in between.
  await vera.page.route('**/api/hark/v1/widget?*', (route) => route.continue());
  await vera.see(`${site.url}pricing`);
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.iframe.count()).toBe(0);
  await desk.available(amy, true);
  await vera.see(`${site.url}pricing`);
  await invitation(vera).waitFor();
  // Said once, it is not said again.
  await vera.see(`${site.url}pricing`);
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.iframe.count()).toBe(0);
  await vera.leave();
});

test('what was said once in an open panel is said', async () => {
  const vera = await come('other');
  await vera.launcher.click();
  await vera.opened();
  await vera.page.evaluate(() => history.pushState(null, '', '/pricing'));
  await vera.panel.locator('.bubble', { hasText: 'Questions about' }).waitFor();
  await vera.shut();
  await vera.see(`${site.url}pricing`);
  await vera.page.waitForLoadState('networkidle');
  expect(await vera.iframe.count()).toBe(0);
  await vera.leave();
});

test('on a phone it does not take the screen', async () => {
  const vera = await Guest.come(browser, {
    viewport: { width: 360, height: 640 },
    isMobile: true,
    hasTouch: true,
  });
  await vera.see(`${site.url}pricing`);
  await invitation(vera).waitFor();
  const box = await invitation(vera).boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
  expect(await vera.iframe.isVisible()).toBe(false);
  await vera.leave();
});

test('an agent sees which pages led to the chat, and where the visitor goes meanwhile', async () => {
  await desk.set('Livechat_Visitor_navigation_as_a_message', true);
  await desk.set('Send_visitor_navigation_history_livechat_webhook_request', true);
  const vera = await come('first');
  await vera.page.getByRole('link', { name: 'Another page' }).click();
  await vera.launcher.waitFor();
  await vera.page.evaluate(() => {
    history.pushState(null, '', '/third');
    document.title = 'The third';
  });
  await vera.launcher.click();
  await vera.say('Hello');
  await vera.listens();
  await vera.page.evaluate(() => history.pushState(null, '', '/fourth'));
  const token = await vera.token();
  const rid = (await desk.rooms()).find(({ v }) => v.token === token)?._id ?? '';
  await desk.take(amy, rid);
  const visited = async () => {
    const { pages } = await amy.caller.ask<{ pages: { navigation: { page: { location: { href: string } } } }[] }>(
      `livechat/visitors.pagesVisited/${rid}`,
    );
    return pages.map(({ navigation }) => new URL(navigation.page.location.href).pathname).toReversed();
  };
  await expect.poll(visited).toEqual(['/first', '/other', '/third', '/fourth']);
  // On the next page the chat runs, and nothing is told twice.
  await vera.see(`${site.url}fifth`);
  await expect.poll(visited).toEqual(['/first', '/other', '/third', '/fourth', '/fifth']);
  await vera.leave();
});

test('another program may say what is said, and the trigger itself when that says nothing', async () => {
  let answer = JSON.stringify({
    contents: [
      { msg: 'Shall I look it up?', order: 2 },
      { msg: 'We have <b>your</b> size', order: 1 },
    ],
  });
  const program = await openSite(() => ({
    html: answer,
    headers: { 'Content-Type': 'application/json' },
  }));
  await desk.set('Livechat_secret_token', 'between-us');
  await desk.admin.tell('livechat/triggers', {
    name: 'asks',
    description: '',
    enabled: true,
    runOnce: false,
    conditions: [{ name: 'page-url', value: '/asks$' }],
    actions: [
      {
        name: 'use-external-service',
        params: {
          sender: 'custom',
          name: 'Amy',
          serviceUrl: program.url,
          serviceTimeout: 5000,
          serviceFallbackMessage: 'Write to us',
        },
      },
    ],
  });
  const vera = await come('asks');
  await invitation(vera).waitFor();
  expect(await invitation(vera).innerText()).toContain('We have <b>your</b> size');
  await invitation(vera).getByRole('button', { name: /size/ }).click();
  await vera.opened();
  await vera.panel.locator('.bubble', { hasText: 'Shall I look it up?' }).waitFor();
  await vera.leave();

  answer = 'no answer';
  const other = await come('asks');
  await invitation(other).waitFor();
  expect(await invitation(other).innerText()).toContain('Write to us');
  // A browser notes a refusal by itself.
  expect(other.complaints.filter((text) => !text.includes('400'))).toEqual([]);
  await other.context.close();
  await program.close();
});

test('seconds that are no number never go by', async () => {
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.useFakeTimers();
  const { arm } = await import('../../widget/loader/triggers.ts');
  const gone: string[] = [];
  const those = ['soon', '-1', '2'].map((value) => ({ id: value, runOnce: true, conditions: [{ name: 'time-on-site' as const, value }], actions: [] }));
  arm(those, (id) => gone.push(id));
  vi.advanceTimersByTime(60_000);
  expect(gone).toEqual(['2']);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
