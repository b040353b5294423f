// Takes a picture of a page for target/screenshots, for docs/ if that shows it, and beside its drawing if there is one.
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BrowserContextOptions, Page } from 'playwright-core';

const ALL = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
const SHOWN = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** A folder of drawings, if somebody has one. */
const DRAWINGS = process.env['HARK_DRAWINGS'] ?? '';

const WIDE = { width: 1440, height: 900 };

export const WAYS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light', viewport: WIDE, deviceScaleFactor: 1 }],
  ['dark', { colorScheme: 'dark', viewport: WIDE, deviceScaleFactor: 1 }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1 }],
  ['arabic', { locale: 'ar', viewport: WIDE, deviceScaleFactor: 1 }],
];

/** What docs/ shows. */
const DOCUMENTED: ReadonlySet<string> = new Set([
  'inbox-light',
  'inbox-dark',
  'chat-phone',
  'setup-try-light',
  'crm-light',
  'chats-light',
  'me-light',
  'webhooks-light',
  'endpoint-new-light',
  'deliveries-light',
  'monitor-light',
  'reports-light',
]);

/** How the drawing of a page is called. */
const DRAWN: Readonly<Record<string, string>> = {
  'inbox-light': '01-inbox-light',
  'inbox-dark': '02-inbox-dark',
  'list-phone': '03a-phone-list',
  'chat-phone': '03b-phone-chat',
  'first-steps-light': '04b-first-run-inbox',
  'close-light': '05a-close-dialog',
  'forward-light': '05b-forward-popover',
  'webhooks-light': '06-webhooks-light',
  'webhooks-dark': '06-webhooks-dark',
  'crm-light': '07-crm-integration',
  'deliveries-light': '08a-endpoint-deliveries',
  'replay-light': '08b-replay-dialog',
  'monitor-light': '09-monitor-light',
  'monitor-dark': '09-monitor-dark',
  'reports-light': '10-reports',
  'setup-try-light': '12-first-run-try-it',
  'palette-light': '14-command-palette',
  'log-in-light': '15-log-in',
  'endpoint-new-light': '18-endpoint-editor',
};

export async function photograph(page: Page, name: string): Promise<Buffer> {
  await mkdir(join(ALL, 'beside'), { recursive: true });
  // Nothing is pointed at.
  await page.mouse.move(0, 0);
  const picture = await page.screenshot({ path: `${ALL}console-${name}.png` });
  if (DOCUMENTED.has(name)) {
    await page.screenshot({ path: `${SHOWN}console-${name}.png` });
  }
  const drawn = DRAWN[name];
  if (DRAWINGS !== '' && drawn !== undefined) {
    const drawing = join(DRAWINGS, `${drawn}.png`);
    await access(drawing);
    await layBeside(page, name, picture, await readFile(drawing));
  }
  return picture;
}

/** The drawing before what came of it. */
async function layBeside(page: Page, name: string, picture: Buffer, drawing: Buffer): Promise<void> {
  const browser = page.context().browser();
  const desk = await browser?.newPage({ viewport: { width: 2920, height: 940 } });
  const shown = [drawing, picture].map((one) => `<img src="data:image/png;base64,${one.toString('base64')}">`);
  await desk?.setContent(`<body style="display:flex;gap:40px;margin:0;background:#888;align-items:start">${shown.join('')}`);
  await desk?.screenshot({ path: join(ALL, 'beside', `console-${name}.png`), fullPage: true });
  await desk?.close();
}
