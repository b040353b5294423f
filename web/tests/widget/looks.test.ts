// Each state of the widget, as axe judges it, in each way in which it can look.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { COLOURS, RULES } from '../browser.ts';
import { browser, desk } from '../fixture.ts';
import { faults } from './faults.ts';
import { perform, SCENES, type Scene } from './scenes.ts';
import { type Guest, openSite, page, type Site } from './site.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite(() => ({ html: page(desk.server.url) }));
});

afterAll(async () => {
  await site?.close();
});

const seen = (
  scene: Scene,
  options: BrowserContextOptions,
  look: (guest: Guest) => Promise<void>,
): Promise<void> => perform({ browser, desk, amy, site: site.url }, scene, options, look);

const NAMED = SCENES.map((scene) => [scene.name, scene] as const);
interface Way {
  /** Which can find something else than before: in other colours those about colours. */
  readonly rules: typeof RULES;
  readonly media?: Parameters<Page['emulateMedia']>[0];
  readonly size?: { readonly width: number; readonly height: number };
}

/** One after the other, each on top of those before it. */
const WAYS: readonly (readonly [string, Way])[] = [
  ['light', { rules: RULES }],
  ['dark', { rules: COLOURS, media: { colorScheme: 'dark' } }],
  ['phone', { rules: RULES, size: { width: 360, height: 640 } }],
  // What is left of 1,280 by 1,024 points.
  ['enlarged', { rules: RULES, size: { width: 320, height: 256 } }],
  ['forced colours', { rules: COLOURS, media: { forcedColors: 'active' }, size: { width: 1000, height: 700 } }],
];

test.for(NAMED)('%s, in light, in dark, on a phone, enlarged four times, in forced colours', async ([, scene]) => {
  await seen(scene, { colorScheme: 'light' }, async (guest) => {
    for (const [name, { rules, media, size }] of WAYS) {
      if (media !== undefined) {
        await guest.page.emulateMedia(media);
      }
      if (size !== undefined) {
        await guest.page.setViewportSize(size);
      }
      expect([name, ...(await faults(guest, rules))]).toEqual([name]);
    }
  });
});

// The first is no colour: with that the widget keeps its own, which it still has at that moment.
const ON = ['no colour', '#ffff00', '#888888', 'rgb(118 118 118)', 'white', 'black', 'hotpink'];

test('what is written on any colour, and in it, can be read', async () => {
  const chat = SCENES.find(({ name }) => name === 'ended');
  expect(chat).toBeDefined();
  await seen(chat as Scene, {}, async (guest) => {
    for (const color of ON) {
      await guest.call('setTheme', {
        color,
        fontColor: color,
        guestBubbleBackgroundColor: color,
        agentBubbleBackgroundColor: color,
        background: color,
      });
      for (const colorScheme of ['light', 'dark'] as const) {
        await guest.page.emulateMedia({ colorScheme });
        expect([color, colorScheme, ...(await faults(guest, COLOURS))]).toEqual([color, colorScheme]);
      }
    }
  });
});
