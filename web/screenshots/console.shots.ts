// The console at work in the shop of `hark demo`: each page of the table of all pages, the inbox with its dialogs, and
// what one sees before and beside them, in each way in which it can look.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { isBelow, SECTIONS } from '../console/frame/places.ts';
import { launchBrowser } from '../tests/browser.ts';
import { Console } from '../tests/console/console.ts';
import { writeAs } from '../tests/console/unfinished.ts';
import type { Agent } from '../tests/desk.ts';
import { photograph, type Way, WAYS } from './camera.ts';
import { openShop, type Shop } from './shop.ts';
import { STOPS } from './stops.ts';

let browser: Browser;
let shop: Shop;

/** All that happens in the shop before takes longer than a picture. */
const DAY_MS = 180_000;

beforeAll(async () => {
  browser = await launchBrowser('whole');
  shop = await openShop(browser);
}, DAY_MS);

afterAll(async () => {
  await browser?.close();
  await shop?.desk.stop();
});

type Who = Pick<Agent, 'username' | 'password'>;

const at = (path: string): string => `${shop.desk.url}${path}`;

/** By the parts of the page, whose words are in another language each time. */
async function logIn(who: Who, options: BrowserContextOptions, path = '/inbox'): Promise<Console> {
  const console = await Console.open(browser, at(path), options);
  await console.page.locator('#login').fill(who.username);
  await console.page.locator('#password').fill(who.password);
  await console.page.locator('#password').press('Enter');
  await console.listening();
  return console;
}

/** A list alone, and then with one of its rows. */
async function openFirst(console: Console, name: string, way: Way): Promise<void> {
  const row = console.page.locator('.list-page tbody a').first();
  if (await row.isVisible()) {
    await row.click();
    await console.page.locator('.drawer').waitFor();
    await photograph(console.page, name, way);
  }
}

const PAGES = SECTIONS.flatMap(({ places }) => places.filter((place) => !isBelow(place))).map(({ path }) => path);

describe.for(WAYS)('%s', ([way, options]) => {
  test('the log-in, and a forgotten password', async () => {
    const before = await Console.open(browser, at('/'), options);
    const { page } = before;
    await page.locator('#login').fill('priya');
    await page.locator('#password').fill('not hers');
    await page.locator('#password').press('Enter');
    await page.locator('.door [role=alert], [role=alert]').first().waitFor();
    expect((await photograph(page, 'log-in', way)).length).toBeGreaterThan(0);
    await page.goto(at('/login/forgotten'));
    await page.locator('#login').waitFor();
    await photograph(page, 'forgotten', way);
    await before.context.close();
  });

  test('the inbox, a chat and its dialogs', async () => {
    const { tomas, priya, kofi } = shop.agents;
    const other = await logIn(tomas, {}, `/inbox/${shop.noor.rid}`);
    const console = await logIn(priya, options);
    const { page } = console;
    await console.row('Noor Jansen').waitFor();
    expect((await photograph(page, 'list', way)).length).toBeGreaterThan(0);
    await console.row('Noor Jansen').click();
    await console.bubble('Do I have to send').waitFor();
    // What was heard of it comes a little later.
    await page.locator('.heard-mark').first().waitFor();
    await writeAs(shop.desk, other.page, shop.noor, 'And how long does it');
    await other.composer.pressSequentially('No');
    await page.locator('.unfinished').waitFor();
    await page.locator('.composer textarea').fill('/re');
    await page.locator('.offers .option').first().waitFor();
    await photograph(page, 'inbox', way);
    await page.locator('.composer textarea').fill('No need, Noor. A new bowl leaves our workshop this afternoon');
    await photograph(page, 'chat', way);
    await page.locator('.composer textarea').fill('');
    await page.locator('.close-chat').click();
    await page.locator('dialog textarea').fill('Cracked bowl replaced, nothing comes back');
    await photograph(page, 'close', way);
    await page.keyboard.press('Escape');
    if (way === 'phone') {
      await page.locator('.more-acts').click();
      await page.locator('.choices .option').first().click();
    } else {
      await page.locator('.forward-place button, .talk-head [aria-expanded]:not(.viewers)').first().click();
    }
    await page.locator('.forward').waitFor();
    await page.locator('.forward .option', { hasText: 'Billing' }).first().click();
    await page.locator('#forward-comment').fill('Please write the invoice anew, without the cracked bowl.');
    await photograph(page, 'forward', way);
    await page.keyboard.press('Escape');
    await page.locator('.more-acts').click();
    await page.locator('.choices').waitFor();
    await photograph(page, 'more', way);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.locator('.palette input').fill('re');
    await photograph(page, 'palette', way);
    await page.keyboard.press('Escape');
    await page.goto(at('/me'));
    await page.locator('#tokens').waitFor();
    await photograph(page, 'me', way);
    await page.goto(at('/setup'));
    await page.getByText('Mara Lindqvist').waitFor();
    await photograph(page, 'not-allowed', way);
    await console.leave();
    await other.context.close();
    const idle = await logIn(kofi, options, '/inbox?view=queue');
    await idle.page.locator('.nothing h2, .list').first().waitFor();
    await photograph(idle.page, 'queue-empty', way);
    await idle.leave();
  });

  describe('with a menu', () => {
    let console: Console;

    beforeAll(async () => {
      console = await logIn(shop.mara, options);
      // What was filled in for a picture is left.
      console.page.on('dialog', (dialog) => void dialog.accept());
    });

    afterAll(() => console?.leave());

    test.for(PAGES)('%s', async (path) => {
      await console.page.goto(at(path));
      await console.settled();
      const name = path.slice(1).replaceAll('/', '-');
      const stop = STOPS[path];
      const picture = await photograph(console.page, stop === undefined ? name : `${name}-first`, way);
      expect(picture.length).toBeGreaterThan(0);
      if (stop === undefined) {
        await openFirst(console, `${name}-open`, way);
      } else {
        await stop(console.page, way);
        await photograph(console.page, name, way);
      }
    });

    test('an endpoint, what it was sent, and a new one', async () => {
      const { page } = console;
      await page.goto(at('/webhooks/endpoints'));
      await page.locator('.hooks tbody a', { hasText: 'Order desk' }).first().click();
      await page.locator('.sent a').first().click();
      await page.locator('.sent-one .panes .code').waitFor();
      expect((await photograph(page, 'endpoint', way)).length).toBeGreaterThan(0);
      await page.locator('.page-head a[href*="/replay"]').click();
      await page.locator('.replay-counted[aria-busy=false]').waitFor();
      await photograph(page, 'replay', way);
      const endpoint = /^.*\/endpoints\/[^/?]+/.exec(page.url())?.[0] ?? '';
      for (const [name, tab] of [['settings', ''], ['secrets', '/secrets'], ['changes', '/changes']] as const) {
        await page.goto(`${endpoint}${tab}`);
        await console.settled();
        await photograph(page, `endpoint-${name}`, way);
      }
      await page.goto(at('/webhooks/endpoints/new'));
      await page.locator('input[type=url]').fill(`${shop.desk.url}/health`);
      await page.locator('.looked .i').waitFor();
      await photograph(page, 'endpoint-new', way);
      await page.locator('input[type=url]').fill('');
    });
  });
});
