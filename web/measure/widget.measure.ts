// What the widget costs a page and its reader, beside the same page without it.

import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { Desk } from '../tests/desk.ts';
import { openSite, page as html, type Site } from '../tests/widget/site.ts';
import { CABLE, kib, metrics, middle, ms, type Network, Report, SLOW_4G, slowDown } from './measuring.ts';
import { workOf } from './quiet-tab.ts';

const RUNS = 7;
/** A phone of the middle class, beside the machine that this runs on. */
const PHONE = 4;

interface Situation {
  /** So many times slower than this machine. */
  readonly processor: number;
  readonly network?: Network;
}

const SITUATIONS: readonly (readonly [string, Situation])[] = [
  ['this machine', { processor: 1 }],
  ['this machine, on cable', { processor: 1, network: CABLE }],
  ['a phone, in the house', { processor: PHONE }],
  ['a phone, on slow 4G', { processor: PHONE, network: SLOW_4G }],
];

let desk: Desk;
let browser: Browser;
let bare: Site;
let scripts: Site;
/** With a script that does nothing, in the place of the widget's: what a browser needs for any. */
let idle: Site;
let site: Site;

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchBrowser('whole');
  await desk.agent('amy', 'Amy Winter');
  await desk.set('Livechat_registration_form', false);
  bare = await openSite(() => ({ html: html(desk.server.url, { script: '' }) }));
  scripts = await openSite(() => ({ html: '0', headers: { 'Content-Type': 'text/javascript' } }));
  const script = `<script async src="${scripts.url}"></script>`;
  idle = await openSite(() => ({ html: html(desk.server.url, { script }) }));
  site = await openSite(() => ({ html: html(desk.server.url) }));
});

afterAll(async () => {
  report.print();
  await browser?.close();
  await bare?.close();
  await scripts?.close();
  await idle?.close();
  await site?.close();
  await desk?.stop();
});

interface Visit {
  readonly page: Page;
  readonly session: CDPSession;
  /** What came over the network, in bytes as sent. */
  readonly sent: () => number;
}

async function visit(
  url: string,
  { processor, network }: Situation,
  look: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await session.send('Network.enable');
  // Of the processor, not of the clock: others may use this machine as well.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('Emulation.setCPUThrottlingRate', { rate: processor });
  if (network !== undefined) {
    await slowDown(session, network);
  }
  // By one name with the server, so that its frame is in the same process and counted with the page.
  await page.goto(url.replace('localhost', '127.0.0.1'));
  await look({ page, session, sent: () => bytes });
  await context.close();
}

async function repeatedly(measure: () => Promise<readonly number[]>): Promise<number[]> {
  const runs: (readonly number[])[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    runs.push(await measure());
  }
  return (runs[0] ?? []).map((_, index) => middle(runs.map((run) => run[index] ?? 0)));
}

