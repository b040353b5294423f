// What is wrong with how the widget looks, as axe judges it.

import type { Frame } from 'playwright-core';

import { faultsInside, RULES } from '../browser.ts';
import type { Guest } from './site.ts';

/** The document of the panel, if there is one: in its frame, or in a tab of its own. */
export const inside = (guest: Guest): Frame | undefined =>
  guest.page.frames().find((one) => one.url().endsWith('/livechat'));

/** What is wrong with how it looks now, in the page and in the panel. */
export async function faults(guest: Guest, rules = RULES): Promise<string[]> {
  const found: string[] = [];
  const frame = inside(guest);
  if (frame !== guest.page.mainFrame()) {
    found.push(...(await faultsInside(guest.page.mainFrame(), '.rocketchat-widget', rules)));
  }
  if (frame !== undefined) {
    found.push(...(await faultsInside(frame, ':root', rules)));
    const over = await frame.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (over > 0) {
      found.push(`wider than the panel by ${over}`);
    }
  }
  return found;
}
