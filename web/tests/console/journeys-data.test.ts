// How somebody is forgotten, from the first look at what goes to what the CRM hears of it.
import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults } from '../browser.ts';
import { Caller } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { Console, Guest } from './console.ts';
import { Receiver } from './receiver.ts';

async function visitorId(name: string): Promise<string | undefined> {
  const { visitors } = await desk.admin.ask<{ visitors: { _id: string }[] }>(`livechat/visitors.search?term=${encodeURIComponent(name)}`);
  return visitors[0]?._id;
}

async function status(path: string): Promise<number> {
  return (await fetch(`${desk.server.url}${path}`, { headers: desk.admin.credentials })).status;
}

test('journey 32: a visitor is erased after a look at what goes, and is found nowhere; who was told knows the id alone', async () => {
  const receiver = await Receiver.start();
  await desk.endpoint({ name: 'Our CRM', url: receiver.url('/crm'), events: ['visitor.erased'] });
  const department = await desk.department('Support', [amy]);
  const noor = await Guest.come(desk, 'Noor Jansen', 'One of the bowls arrived with a crack.', { department, email: 'noor@example.org' });
  await desk.take(amy, noor.rid);
  await desk.say(amy, noor.rid, 'I am sorry');
  const form = new FormData();
  form.set('file', new Blob(['invoice of Noor'], { type: 'text/plain' }), 'invoice.txt');
  const visitor = new Caller(desk.server.url, { 'x-visitor-token': noor.token });
  const sent = await visitor.send<{ attachments: { title_link: string }[] }>(`livechat/upload/${noor.rid}`, form);
  const file = (sent.attachments[0]?.title_link ?? '').slice(1);
  expect(await status(file)).toBe(200);
  const id = (await visitorId('Noor')) ?? '';
  const console = await Console.logIn(browser, desk.server.url, { username: 'admin', password: 'secret-of-admin' });
  const at = console.page;
  await at.goto(`${desk.server.url}admin/erase`);
  await at.getByLabel('Search in Erase a visitor').fill('Noor');
  await expect.poll(() => at.locator('tbody a').allInnerTexts()).toEqual(['Noor Jansen']);
  await at.getByRole('link', { name: 'Noor Jansen' }).click();
  const shown = at.getByRole('complementary', { name: 'Erase Noor Jansen', exact: true });
  await shown.getByText('This visitor has an open chat. Close it first.').waitFor();
  expect(await accessibilityFaults(at)).toEqual([]);
  await desk.close(amy, noor.rid);
  await at.reload();
  await shown.getByText('The record of the visitor, with 1 chat, 3 messages, and 1 file.').waitFor();
  await shown.getByText('Our CRM: told which visitor was erased, by id only.').waitFor();
  const erase = shown.getByRole('button', { name: 'Erase', exact: true });
  await shown.getByLabel('Type “Noor Jansen” to confirm').fill('Noor');
  expect(await erase.isDisabled()).toBe(true);
  expect(await accessibilityFaults(at)).toEqual([]);
  await shown.getByLabel('Type “Noor Jansen” to confirm').fill('Noor Jansen');
  await erase.click();
  await at.getByText('Noor Jansen is erased').waitFor();
  await expect.poll(() => new URL(at.url()).pathname).toMatch(/\/admin\/erase$/);

  // Gone from what is searched, from files and from exports; told by id, and written down without a name.
  expect(await visitorId('Noor')).toBeUndefined();
  await expect.poll(async () => await status(file)).not.toBe(200);
  expect(await status(`api/hark/v1/visitors/${id}/export`)).toBe(404);
  await at.goto(`${desk.server.url}admin/export`);
  await at.getByLabel('Words').fill('crack');
  const [table] = await Promise.all([at.waitForEvent('download'), console.button('Export as CSV').click()]);
  expect(await readFile(await table.path(), 'utf8')).not.toContain('Noor');
  await expect.poll(() => receiver.got.length).toBe(1);
  const audit = await fetch(`${desk.server.url}api/hark/v1/audit?kind=visitor.erased`, { headers: desk.admin.credentials });
  for (const text of [await audit.text(), JSON.stringify(receiver.got[0])]) {
    expect(text).toContain(id);
    expect(text).not.toMatch(/Noor|noor@/);
  }
  receiver.stop();
  await console.leave();
});
