// A site with a strict policy: scripts by nonce, Trusted Types, and nothing that is not named.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { Guest, openSite, page, type Site } from './site.ts';

const NONCE = 'bm9uY2Ugb2YgYSBzaXRl';

let site: Site;

beforeAll(async () => {
  const hark = desk.server.url;
  const { origin } = new URL(hark);
  const scripts = {
    '/strict': `'nonce-${NONCE}' 'strict-dynamic'`,
    // The older way: the hosts that scripts may come from.
    '/listed': origin,
  };
  site = await openSite((path) => {
    const policy = [
      "default-src 'none'",
      `script-src ${scripts[path as keyof typeof scripts]}`,
      `connect-src ${origin}`,
      `frame-src ${origin}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; ');
    const script = `<script async nonce="${NONCE}" src="${hark}livechat/widget.js"></script>`;
    return { html: page(hark, { script }), headers: { 'Content-Security-Policy': policy } };
  });
});

afterAll(async () => {
  await site?.close();
});

test.for(['strict', 'listed'])('a whole chat where the policy is %s', async (path) => {
  const vera = await Guest.come(browser, { colorScheme: 'dark' });
  await vera.see(`${site.url}${path}`);
  await vera.launcher.hover();
  await vera.launcher.click();
  await vera.opened();
  expect(await vera.iframe.boundingBox()).toMatchObject({ width: 400 });
  await vera.introduce(path);
  await vera.say('Hello');
  const room = (await desk.rooms()).find(({ open }) => open === true);
  const rid = room?._id ?? '';
  await desk.take(amy, rid);
  await vera.panel.getByRole('heading', { name: 'Amy Winter' }).waitFor();
  await vera.panel.getByRole('button', { name: 'Close chat' }).click();
  await vera.closed();
  await desk.say(amy, rid, 'Hello, who is there?');
  await expect.poll(() => vera.host.locator('.badge').getAttribute('data-count')).toBe('1');
  await vera.launcher.click();
  await vera.panel.getByText('Hello, who is there?', { exact: true }).waitFor();
  await desk.close(amy, rid);
  await vera.panel.getByRole('heading', { name: /^How was your chat/ }).waitFor();
  await vera.page.setViewportSize({ width: 360, height: 640 });
  await expect.poll(async () => (await vera.iframe.boundingBox())?.width).toBe(360);
  await vera.leave();
});
