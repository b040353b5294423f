// The page with all parts, for tests and pictures.
import { fileURLToPath } from 'node:url';

import type { BrowserContext, Page } from 'playwright-core';
import { build, preview } from 'vite';

const configFile = fileURLToPath(new URL('./vite.config.ts', import.meta.url));

export interface Parts {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function serveParts(): Promise<Parts> {
  await build({ configFile, logLevel: 'warn' });
  const server = await preview({ configFile, preview: { host: '127.0.0.1', port: 0 } });
  return { url: server.resolvedUrls?.local[0] ?? '', stop: async () => await server.close() };
}

/** Opened, with what stands in its frames. */
export async function openParts(context: BrowserContext, { url }: Parts): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  // Each frame is a page of its own, and there are many.
  const drawn = { state: 'attached', timeout: 60_000 } as const;
  await page.locator('html[data-drawn]').waitFor(drawn);
  for (const frame of page.frames()) {
    await frame.locator('html[data-drawn]').waitFor(drawn);
  }
  // It is read once it is seen.
  await page.locator('[data-part=DayBars]').scrollIntoViewIfNeeded();
  await page.locator('[data-part=DayBars] .bar-bad').first().waitFor({ state: 'attached' });
  // They come when they are wanted.
  await page.frameLocator('iframe[name="Composer, canned responses"]').locator('.offers').waitFor();
  await page.frameLocator('iframe[name="Composer, emoji"]').locator('.emoji').waitFor();
  return page;
}
