// What a site chooses with `setTheme` for its own pages.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site } from './site.ts';

let site: Site;

beforeAll(async () => {
  await desk.set('Livechat_registration_form', false);
  site = await openSite(() => ({ html: page(desk.server.url) }));
});

afterAll(async () => {
  await site?.close();
});

async function come(theme: Readonly<Record<string, unknown>>): Promise<Guest> {
  const vera = await Guest.come(browser, { colorScheme: 'light' });
  await vera.see(site.url);
  await vera.call('setTheme', theme);
  await vera.launcher.click();
  await vera.opened();
  return vera;
}

async function running(): Promise<string> {
  return (await desk.rooms()).find((one) => one.open === true)?._id ?? '';
}

/** A chat that amy serves, with a word of each. */
async function chat(vera: Guest): Promise<void> {
  await vera.say('Hello');
  await vera.panel.locator('.own .state').waitFor();
  const rid = await running();
  await desk.take(amy, rid);
  await vera.panel.getByRole('heading', { name: 'Amy Winter', level: 1 }).waitFor();
  await desk.say(amy, rid, 'Good day');
  await vera.panel.locator('.theirs .bubble', { hasText: 'Good day' }).waitFor();
}

async function end(vera: Guest): Promise<void> {
  await desk.close(amy, await running());
  await vera.leave();
}

test.for([false, true])('pictures of agents, and of visitors, are shown or not: %s', async (isOther) => {
  const vera = await come(isOther ? { hideAgentAvatar: true, hideGuestAvatar: false } : {});
  const shows = (place: string) => vera.panel.locator(`${place} img[src*="/avatar/"]`).count();
  await vera.panel.getByText('We’re online').waitFor();
  const wanted = isOther ? 0 : 1;
  expect(await shows('.there')).toBe(wanted);
  await chat(vera);
  expect(await shows('header')).toBe(wanted);
  expect(await shows('.notice')).toBe(wanted);
  expect(await shows('.theirs')).toBe(wanted);
  expect(await shows('.own')).toBe(isOther ? 1 : 0);
  await vera.panel.getByRole('button', { name: 'Back', exact: true }).click();
  await vera.panel.getByRole('button', { name: 'Good day' }).waitFor();
  expect(await shows('.running')).toBe(wanted);
  await end(vera);
});

test('the face of a visitor is at the end of the line, beside all that they say', async () => {
  const vera = await come({ hideGuestAvatar: false });
  await chat(vera);
  const boxOf = (part: string) => vera.panel.locator(`.own ${part}`).first().boundingBox();
  const [face, bubble] = await Promise.all([boxOf('.avatar'), boxOf('.bubble')]);
  expect((face?.x ?? 0) - (bubble?.x ?? 0) - (bubble?.width ?? 0)).toBe(10);
  expect(face?.y).toBe(bubble?.y);
  await vera.say('A second word');
  await vera.say('A third word, which follows it');
  const ends = () => vera.panel.locator('.own .bubble').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
  await expect.poll(ends).toHaveLength(3);
  expect(new Set(await ends()).size).toBe(1);
  await end(vera);
});

test('colours are where they are said to be, with an ink that is read on each', async () => {
  const vera = await come({
    color: '#204080',
    fontColor: '#ffe9a8',
    // Taken and not used.
    iconColor: '#204080',
    guestBubbleBackgroundColor: '#ffd0e0',
    agentBubbleBackgroundColor: '#301040',
    background: '#e0f0e8',
  });
  const of = (selector: string, property: 'color' | 'backgroundColor') =>
    vera.panel.locator(selector).first().evaluate((it, name) => getComputedStyle(it)[name], property);
  expect(await of('.band', 'backgroundColor')).toBe('rgb(32, 64, 128)');
  expect(await of('.band h1', 'color')).toBe('rgb(255, 233, 168)');
  const icon = vera.launcher.locator('svg');
  expect(await icon.evaluate((it) => getComputedStyle(it).color)).toBe('rgb(255, 255, 255)');
  await chat(vera);
  expect(await of('.own .bubble', 'backgroundColor')).toBe('rgb(255, 208, 224)');
  expect(await of('.own .bubble', 'color')).toBe('rgb(0, 0, 0)');
  expect(await of('.theirs .bubble', 'backgroundColor')).toBe('rgb(48, 16, 64)');
  expect(await of('.theirs .bubble', 'color')).toBe('rgb(255, 255, 255)');
  expect(await of('.talk', 'backgroundColor')).toBe('rgb(224, 240, 232)');
  expect(await of('.notice', 'color')).toBe('rgb(0, 0, 0)');
  await end(vera);
});

test('titles, one while somebody is there and one while nobody is', async () => {
  const vera = await come({ title: 'Kiln & Clay', offlineTitle: 'The kiln is cold' });
  const title = vera.panel.locator('header .who');
  expect(await title.innerText()).toBe('Kiln & Clay');
  await desk.available(amy, false);
  await vera.page.reload();
  await vera.call('setTheme', { title: 'Kiln & Clay', offlineTitle: 'The kiln is cold' });
  await vera.opened();
  await expect.poll(() => title.innerText()).toBe('The kiln is cold');
  await desk.available(amy, true);
  await vera.leave();
});
