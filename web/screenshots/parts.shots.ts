// Each group of the parts of the console, in light and in dark, with all states.
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openParts, serveParts } from '../parts/serve.ts';
import { launchBrowser } from '../tests/browser.ts';
import { ALL, WAYS } from './camera.ts';

test('all parts', async () => {
  const parts = await serveParts();
  const browser = await launchBrowser('whole');
  for (const [way, options] of WAYS) {
    const context = await browser.newContext(options);
    const page = await openParts(context, parts);
    const groups = await page.locator('main > section').all();
    expect(groups.length).toBeGreaterThan(0);
    for (const [place, group] of groups.entries()) {
      await group.screenshot({ path: join(ALL, `parts-${place + 1}-${way}.png`) });
    }
    await context.close();
  }
  await browser.close();
  await parts.stop();
}, 240_000);
