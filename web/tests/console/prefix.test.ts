// The console below a path of somebody's server, where a proxy has put it.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { browser, desk } from '../fixture.ts';
import { PATH, type Proxy, proxy } from '../proxy.ts';
import { Console, Guest } from './console.ts';

let front: Proxy;

beforeAll(async () => {
  front = await proxy(desk.server.url);
});

afterAll(async () => {
  await front?.close();
});

test('every page finds its files, the API and the socket', async () => {
  const guest = await Guest.come(desk, 'Ann', 'Hello');
  await desk.take(amy, guest.rid);
  const console = await Console.open(browser, `${front.url}inbox/${guest.rid}`);
  const outside: string[] = [];
  console.page.on('request', (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol !== 'blob:' && !pathname.startsWith(PATH)) {
      outside.push(pathname);
    }
  });
  await console.enter('amy', amy.password);
  await console.listening();
  await console.say('Good day');
  await expect.poll(() => guest.heard()).toEqual(['Good day']);
  await guest.say('Thank you');
  await console.bubble('Thank you').waitFor();
  await console.page.getByRole('link', { name: 'Hark' }).click();
  await console.page.getByRole('heading', { name: 'The queue is empty' }).waitFor();
  expect(new URL(console.page.url()).pathname).toBe(`${PATH}inbox`);
  await console.page.reload();
  await console.openChat('Ann');
  expect(outside).toEqual([]);
  await console.leave();
});
