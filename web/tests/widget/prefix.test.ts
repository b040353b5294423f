// Hark below a path of somebody's server, where a proxy has put it.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { browser, desk } from '../fixture.ts';
import { PATH, type Proxy, proxy } from '../proxy.ts';
import { Guest, openSite, page, type Site, snippet } from './site.ts';

let front: Proxy;
let site: Site;

beforeAll(async () => {
  await desk.agent('amy', 'Amy Winter');
  front = await proxy(desk.server.url);
  site = await openSite((path) => ({
    html: page(
      front.url,
      path === '/snippet' ? { head: '<script></script>', script: snippet(front.url, '') } : {},
    ),
  }));
});

afterAll(async () => {
  await site?.close();
  await front?.close();
});

test.for(['line', 'snippet'])('a chat, brought in by the %s', async (path) => {
  const vera = await Guest.come(browser);
  await vera.see(`${site.url}${path}`);
  await vera.launcher.click();
  await vera.introduce(path);
  await vera.say('Hello');
  await vera.listens();
  const asked = vera.requests.filter((request) => !request.includes(` ${PATH}`));
  expect(asked).toEqual([]);
  await vera.leave();
});

test('the page of the panel is found with a slash at its end, too', async () => {
  const vera = await Guest.come(browser);
  await vera.page.goto(`${front.url}livechat/?x=1`);
  expect(vera.page.url()).toBe(`${front.url}livechat?x=1`);
  await vera.page.getByLabel('Write a message', { exact: true }).waitFor();
  await vera.leave();
});
