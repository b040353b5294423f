// Each page of the table of all pages, for those who see little, see it enlarged or in colours of their own, or have keys alone.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { isBelow, SECTIONS } from '../../console/frame/places.ts';
import { amy } from '../agent.ts';
import { accessibilityFaults, colourFaults } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { hiddenFromKeys, outOfFrame, unmarked, unnamed } from './reach.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };
/** A page of 1280 px at 400 %. */
const ENLARGED = { width: 320, height: 512 };
const WIDE = { width: 1440, height: 900 };

const WEEK = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** For a page of which there are many, one of them. */
const ONE_OF: Readonly<Record<string, () => Promise<string>>> = {
  '/webhooks/endpoints/*': async () => '/webhooks/endpoints/workspace',
  '/reports/saved/*': async () => {
    const { items } = await desk.admin.ask<{ items: { id: string }[] }>('../hark/v1/views');
    return `/reports/saved/${items[0]?.id ?? ''}`;
  },
};

const PAGES = ['/inbox', '/me', ...SECTIONS.flatMap(({ places }) => places.map(({ path }) => path))];

/** In Arabic beside those: the first steps, and what those see who are not logged in. */
const STEPS = ['/setup/you', '/setup/site', '/setup/department', '/setup/snippet', '/setup/try'];
const DOORS = ['/login', '/login/forgotten', '/login/new-password'];

let open: Guest;
let console: Console;
let arabic: Console;

beforeAll(async () => {
  const support = await desk.department('Support and everything else that is about parcels', [amy]);
  const noor = await Guest.come(desk, 'Noor Jansen', 'One of the bowls arrived with a crack.', { department: support, email: 'noor.jansen@example.org' });
  await desk.take(amy, noor.rid);
  await desk.say(amy, noor.rid, 'A new one is on its way.');
  await amy.caller.tell('livechat/room.closeByUser', { rid: noor.rid, comment: 'done', tags: ['breakage'] });
  open = await Guest.come(desk, 'ليلى منصور', 'كم يستغرق التوصيل؟', { department: support });
  // As many as are chosen from in a list, on the monitor.
  for (const name of ['Sales', 'Returns', 'Repairs', 'Wholesale', 'Workshop']) {
    await desk.department(name, [amy]);
  }
  const workHours = WEEK.map((day) => ({ day, open: true, start: '17:00', finish: '22:00' }));
  await desk.method('livechat:saveBusinessHour', { type: 'custom', name: 'Evenings', active: true, timezoneName: 'Europe/Berlin', departmentsToApplyBusinessHour: support, workHours });
  await desk.field('order', 'Order');
  await desk.endpoint({ name: 'Order desk', url: 'http://10.20.0.14:8080/a/path/that/is/longer/than/a/narrow/page', events: ['chat.*', 'message.*'] });
  await desk.admin.make('views', { name: 'Monday round', report: { kind: 'overview', days: 28 } });
  console = await Console.logIn(browser, `${desk.url}/inbox`, ADMIN, { viewport: WIDE, reducedMotion: 'reduce' });
  arabic = await Console.logIn(browser, `${desk.url}/inbox`, ADMIN, { locale: 'ar', viewport: ENLARGED });
});

afterAll(async () => {
  await console?.leave();
  await arabic?.leave();
});

const addressOf = async (path: string): Promise<string> => (isBelow({ path }) ? ((await ONE_OF[path]?.()) ?? '') : path);

test.for(PAGES)('%s', async (path) => {
  const address = await addressOf(path);
  expect(address).not.toBe('');
  const { page } = console;
  // As by a link here, and by its address in Arabic.
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
    // Until then the page of before is on the screen.
    return new Promise(requestAnimationFrame);
  }, address);
  await console.settled();
  const found: Record<string, readonly string[]> = {};
  const seen = async (how: Parameters<typeof page.emulateMedia>[0]): Promise<void> => await page.emulateMedia({ colorScheme: 'light', contrast: null, forcedColors: null, ...how });
  await seen({ colorScheme: 'dark' });
  found['dark'] = await colourFaults(page);
  await seen({ contrast: 'more' });
  found['more contrast'] = await colourFaults(page);
  await seen({ forcedColors: 'active' });
  found['forced colours'] = await unmarked(page);
  await seen({});
  found['light'] = await accessibilityFaults(page);
  found['without a name'] = await unnamed(page);
  found['without a pointer'] = await hiddenFromKeys(page);
  await page.setViewportSize(ENLARGED);
  await console.settled();
  found['at 400 %'] = [...(await outOfFrame(page)), ...(await unnamed(page))];
  await page.setViewportSize(WIDE);
  await arabic.page.goto(`${desk.url}${address}`);
  await arabic.settled();
  found['at 400 %, in Arabic'] = await outOfFrame(arabic.page);
  expect(Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))).toEqual({});
});

test('the doors, the first steps and an open chat, at 400 % in Arabic', async () => {
  const stranger = await Console.open(browser, `${desk.url}/login`, { locale: 'ar', viewport: ENLARGED });
  const found: Record<string, readonly string[]> = {};
  const look = async ({ page }: Console, paths: readonly string[], part: string): Promise<void> => {
    for (const path of paths) {
      await page.goto(`${desk.url}${path}`);
      await page.locator(part).first().waitFor();
      found[path] = await outOfFrame(page);
    }
  };
  await look(stranger, DOORS, 'h1');
  await look(arabic, STEPS, '.setup h1');
  await look(arabic, [`/inbox/${open.rid}`], '.bubble');
  await stranger.leave();
  expect(Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))).toEqual({});
});