const report = new Report();
const inMs = (seconds = 0) => ms(seconds * 1000);
const inTenths = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`;

async function loaded(url: string): Promise<readonly number[]> {
  let found: readonly number[] = [];
  await visit(url, { processor: PHONE }, async ({ page, session, sent }) => {
    await page.waitForLoadState('networkidle');
    const { TaskDuration, JSHeapUsedSize } = await metrics(session);
    found = [sent(), TaskDuration ?? 0, JSHeapUsedSize ?? 0];
    // Not before: the driver looks for it with a script that is larger than all of ours.
    expect(await page.locator('.rocketchat-widget button').count()).toBe(url === site.url ? 1 : 0);
  });
  return found;
}

async function worked(url: string, slower: number): Promise<readonly number[]> {
  const { script, drawing } = await workOf(browser, url.replace('localhost', '127.0.0.1'), slower);
  return [script, drawing];
}

test('what a page with the widget costs', async () => {
  const pages = [bare, idle, site];
  const figures: number[][] = [];
  for (const { url } of pages) {
    const [sent, tasks, memory] = await repeatedly(() => loaded(url));
    const [script, drawing] = await repeatedly(() => worked(url, 1));
    const [slowScript, slowDrawing] = await repeatedly(() => worked(url, PHONE));
    figures.push([sent ?? 0, script ?? 0, drawing ?? 0, slowScript ?? 0, slowDrawing ?? 0, tasks ?? 0, memory ?? 0]);
  }
  report.say('page', 'without', 'empty script', 'with', 'the widget');
  const row = (what: string, index: number, shown: (value: number) => string) => {
    const [one = 0, empty = 0, other = 0] = figures.map((found) => found[index]);
    report.say(what, shown(one), shown(empty), shown(other), shown(other - empty));
  };
  row('over the network', 0, kib);
  row('script', 1, inTenths);
  row('style, layout, painting', 2, inTenths);
  row(`script, processor ${PHONE} times slower`, 3, inTenths);
  row(`style, layout, painting, ${PHONE} times slower`, 4, inTenths);
  row(`all tasks, ${PHONE} times slower`, 5, inMs);
  row('memory of scripts', 6, kib);
  expect(figures[2]?.[0]).toBeGreaterThan(figures[0]?.[0] ?? 0);
});

declare global {
  interface Window {
    /** What {@link tellOfMoments} tells: what happened, and when, on one clock for page and panel. */
    harkMoment: (moment: string) => void;
  }
}

/** Runs in each document before its own scripts: when the launcher was clicked, and when the composer was first
 * drawn. What a driver of browsers puts into the panel to look for the composer would cost more than the panel. */
function tellOfMoments(): void {
  const { timeOrigin } = performance;
  addEventListener(
    'click',
    ({ timeStamp }) => window.harkMoment(JSON.stringify(['clicked', timeOrigin + timeStamp])),
    { capture: true },
  );
  const watcher = new MutationObserver(() => {
    if (document.querySelector('.composer textarea') !== null) {
      watcher.disconnect();
      // It is laid out for the next frame, and on the screen after it.
      requestAnimationFrame(() => {
        setTimeout(() => window.harkMoment(JSON.stringify(['drawn', timeOrigin + performance.now()])));
      });
    }
  });
  watcher.observe(document, { childList: true, subtree: true });
}

/** How somebody comes to the button: what is fetched at the first sign of it is there at the click. */
const WAYS = [
  ['a click out of nothing', 0],
  ['after 200 ms on the button', 200],
] as const;

async function opened(situation: Situation, aheadMs: number): Promise<readonly number[]> {
  let found: readonly number[] = [];
  await visit(site.url, situation, async ({ page, session, sent }) => {
    const moments = new Map<string, number>();
    const isDrawn = new Promise<void>((done) => {
      session.on('Runtime.bindingCalled', ({ payload }) => {
        moments.set(...(JSON.parse(payload) as [what: string, at: number]));
        if (moments.size === 2) {
          done();
        }
      });
    });
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: 'harkMoment' });
    await page.addInitScript(tellOfMoments);
    await page.reload();
    const launcher = page.locator('.rocketchat-widget button.launcher');
    await launcher.waitFor();
    const box = await launcher.boundingBox();
    const [x, y] = [(box?.x ?? 0) + 28, (box?.y ?? 0) + 28];
    await page.waitForLoadState('networkidle');
    const before = await metrics(session);
    const sentBefore = sent();
    await page.mouse.move(x, y);
    await page.waitForTimeout(aheadMs);
    const atClick = await metrics(session);
    await page.mouse.click(x, y);
    await isDrawn;
    const after = await metrics(session);
    found = [
      Math.max(0, (moments.get('drawn') ?? 0) - (moments.get('clicked') ?? 0)) / 1000,
      (after['ScriptDuration'] ?? 0) - (before['ScriptDuration'] ?? 0),
      (after['ScriptDuration'] ?? 0) - (atClick['ScriptDuration'] ?? 0),
      sent() - sentBefore,
      (after['JSHeapUsedSize'] ?? 0) - (before['JSHeapUsedSize'] ?? 0),
    ];
  });
  return found;
}

test('from the click to a composer that can be used', async () => {
  for (const [way, aheadMs] of WAYS) {
    report.gap();
    report.say(way, 'to composer', 'script', 'after click', 'network', 'memory');
    for (const [name, situation] of SITUATIONS) {
      const figures = await repeatedly(() => opened(situation, aheadMs));
      const [time, script, late, bytes, memory] = figures;
      report.say(name, inMs(time), inMs(script), inMs(late), kib(bytes), kib(memory));
      expect(script).toBeGreaterThan(0);
    }
  }
});
