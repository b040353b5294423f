// Takes a picture of a page for target/screenshots, for docs/ if that shows it, and beside its drawing if there is one.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BrowserContextOptions, Page } from 'playwright-core';

import { layBeside } from './beside.ts';
import { inFewColours } from './palette.ts';
import { zoneAt } from './zone.ts';

export const ALL = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
const SHOWN = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** A folder of drawings, if somebody has one. */
const DRAWINGS = process.env['HARK_DRAWINGS'] ?? '';

const WIDE = { width: 1440, height: 900 };
/** It was drawn half past two in the afternoon. */
const timezoneId = zoneAt(14);
const reducedMotion = 'reduce';

export type Way = 'light' | 'dark' | 'phone' | 'arabic';

export const WAYS: readonly (readonly [Way, BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light', viewport: WIDE, deviceScaleFactor: 1, timezoneId, reducedMotion }],
  ['dark', { colorScheme: 'dark', viewport: WIDE, deviceScaleFactor: 1, timezoneId, reducedMotion }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1, timezoneId, reducedMotion }],
  ['arabic', { locale: 'ar', viewport: WIDE, deviceScaleFactor: 1, timezoneId, reducedMotion }],
];

interface Picture {
  /** How its drawing is called. */
  readonly drawn?: Readonly<Partial<Record<Way, string>>>;
  /** In which ways docs/ shows it. */
  readonly shown?: readonly Way[];
}

/** Of each page that was drawn or is shown in docs/: its drawing, and where it is shown. */
const PICTURES: Readonly<Record<string, Picture>> = {
  'inbox': { drawn: { light: '01-inbox-light', dark: '02-inbox-dark' }, shown: ['light', 'dark'] },
  'list': { drawn: { phone: '03a-phone-list' } },
  'chat': { drawn: { phone: '03b-phone-chat' }, shown: ['phone'] },
  'queue-empty': { drawn: { light: '04a-queue-empty' } },
  'first-steps': { drawn: { light: '04b-first-run-inbox' } },
  'close': { drawn: { light: '05a-close-dialog' } },
  'forward': { drawn: { light: '05b-forward-popover' } },
  'webhooks-endpoints': { drawn: { light: '06-webhooks-light', dark: '06-webhooks-dark' }, shown: ['light'] },
  'webhooks-crm': { drawn: { light: '07-crm-integration' }, shown: ['light'] },
  'endpoint': { drawn: { light: '08a-endpoint-deliveries' }, shown: ['light'] },
  'replay': { drawn: { light: '08b-replay-dialog' } },
  'monitor': { drawn: { light: '09-monitor-light', dark: '09-monitor-dark' }, shown: ['light'] },
  'reports-overview': { drawn: { light: '10-reports' }, shown: ['light'] },
  'admin-appearance': { drawn: { light: '11-appearance' }, shown: ['light'] },
  'setup-try': { drawn: { light: '12-first-run-try-it' }, shown: ['light'] },
  'admin-settings': { drawn: { light: '13-settings' }, shown: ['light'] },
  'palette': { drawn: { light: '14-command-palette' } },
  'log-in': { drawn: { light: '15-log-in' } },
  'admin-hours': { drawn: { light: '16a-business-hours' }, shown: ['light'] },
  'admin-permissions': { drawn: { light: '16b-permissions' }, shown: ['light'] },
  'endpoint-new': { drawn: { light: '18-endpoint-editor' }, shown: ['light'] },
  'admin-departments': { drawn: { light: '19-list-and-drawer' }, shown: ['light'] },
  'chats': { shown: ['light'] },
  'me': { shown: ['light'] },
};

export async function photograph(page: Page, name: string, way: Way): Promise<Buffer> {
  await mkdir(ALL, { recursive: true });
  // Nothing is pointed at.
  await page.mouse.move(0, 0);
  const picture = await page.screenshot({ path: join(ALL, `console-${name}-${way}.png`) });
  const { drawn = {}, shown = [] } = PICTURES[name] ?? {};
  const drawing = drawn[way];
  const browser = page.context().browser();
  if (shown.includes(way) && browser !== null) {
    await writeFile(join(SHOWN, `console-${name}-${way}.png`), await inFewColours(browser, picture));
  }
  const { width, height } = page.viewportSize() ?? WIDE;
  if (DRAWINGS !== '' && drawing !== undefined && browser !== null) {
    await layBeside(browser, `console-${name}-${way}`, join(DRAWINGS, `${drawing}.png`), picture, [0, 0, width, height]);
  }
  return picture;
}
