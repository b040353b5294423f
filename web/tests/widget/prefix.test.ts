// Hark below a path of somebody's server, where a proxy has put it.

import { createServer, request as ask } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { launchBrowser } from '../browser.ts';
import { Desk } from '../desk.ts';
import { Guest, openSite, page, type Site, snippet } from './site.ts';

const PATH = '/help/chat/';

interface Proxy {
  /** Hark's root, as browsers see it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Everything below the path goes to Hark without it; there is nothing else. */
async function proxy(hark: string): Promise<Proxy> {
  const { hostname, port } = new URL(hark);
  const inside = (url = '/') => (url.startsWith(PATH) ? url.slice(PATH.length - 1) : undefined);
  const server = createServer((request, response) => {
    const path = inside(request.url);
    if (path === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { method, headers } = request;
    const onward = ask({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request, near) => {
    const far = connect(Number(port), hostname, () => {
      const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`);
      far.write(`GET ${inside(request.url) ?? '/nowhere'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      near.pipe(far).pipe(near);
    });
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}

let desk: Desk;
let browser: Browser;
let front: Proxy;
let site: Site;

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchBrowser();
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
  await browser?.close();
  await site?.close();
  await front?.close();
  await desk?.stop();
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
  await vera.page.getByLabel('Name', { exact: true }).waitFor();
  await vera.leave();
});
