// Each state of the widget from right to left, as axe judges it.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { faults, inside } from './faults.ts';
import { perform, SCENES } from './scenes.ts';
import { openSite, page, type Site } from './site.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite(() => ({ html: page(desk.server.url) }));
});

afterAll(async () => {
  await site?.close();
});

test.for(SCENES.map((scene) => [scene.name, scene] as const))('%s', async ([, scene]) => {
  const theatre = { browser, desk, amy, site: site.url };
  await perform(theatre, scene, { locale: 'ar' }, async (guest) => {
    expect(await faults(guest)).toEqual([]);
    const frame = inside(guest);
    const [direction, text] =
      (await frame?.evaluate(() => [document.dir, document.body.innerText])) ?? [];
    expect(direction).toBe(frame === undefined ? undefined : 'rtl');
    expect(text ?? 'ا').toMatch(/\p{Script=Arabic}/u);
  });
});
