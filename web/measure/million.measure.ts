// How soon a page of the console has its first rows with a million chats, visitors and deliveries behind it. On PostgreSQL,
// where they can be written past the program; without one, this measures nothing.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { launchBrowser } from '../tests/browser.ts';
import { Console, Guest } from '../tests/console/console.ts';
import { Receiver } from '../tests/console/receiver.ts';
import { type Agent, Desk } from '../tests/desk.ts';
import { CABLE, middle, ms, Report, slowDown } from './measuring.ts';

const MILLION = 1_000_000;
/** Chats that were really had, of which the others are copies, over a year; deliveries are of two weeks. */
const REAL = 20;
const RUNS = 5;

/** Where there are rows, by the words of the rail or the address, and what one is. */
const PAGES: readonly (readonly [path: string, row: string])[] = [
  ['/chats', '.found-row, tbody tr'],
  ['/webhooks/deliveries', 'tbody tr'],
  ['/webhooks/endpoints', 'tbody tr'],
  ['/admin/contacts', 'tbody tr'],
  ['/monitor', '.monitor-figures dd'],
  ['/reports/overview', '.reports-figures dd'],
];

const report = new Report();

let desk: Desk;
let browser: Browser;
let amy: Agent;

const postgres = process.env['HARK_TEST_POSTGRES'] ?? '';

async function sql(text: string, database?: string): Promise<string> {
  const url = new URL(postgres);
  url.pathname = database === undefined ? url.pathname : `/${database}`;
  const { stdout } = await promisify(execFile)('psql', ['--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--dbname', url.href, '--command', text]);
  return stdout.trim();
}

/** Each row so many times, with some of its columns changed by the number of the copy, `g`. */
const copies = (table: string, times: number, columns: string, which = 'TRUE'): string =>
  `INSERT INTO ${table} SELECT copy.* FROM ${table} AS one, generate_series(1, ${times}) AS g,
    LATERAL jsonb_populate_record(one, jsonb_build_object(${columns})) AS copy WHERE ${which}`;

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchBrowser('whole');
  amy = await desk.agent('amy', 'Amy Winter');
  await desk.admin.tell('livechat/users/manager', { username: amy.username });
});

afterAll(async () => {
  report.print();
  await browser?.close();
  await desk?.stop();
});

test.skipIf(postgres === '')('first rows with a million behind them', { timeout: 1_800_000 }, async () => {
  const receiver = await Receiver.start();
  await desk.set('Livechat_contacts_enabled', true);
  await desk.endpoint({ name: 'CRM', url: receiver.url('/crm'), events: ['*'] });
  for (let number = 0; number < REAL; number += 1) {
    const guest = await Guest.come(desk, `Visitor ${number}`, 'One of the bowls arrived with a crack.');
    await desk.take(amy, guest.rid);
    await desk.say(amy, guest.rid, 'A new one is on its way.');
    await amy.caller.tell('livechat/room.closeByUser', { rid: guest.rid, comment: 'done', tags: ['breakage'] });
  }
  const [database] = (await sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hark_web_%'`)).split('\n');
  const here = (text: string): Promise<string> => sql(text, database);
  const each = MILLION / REAL;
  await here(copies('visitor', each, `'id', one.id || '-' || g, 'token', one.token || '-' || g, 'last_chat_id', one.last_chat_id || '-' || g`));
  await here(copies('room', each, `'id', one.id || '-' || g, 'visitor_id', one.visitor_id || '-' || g, 'created_at', one.created_at - g * 600000::bigint`, `one.kind = 'l'`));
  const contacts = Number(await here('SELECT count(*) FROM contact'));
  await here(copies('contact', MILLION / contacts, `'id', one.id || '-' || g, 'name', one.name || ' ' || g, 'name_key', one.name_key || ' ' || g`));
  const deliveries = Number(await here('SELECT count(*) FROM delivery'));
  await here(
    copies('delivery', Math.ceil(MILLION / deliveries), `'position', one.position + g * (SELECT max(position) FROM delivery), 'mark', one.mark || '-' || g, 'at', one.at - g * 120000::bigint`),
  );
  await here('ANALYZE');
  await desk.server.restart();
  const console = await Console.logIn(browser, `${desk.url}/inbox`, amy, { viewport: { width: 1440, height: 900 } });
  const { page } = console;
  const session = await page.context().newCDPSession(page);
  await slowDown(session, CABLE);
  report.say('a million behind it, on cable', 'by a click', 'by its address');
  for (const [path, row] of PAGES) {
    const clicked: number[] = [];
    const opened: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await page.goto(`${desk.url}/inbox`);
      await console.listening();
      clicked.push(
        await page.evaluate(
          async ([to, rows]) => {
            const start = performance.now();
            history.pushState(null, '', to);
            dispatchEvent(new PopStateEvent('popstate'));
            while (document.querySelector(rows) === null) {
              await new Promise(requestAnimationFrame);
            }
            return performance.now() - start;
          },
          [path, row] as const,
        ),
      );
      await page.goto(`${desk.url}${path}`, { waitUntil: 'commit' });
      await page.locator(row).first().waitFor();
      opened.push(await page.evaluate(() => performance.now()));
    }
    report.say(path, ms(middle(clicked)), ms(middle(opened)));
  }
  await console.leave();
  expect(Number(await here('SELECT count(*) FROM room'))).toBeGreaterThan(MILLION);
  receiver.stop();
});
