// What a site says of its visitor, in whatever order and shape it does.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site, snippet } from './site.ts';

let site: Site;
let calls = '';

beforeAll(async () => {
  site = await openSite(() => ({ html: page(desk.server.url, { script: snippet(desk.server.url, calls) }) }));
});

afterAll(async () => {
  await site?.close();
});

async function visit(said: string): Promise<Guest> {
  calls = `RocketChat(function () { ${said} });`;
  const guest = await Guest.come(browser);
  await guest.see(site.url);
  return guest;
}

/** What the server knows of a visitor. */
async function known(token: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${desk.server.url}api/v1/livechat/visitor/${token}`);
  const { visitor = {} } = (await answer.json()) as { visitor?: Record<string, unknown> };
  return visitor;
}

test('fields and names that follow registerGuest are not lost', async () => {
  await desk.field('plan', 'Plan');
  const vera = await visit(`
    this.registerGuest({ token: 'early-1', email: 'early1@example.org' });
    this.setCustomField('plan', 'gold');
    this.setGuestName('Vera');
  `);
  await expect.poll(async () => (await known('early-1'))['name']).toBe('Vera');
  expect((await known('early-1'))['livechatData']).toEqual({ plan: 'gold' });
  await vera.leave();
});

test('what the site knows is in the form, and what the visitor does not touch stays so', async () => {
  const sales = await desk.department('Sales', [amy]);
  const support = await desk.department('Support', [amy]);
  const vera = await visit(`
    this.setGuestName('Vera Visitor');
    this.setGuestEmail('early2@example.org');
    this.setDepartment('Support');
    this.setCustomField('plan', 42);
  `);
  await vera.launcher.click();
  await vera.opened();
  await vera.toForm();
  const field = (name: string) => vera.panel.locator(`[name="${name}"]`);
  await expect.poll(() => field('department').inputValue()).toBe(support);
  expect(await field('name').inputValue()).toBe('Vera Visitor');
  expect(await field('email').inputValue()).toBe('early2@example.org');
  expect(await field('field-plan').inputValue()).toBe('42');
  await vera.panel.locator('button.primary').click();
  await vera.panel.locator('.composer textarea').fill('Hello');
  await vera.panel.locator('.composer textarea').press('Enter');
  await vera.panel.locator('.own .state').waitFor();
  const room = await desk.chatWith('Vera Visitor');
  expect(room?.departmentId).toBe(support);
  expect(room?.departmentId).not.toBe(sales);
  await vera.leave();
});

test('odd values do not stand between a visitor and his chat', async () => {
  const vera = await visit(`
    this.setCustomField('plan', undefined);
    this.setCustomField('plan', { a: 1 });
    this.registerGuest({ token: null, name: 'Odd', email: 'odd@example.org' });
    this.setGuestToken('');
    this.setParentUrl('no address');
  `);
  await vera.launcher.click();
  await vera.opened();
  await vera.panel.locator('.composer textarea').fill('It works');
  await vera.panel.locator('.composer textarea').press('Enter');
  await vera.panel.locator('.own .state').waitFor();
  await vera.page.reload();
  await vera.opened();
  await vera.panel.locator('.bubble', { hasText: 'It works' }).waitFor();
  expect((await desk.chatWith('Odd'))?.v.token).toMatch(/^[0-9a-f]{64}$/);
  await vera.context.close();
});

test("the site's language counts more than the operator's", async () => {
  await desk.set('Language', 'fr');
  const vera = await visit(`this.setLanguage('de'); this.setBusinessUnit('x');`);
  await vera.launcher.click();
  await vera.opened();
  await vera.panel.locator('html[lang="de"]').waitFor();
  const answered = vera.page.waitForResponse(/livechat\/config/);
  await vera.call('clearBusinessUnit');
  await (await answered).finished();
  expect(await vera.panel.locator('html').getAttribute('lang')).toBe('de');
  await desk.set('Language', 'en');
  await vera.leave();
});

test('callbacks tell what happened, not what was so already', async () => {
  const vera = await visit(`
    window.told = [];
    this.onAssignAgent(() => told.push('agent'));
    this.onChatEnded(() => told.push('ended'));
    this.registerGuest({ name: 'Told', email: 'told@example.org' });
  `);
  const told = () => vera.page.evaluate(() => (window as unknown as { told: string[] }).told);
  await vera.launcher.click();
  await vera.opened();
  await vera.panel.locator('.composer textarea').fill('Hello');
  await vera.panel.locator('.composer textarea').press('Enter');
  await vera.panel.locator('.own .state').waitFor();
  const rid = (await desk.chatWith('Told'))?._id ?? '';
  await desk.take(amy, rid);
  await expect.poll(told).toEqual(['agent']);
  await vera.page.reload();
  await vera.opened();
  await vera.panel.locator('header .avatar img').waitFor();
  expect(await told()).toEqual([]);
  await desk.close(amy, rid);
  await expect.poll(told).toEqual(['ended']);
  await vera.page.reload();
  await vera.opened();
  await vera.panel.locator('.ended').waitFor();
  expect(await told()).toEqual([]);
  await vera.leave();
});

test('the panel can be put away before it knows anything', async () => {
  const vera = await visit('');
  await vera.page.route('**/livechat/config**', (route) => route.abort());
  await vera.launcher.click();
  await vera.panel.locator('main.screen-loading').waitFor();
  await vera.shut();
  await vera.page.unroute('**/livechat/config**');
  await vera.launcher.click();
  await vera.opened();
  expect(await vera.launcher.getAttribute('aria-expanded')).toBe('true');
  await vera.context.close();
});

test('whoever opens the panel again learns that somebody has come', async () => {
  await desk.available(amy, false);
  const vera = await visit('');
  await vera.page.clock.install();
  await vera.page.reload();
  await vera.launcher.click();
  await vera.opened();
  await vera.panel.locator('.screen-offline').waitFor();
  await desk.available(amy, true);
  await vera.shut();
  await vera.page.clock.fastForward(20_000);
  await vera.launcher.click();
  await vera.panel.locator('.screen-register').waitFor();
  expect(await vera.panel.locator('.screen-offline').count()).toBe(0);
  await vera.leave();
});
