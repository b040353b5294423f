// What is opened or filled in on a page before its picture is taken, as it was drawn.
import type { Page } from 'playwright-core';

import type { Way } from './camera.ts';

type Stop = (page: Page, way: Way) => Promise<void>;

/** The row of this name in a list, which opens beside it. */
async function openRow(page: Page, name: string): Promise<void> {
  await page.locator('tbody a', { hasText: name }).first().click();
  await page.locator('.drawer').waitFor();
}

async function firstRow(page: Page): Promise<void> {
  await page.locator('.sent a').first().click();
  await page.locator('.drawer .code').waitFor();
}

/** By the path of the page; on others there is nothing to do. */
export const STOPS: Readonly<Record<string, Stop>> = {
  '/chats': async (page) => {
    await page.getByText('Noor Jansen').first().click();
    await page.locator('.drawer').waitFor();
  },
  '/webhooks/endpoints': async (page, way) => {
    if (way !== 'phone') {
      await page.locator('.bars48 rect').first().waitFor({ state: 'attached' });
    }
  },
  '/webhooks/crm': async (page) => {
    await page.locator('.switches .kind').nth(2).click();
    await page.locator('.right .code').waitFor();
    await page.locator('.page-head .button').first().click();
    await page.locator('.as-seen').waitFor();
  },
  '/webhooks/deliveries': firstRow,
  '/webhooks/given-up': firstRow,
  '/admin/departments': async (page) => {
    await openRow(page, 'Support');
    await page.locator('.drawer .body .input').nth(2).fill('Parcels, breakages, returns, repairs');
  },
  '/admin/hours': async (page) => {
    const span = page.locator('.hours-day').nth(3).locator('.hours-span').last();
    for (let quarter = 0; quarter < 8; quarter += 1) {
      await span.press('Shift+ArrowRight');
    }
  },
  '/admin/permissions': async (page) => {
    await page.locator('[id="tick-send-omnichannel-chat-transcript-livechat-agent"]').uncheck();
    await page.locator('[id="tick-close-others-livechat-room-livechat-agent"]').check();
  },
  '/admin/appearance': async (page, way) => {
    await page.locator('.wg-colour input.mono').first().fill('#e9b949');
    await page.locator('.wg-form .field .input').first().fill('Kiln & Clay, pottery');
    if (way !== 'phone') {
      await page.frameLocator('.wg-panel').first().locator('.bubble, .message').first().waitFor();
    }
  },
  '/admin/settings': async (page) => {
    await page.locator('.st-find input').fill('offline');
    const address = page.locator('.st-setting', { hasText: 'Livechat_offline_email' }).locator('input').first();
    await address.fill('mara@kiln-and-clay.example');
    await page.locator('.st-find input').focus();
  },
};
