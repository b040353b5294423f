// Administration, as somebody who manages a desk does it: what they change is what the API says afterwards.
import type { BrowserContextOptions } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { amy } from '../agent.ts';
import { accessibilityFaults, faultsInLightAndDark } from '../browser.ts';
import type { Agent, Caller } from '../desk.ts';
import { browser, desk } from '../fixture.ts';
import { startServer } from '../server.ts';
import { Console } from './console.ts';

const ADMIN = { username: 'admin', password: 'secret-of-admin' };

interface Department {
  readonly _id: string;
  readonly name: string;
  readonly description?: string;
  readonly email?: string;
  readonly enabled: boolean;
  readonly archived?: boolean;
  readonly fallbackForwardDepartment?: string;
  readonly chatClosingTags?: readonly string[];
}

interface Link {
  readonly agentId: string;
  readonly order: number;
}

async function departments(): Promise<readonly Department[]> {
  return (await desk.admin.ask<{ departments: Department[] }>('livechat/department?count=0&showArchived=true')).departments;
}

const named = async (name: string): Promise<Department | undefined> => (await departments()).find((one) => one.name === name);

async function open(path: string, options: BrowserContextOptions = {}, who: { username: string; password: string } = ADMIN): Promise<Console> {
  const console = await Console.logIn(browser, `${desk.server.url}${path}`, who, options);
  return console;
}

let tom: Agent;

beforeAll(async () => {
  tom = await desk.agent('tom', 'Tom Field');
  await desk.department('Sales', [tom]);
  await desk.department('Support', [amy, tom]);
  await desk.department('Billing', [amy]);
});

describe('departments', () => {
  test('are walked by keys, found, sorted and exported as they are shown', async () => {
    const console = await open('admin/departments');
    const { page } = console;
    await page.getByRole('link', { name: 'Sales', exact: true }).waitFor();
    const names = async (): Promise<string[]> => await page.locator('tbody th a').allInnerTexts();
    expect(await names()).toEqual(['Billing', 'Sales', 'Support']);
    await page.getByRole('button', { name: 'Department', exact: true }).click();
    await page.getByRole('button', { name: 'Department', exact: true }).click();
    await expect.poll(names).toEqual(['Support', 'Sales', 'Billing']);
    expect(await page.getByRole('columnheader', { name: 'Department' }).getAttribute('aria-sort')).toBe('descending');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Sales' }).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('complementary', { name: 'Billing' }).waitFor();
    expect(page.url()).toContain(`/admin/departments/${(await named('Billing'))?._id ?? ''}`);
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    const search = page.getByRole('searchbox', { name: 'Search in Departments' });
    await search.fill('amy');
    await expect.poll(names).toEqual(['Support', 'Billing']);
    const [download] = await Promise.all([page.waitForEvent('download'), console.button('Export what is shown (CSV)').click()]);
    const text = await (await download.createReadStream()).toArray().then((pieces) => Buffer.concat(pieces as Buffer[]).toString());
    expect(text.split('\r\n').slice(0, 3)).toEqual(['\uFEFFDepartment,Agents,Agents online,Waiting,Hours,State', 'Support,"Amy Winter, Tom Field",2,0,Always,Open', 'Billing,Amy Winter,1,0,Always,Open']);
    await search.fill('nothing like this');
    await page.getByText('Nothing matches “nothing like this”').waitFor();
    await console.button('Clear the search').click();
    await expect.poll(names).toHaveLength(3);
    await console.leave();
  });

  test('one is made, changed, archived and removed', async () => {
    const console = await open('admin/departments');
    const { page } = console;
    await page.getByRole('link', { name: 'Sales', exact: true }).waitFor();
    await page.keyboard.press('n');
    const drawer = page.getByRole('complementary', { name: 'New department' });
    await drawer.getByLabel('Name', { exact: true }).fill('  ');
    await drawer.getByLabel('E-mail').fill('workshops');
    await page.keyboard.press('Control+s');
    await drawer.getByText('Not saved: look at Name and E-mail.').waitFor();
    await drawer.getByText('This is not an e-mail address.').waitFor();
    await drawer.getByLabel('Name', { exact: true }).fill('Workshops');
    await drawer.getByLabel('E-mail').fill('workshops@example.org');
    await drawer.getByText(/Not saved/).waitFor({ state: 'detached' });
    await drawer.getByLabel('Add an agent').selectOption({ label: 'Amy Winter' });
    await drawer.getByLabel('Chats of Amy Winter at most').fill('4');
    await drawer.getByLabel('Order of Amy Winter').fill('2');
    await drawer.getByLabel('When no one is online').selectOption({ label: 'Sales' });
    await page.keyboard.press('Control+s');
    const made = page.getByRole('complementary', { name: 'Workshops' });
    await made.waitFor();
    const workshops = await named('Workshops');
    const id = workshops?._id ?? '';
    expect(page.url()).toContain(id);
    expect(workshops?.fallbackForwardDepartment).toBe((await named('Sales'))?._id);
    const { agents } = await desk.admin.ask<{ agents: Link[] }>(`livechat/department/${id}/agents`);
    expect(agents.map(({ agentId, order }) => [agentId, order])).toEqual([[amy.id, 2]]);
    const { users } = await desk.admin.ask<{ users: { _id: string; livechat?: { maxNumberSimultaneousChat?: number } }[] }>('livechat/users/agent?count=0');
    expect(users.find(({ _id }) => _id === amy.id)?.livechat?.maxNumberSimultaneousChat).toBe(4);

    await made.getByLabel('Description').fill('Evenings at the wheel');
    await made.getByRole('switch', { name: 'Closing needs a tag' }).click();
    await made.getByRole('button', { name: 'Take Amy Winter out' }).click();
    await made.getByText('3 changes').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // What is typed and not a chip yet is saved by the keys as well.
    await made.getByLabel('Tags at closing').fill('workshop');
    await page.keyboard.press('Control+s');
    await made.getByText(/changes?$/).waitFor({ state: 'detached' });
    expect(await named('Workshops')).toMatchObject({ description: 'Evenings at the wheel', chatClosingTags: ['workshop'] });
    expect((await desk.admin.ask<{ agents: Link[] }>(`livechat/department/${id}/agents`)).agents).toEqual([]);
    // Reloading with an unsaved change asks first.
    await made.getByLabel('Tags at closing').fill('half a w');
    const dialog = page.waitForEvent('dialog').then((one) => one.dismiss());
    await Promise.all([dialog, page.evaluate(() => location.reload())]);
    await made.getByLabel('Tags at closing').fill('');

    await made.getByRole('button', { name: 'More' }).click();
    await console.button('Archive').click();
    await made.getByText('Archived: it takes no chats').waitFor();
    expect((await named('Workshops'))?.archived).toBe(true);
    await made.getByRole('button', { name: 'More' }).click();
    await console.button('Delete').click();
    await page.getByRole('dialog', { name: 'Remove Workshops?' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'Workshops', exact: true }).waitFor({ state: 'detached' });
    expect(await named('Workshops')).toBeUndefined();
    await console.leave();
  });

  test('two people on one: the second hears who was first, compares, and nothing is lost', async () => {
    const id = (await named('Support'))?._id ?? '';
    const console = await open(`admin/departments/${id}`);
    const { page } = console;
    const drawer = page.getByRole('complementary', { name: 'Support' });
    await drawer.getByLabel('Description').fill('Mine');
    await drawer.getByLabel('Order of Amy Winter').fill('3');
    const { department } = await desk.admin.ask<{ department: Department }>(`livechat/department/${id}`);
    const { name, enabled } = department;
    const put = async (who: Caller, email: string): Promise<void> => {
      const theirs = { name, enabled, email, showOnRegistration: true, showOnOfflineForm: true, description: 'Theirs' };
      const answer = await fetch(`${desk.server.url}api/v1/livechat/department/${id}`, {
        method: 'PUT',
        headers: { ...who.credentials, 'Content-Type': 'application/json' },
        body: JSON.stringify({ department: theirs }),
      });
      expect(answer.status).toBe(200);
    };
    await put(desk.admin, 'support@example.org');
    await desk.admin.tell(`livechat/department/${id}/agents`, { upsert: [{ agentId: amy.id, username: amy.username, count: 0, order: 5 }], remove: [] });
    // Somebody else changes another field of it, which is not what is in the way.
    await desk.admin.tell('livechat/users/manager', { username: tom.username });
    await put(tom.caller, 'parcels@example.org');
    await desk.admin.remove(`livechat/users/manager/${tom.id}`);
    await drawer.getByRole('button', { name: /^Save/ }).click();
    await drawer.getByText('Not saved: Ada Admin changed it').waitFor();
    await drawer.getByRole('button', { name: 'Compare' }).click();
    const compare = page.getByRole('dialog', { name: 'Compare' });
    expect(await compare.getByRole('row', { name: /Description/ }).innerText()).toMatch(/Theirs\s+Mine/);
    // Of those who answer there, the one about whom it is.
    expect(await compare.locator('tbody tr').allInnerTexts()).toContainEqual(expect.stringMatching(/^Agents · Amy Winter\s+At most 4, Order 5\s+At most 4, Order 3$/));
    expect(await compare.getByRole('row').count()).toBe(3);
    await compare.getByRole('button', { name: 'Save mine over it' }).click();
    await expect.poll(async () => (await named('Support'))?.description).toBe('Mine');
    expect((await named('Support'))?.email).toBe('parcels@example.org');
    // Leaving with changes asks.
    await drawer.getByLabel('Description').fill('Half a thought');
    await page.getByLabel('Description').blur();
    await page.keyboard.press('k');
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await console.button('Stay').click();
    expect(await drawer.getByLabel('Description').inputValue()).toBe('Half a thought');
    await drawer.getByRole('button', { name: 'Discard' }).click();
    // So does the way back, which leads on from where it led.
    await drawer.getByRole('button', { name: 'Close the details' }).click();
    await page.getByRole('link', { name: 'Sales', exact: true }).click();
    await page.getByRole('complementary', { name: 'Sales' }).getByLabel('Description').fill('Half a thought');
    await page.goBack();
    await console.button('Leave without saving').click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/admin/departments');
    await page.goBack();
    await drawer.getByLabel('Description').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/admin/departments/${id}`);
    await console.leave();
  });
});

interface Hours {
  readonly _id: string;
  readonly name: string;
  readonly type: string;
  readonly active: boolean;
  readonly timezone: { readonly name: string };
  readonly departments?: readonly { readonly name: string }[];
  readonly workHours: readonly { readonly day: string; readonly open: boolean; readonly start: { readonly time: string }; readonly finish: { readonly time: string } }[];
}

const hours = async (): Promise<readonly Hours[]> => (await desk.admin.ask<{ businessHours: Hours[] }>('livechat/business-hours?count=0')).businessHours;

/** When it is open on a day of the week. */
const openOn = (one: Hours | undefined, day: string): readonly string[] | undefined =>
  one?.workHours.filter(({ day: name, open: isOpen }) => name === day && isOpen).map(({ start, finish }) => `${start.time}-${finish.time}`);

async function value(id: string): Promise<unknown> {
  return (await desk.admin.ask<{ value: unknown }>(`settings/${id}`)).value;
}

/** A date that is so many days from today. */
const at = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('business hours', () => {
  test('are moved by keys and by hand, and hold on the clocks of their place', async () => {
    const console = await open('admin/hours');
    const { page } = console;
    const monday = page.getByRole('button', { name: 'Monday 08:00 – 20:00' });
    await monday.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByRole('button', { name: 'Monday 08:30 – 20:15' }).waitFor();
    // A second one, where it goes on by keys.
    await page.getByRole('button', { name: 'Add a time on Monday' }).press('Enter');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Monday 21:15 – 22:15');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Monday 21:00 – 22:00' }).waitFor();
    // A span of its own on a day that was closed, pulled to the right by its middle.
    const sunday = page.getByRole('group', { name: 'Sunday' });
    const lane = sunday.locator('.hours-lane');
    const box = (await lane.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const x = (hour: number): number => box.x + (box.width * hour) / 24;
    await page.mouse.click(x(10.4), box.y + 30);
    await sunday.getByRole('button', { name: 'Sunday 10:00 – 11:00' }).waitFor();
    await page.mouse.move(x(10.5), box.y + 30);
    await page.mouse.down();
    await page.mouse.move(x(12.5), box.y + 30, { steps: 4 });
    await page.mouse.up();
    await sunday.getByRole('button', { name: 'Sunday 12:00 – 13:00' }).waitFor();
    // Beside it another one is drawn as long as it shall be, up to its neighbour, and typed to the end of the day.
    await page.mouse.move(x(19), box.y + 30);
    await page.mouse.down();
    await page.mouse.move(x(15), box.y + 30, { steps: 4 });
    await sunday.getByRole('button', { name: 'Sunday 15:00 – 19:00' }).waitFor();
    await page.mouse.move(x(11), box.y + 30, { steps: 4 });
    await page.mouse.up();
    await sunday.getByRole('button', { name: 'Sunday 13:00 – 19:00' }).waitFor();
    // Key by key other times stand there on the way, before it begins.
    const end = page.locator('.hours-exact').getByLabel('To');
    await end.pressSequentially('0245PM');
    await sunday.getByRole('button', { name: 'Sunday 13:00 – 14:45' }).waitFor();
    await end.blur();
    await end.pressSequentially('1200AM');
    await sunday.getByRole('button', { name: 'Sunday 13:00 – 24:00' }).waitFor();
    await page.getByRole('switch', { name: 'Friday' }).click();
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await page.getByText(/Clocks go (forward|back) on/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Control+s');
    await page.getByText('2 changes').waitFor({ state: 'detached' });
    const [preset] = await hours();
    expect(preset?.timezone.name).toBe('Europe/Berlin');
    expect(openOn(preset, 'Monday')).toEqual(['08:30-20:15', '21:00-22:00']);
    expect(openOn(preset, 'Sunday')).toEqual(['12:00-13:00', '13:00-24:00']);
    expect(openOn(preset, 'Friday')).toEqual([]);
    expect(await value('Livechat_enable_business_hours')).toBe(false);
    await page.getByText('Business hours are off').waitFor();
    // Somebody else closes earlier on Sunday: of the week, the day is compared that is not the same.
    await sunday.getByRole('switch').click();
    const theirs = preset?.workHours.map(({ day, open: isOpen, start, finish }) => ({ day, open: isOpen, code: 1, start: start.time, finish: day === 'Sunday' && start.time === '13:00' ? '22:00' : finish.time }));
    const params = [{ _id: preset?._id, type: 'default', name: '', active: true, timezoneName: 'Europe/Berlin', workHours: theirs }];
    await desk.admin.tell('method.call/livechat:saveBusinessHour', { message: JSON.stringify({ msg: 'method', id: '1', method: 'livechat:saveBusinessHour', params }) });
    await page.keyboard.press('Control+s');
    await console.button('Compare').click();
    const compare = page.getByRole('dialog', { name: 'Compare' });
    await expect.poll(async () => await compare.locator('tbody tr').allInnerTexts()).toEqual([expect.stringMatching(/^Week · Sunday\s+12:00 – 13:00, 13:00 – 22:00\s+Closed$/)]);
    await compare.getByRole('button', { name: 'Save mine over it' }).click();
    await expect.poll(async () => openOn((await hours())[0], 'Sunday')).toEqual([]);
    await console.leave();
  });

  test('other days hold instead of the week, and are kept, changed and taken out by keys', async () => {
    const console = await open('admin/hours');
    const { page } = console;
    const [preset] = await hours();
    const others = page.getByRole('region', { name: 'Other days' });
    await others.getByText('Holidays, and days that are shorter or longer').waitFor();
    const add = async (from: string, until: string, name: string): Promise<void> => {
      await console.button('Add a day').press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Add a day' });
      await dialog.getByLabel('First day').fill(from);
      await dialog.getByLabel('Last day').fill(until);
      await dialog.getByLabel('Name').fill(name);
    };
    await add(at(-1), at(40), 'Building works');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await others.getByText('Building works').waitFor();
    // What is not saved yet shows at once what it does.
    await page.getByText(/^Closed, until/).waitFor();
    // No day is in two of them, and none ends before it begins.
    await add(at(30), at(20), 'Market');
    await page.keyboard.press('Control+Enter');
    await page.getByText('One of these days has other hours already.').waitFor();
    await page.getByText('The last day is before the first one.').waitFor();
    const dialog = page.getByRole('dialog', { name: 'Add a day' });
    await dialog.getByLabel('First day').fill(at(50));
    await dialog.getByLabel('Last day').fill(at(50));
    await console.button('Open from … to').click();
    await dialog.getByLabel('From').fill('10:00');
    await dialog.getByLabel('To').fill('23:30');
    await dialog.getByRole('button', { name: 'Add a day' }).click();
    await page.keyboard.press('Control+s');
    await page.getByText('1 change').waitFor({ state: 'detached' });
    const kept = async (): Promise<readonly unknown[]> => {
      const answer = await fetch(`${desk.server.url}api/hark/v1/business-hours/${preset?._id ?? ''}`, { headers: desk.admin.credentials });
      return ((await answer.json()) as { otherDays: unknown[] }).otherDays;
    };
    const market = { from: at(50), until: at(50), name: 'Market', hours: [{ start: '10:00', finish: '23:30' }] };
    expect(await kept()).toEqual([{ from: at(-1), until: at(40), name: 'Building works', hours: [] }, market]);
    // Changed and taken out.
    const row = others.getByRole('listitem').filter({ hasText: 'Building works' });
    await row.getByRole('button', { name: 'More' }).click();
    await row.getByRole('button', { name: 'Edit' }).click();
    const changing = page.getByRole('dialog', { name: 'Change the day' });
    await changing.getByLabel('Name').fill('Moving house');
    await changing.getByRole('button', { name: 'Change the day' }).click();
    await page.keyboard.press('Control+s');
    await expect.poll(async () => JSON.stringify(await kept())).toContain('Moving house');
    const moved = others.getByRole('listitem').filter({ hasText: 'Moving house' });
    await moved.getByRole('button', { name: 'More' }).click();
    await moved.getByRole('button', { name: 'Delete' }).click();
    await page.keyboard.press('Control+s');
    await expect.poll(kept).toEqual([market]);
    await console.leave();
  });

  test('departments get their own, which are removed again', async () => {
    const console = await open('admin/hours/new');
    const { page } = console;
    // Chats of these departments, counted on the clocks of the hours.
    const asked = [(await named('Sales'))?._id ?? '', 'Asia/Kabul'];
    await page.route('**/figures/week*', async (route) => {
      const { searchParams } = new URL(route.request().url());
      const isAsked = searchParams.get('departments') === asked[0] && searchParams.get('zone') === asked[1];
      const items = isAsked ? [{ weekday: 1, hour: 8, chats: 2 }, { weekday: 1, hour: 9, chats: 2 }] : [];
      await route.fulfill({ json: { zone: searchParams.get('zone'), items } });
    });
    await page.getByLabel('Name', { exact: true }).fill('Evenings');
    await page.getByLabel('Time zone').selectOption('Asia/Kabul');
    await page.getByLabel('Sales').check();
    await page.getByText('50% come while you are closed. Most of them from 06:00 to 09:00.').waitFor();
    const demand = page.getByRole('group', { name: 'Monday' }).locator('.hours-demand i');
    const levels = await demand.evaluateAll((all) => all.map((one) => one.getAttribute('style')));
    expect(levels.flatMap((level, hour) => (level?.includes('--heat-0') === true ? [] : [hour]))).toEqual([8, 9]);
    await console.button('Add a day').click();
    await page.getByRole('dialog', { name: 'Add a day' }).getByLabel('Name').fill('Fair');
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { name: 'Evenings' }).waitFor();
    const own = (await hours()).find(({ name }) => name === 'Evenings');
    expect(own?.departments?.map(({ name }) => name)).toEqual(['Sales']);
    await expect.poll(() => page.url()).toBe(`${desk.server.url}admin/hours/${own?._id ?? ''}`);
    await page.getByRole('region', { name: 'Other days' }).getByText('Fair').waitFor();
    // Out of force its department has those of everybody.
    await page.getByRole('switch', { name: 'In force' }).click();
    await page.getByText('Not in force').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // Put back before the page has heard that it is saved, it is another change.
    await page.route('**/method.call/*saveBusinessHour*', async (route) => {
      await page.getByRole('switch', { name: 'In force' }).click();
      await route.continue();
    }, { times: 1 });
    await page.keyboard.press('Control+s');
    const isActive = async (): Promise<boolean | undefined> => (await hours()).find(({ name }) => name === 'Evenings')?.active;
    await expect.poll(isActive).toBe(false);
    await expect.poll(async () => {
      await page.keyboard.press('Control+s');
      return await isActive();
    }).toBe(true);
    // Until they hold, the page says so, and who may switches them on.
    await console.button('Switch on').click();
    await expect.poll(async () => await value('Livechat_enable_business_hours')).toBe(true);
    await page.getByText('Hours of departments are off').waitFor();
    await console.button('Switch on').click();
    await expect.poll(async () => await value('Livechat_business_hour_type')).toBe('Multiple');
    await page.goto(`${desk.server.url}admin/departments`);
    await page.getByRole('row', { name: /Sales/ }).getByText('Evenings').waitFor();
    await page.goto(`${desk.server.url}admin/hours/${own?._id ?? ''}`);
    await page.locator('.page-head').getByRole('button', { name: 'More' }).click();
    await console.button('Delete Evenings').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Default hours' }).waitFor();
    expect((await hours()).map(({ type }) => type)).toEqual(['default']);
    await desk.set('Livechat_enable_business_hours', false);
    await console.leave();
  });
});

describe('queue and routing', () => {
  test('each way says what would become of a chat that came now, before it is saved', async () => {
    await desk.available(amy, true);
    const console = await open('admin/routing');
    const { page } = console;
    await page.clock.install();
    await page.reload();
    const next = page.getByRole('complementary', { name: 'If a chat came now' });
    await next.getByText('It would wait in the queue until somebody takes it.').waitFor();
    await page.getByRole('radio', { name: /Whoever has fewest open chats/ }).check();
    await expect.poll(async () => await next.getByRole('status').innerText()).toMatch(/^It would go to .*Amy Winter/);
    // She goes, and comes back.
    for (const is of [false, true]) {
      await desk.available(amy, is);
      await page.clock.runFor(5000);
      await expect.poll(async () => (await next.innerText()).includes('Amy Winter')).toBe(is);
    }
    await page.getByRole('radio', { name: /Another program decides/ }).check();
    await next.getByText('No address is given: nobody would get it.').waitFor();
    await page.getByRole('radio', { name: /Everybody in turn/ }).check();
    await page.getByLabel('Chats at once, for each agent').fill('7');
    await page.getByRole('switch', { name: 'Chats wait while all are full' }).click();
    await page.getByLabel('Who comes first').selectOption({ label: 'Who is more urgent' });
    expect(await value('Livechat_Routing_Method')).toBe('Manual_Selection');
    expect(await accessibilityFaults(page)).toEqual([]);
    // Another of these settings that somebody else changes meanwhile is in nobody's way.
    await desk.set('Livechat_max_queue_wait_time', 90);
    await page.keyboard.press('Control+s');
    await page.getByText('4 changes').waitFor({ state: 'detached' });
    expect(await value('Livechat_max_queue_wait_time')).toBe(90);
    await desk.set('Livechat_max_queue_wait_time', -1);
    expect(await value('Livechat_Routing_Method')).toBe('Load_Rotation');
    expect(await value('Livechat_maximum_chats_per_agent')).toBe(7);
    expect(await value('Livechat_waiting_queue')).toBe(true);
    expect(await value('Omnichannel_sorting_mechanism')).toBe('Priority');
    await console.leave();
  });

  test('what is fixed from outside has a lock, and a manager sees what holds', async () => {
    const server = await startServer({
      environment: { ADMIN_USERNAME: 'admin', ADMIN_PASS: 'secret-of-admin', ADMIN_EMAIL: 'admin@example.org', OVERWRITE_SETTING_Livechat_waiting_queue: 'true' },
    });
    const console = await Console.logIn(browser, `${server.url}admin/routing`, ADMIN);
    await console.page.getByText('Fixed by OVERWRITE_SETTING_Livechat_waiting_queue').waitFor();
    expect(await console.page.getByRole('switch', { name: 'Chats wait while all are full' }).count()).toBe(0);
    await console.leave();
    await server.stop();
    const { username } = amy;
    await desk.admin.tell('livechat/users/manager', { username });
    const manager = await open('admin/routing', {}, amy);
    await manager.page.getByText('Only administrators change these settings').waitFor();
    expect(await manager.page.getByRole('radio', { name: /Everybody in turn/ }).isDisabled()).toBe(true);
    await manager.leave();
    await desk.admin.remove(`livechat/users/manager/${amy.id}`);
  });
});

const policies = async () => (await desk.admin.ask<{ sla: { name: string; dueTimeInMinutes: number }[] }>('livechat/sla')).sla;

describe('priorities and SLA', () => {
  test('a policy is made, changed and removed, and a priority is called something else', async () => {
    const console = await open('admin/urgency/new');
    const { page } = console;
    const fresh = page.getByRole('complementary', { name: 'New policy' });
    await fresh.getByLabel('Name', { exact: true }).fill('Gold');
    await fresh.getByLabel('An agent within (minutes)').fill('5');
    await page.keyboard.press('Control+s');
    const drawer = page.getByRole('complementary', { name: 'Gold' });
    await drawer.waitFor();
    expect(await policies()).toMatchObject([{ name: 'Gold', dueTimeInMinutes: 5 }]);
    await drawer.getByLabel('An agent within (minutes)').fill('15');
    await page.keyboard.press('Control+s');
    await drawer.getByText('1 change').waitFor({ state: 'detached' });
    expect(await policies()).toMatchObject([{ name: 'Gold', dueTimeInMinutes: 15 }]);
    await drawer.getByRole('button', { name: 'More' }).click();
    await console.button('Delete Gold').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No SLA policies yet').waitFor();
    expect(await policies()).toEqual([]);
    await page.getByRole('link', { name: 'Priorities', exact: true }).click();
    await page.getByRole('link', { name: 'Highest', exact: true }).click();
    await page.getByLabel('Called here').fill('At once');
    await page.keyboard.press('Control+s');
    await page.getByRole('link', { name: 'At once', exact: true }).waitFor();
    const { priorities } = await desk.admin.ask<{ priorities: { i18n: string; name?: string }[] }>('livechat/priorities');
    expect(priorities.find(({ i18n }) => i18n === 'Highest')?.name).toBe('At once');
    await page.getByLabel('Called here').fill('');
    await page.keyboard.press('Control+s');
    await page.getByRole('link', { name: 'Highest', exact: true }).waitFor();
    await console.leave();
  });
});

/** Colours are the same on all of them, and looked at on one. */
const WAYS: readonly (readonly [string, BrowserContextOptions, typeof accessibilityFaults])[] = [
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, accessibilityFaults],
  ['Arabic', {}, faultsInLightAndDark],
];

describe.for(WAYS)('in %s', ([way, options, look]) => {
  test('nothing is wrong with how they look', async () => {
    const id = (await named('Sales'))?._id ?? '';
    const console = await open('admin/departments', options);
    const { page } = console;
    if (way === 'Arabic') {
      await page.evaluate(() => localStorage.setItem('hark.console.language', 'ar'));
      await page.reload();
    }
    await page.locator('tbody tr').nth(2).waitFor();
    expect(await look(page)).toEqual([]);
    await page.goto(`${desk.server.url}admin/departments/${id}`);
    await page.locator('aside input').first().waitFor();
    await page.locator('aside summary').click();
    const faults = async (): Promise<readonly string[]> => {
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      return [...(await look(page)), ...(content === window ? [] : [`${content} px in ${window}`])];
    };
    expect(await faults()).toEqual([]);
    for (const [name, shown] of [['hours', '.hours-week'], ['routing', '.routing-methods'], ['urgency', '.empty'], ['priorities', '.listed']] as const) {
      await page.goto(`${desk.server.url}admin/${name}`);
      await page.locator(shown).waitFor();
      expect(await faults()).toEqual([]);
    }
    await console.leave();
  });
});

test('what could not be read says so and is tried again, and what is not there any more is no dead end', async () => {
  const console = await open('inbox');
  const { page } = console;
  const list = /livechat\/department\?count=0&showArchived/;
  await page.route(list, async (route) => await route.fulfill({ status: 503, body: '{}' }));
  await page.goto(`${desk.server.url}admin/departments/of-long-ago`);
  await page.getByRole('alert').getByRole('heading', { name: 'This could not be read' }).waitFor();
  await page.unroute(list);
  await console.button('Try now').click();
  await page.getByRole('link', { name: 'Sales', exact: true }).waitFor();
  const gone = page.getByRole('complementary', { name: 'Not there any more' });
  await gone.waitFor();
  await gone.getByRole('button', { name: 'Close the details' }).click();
  expect(page.url()).toMatch(/\/admin\/departments$/);
  await console.leave();
});

test('what is not for one says who can help', async () => {
  const console = await open('admin/departments', {}, amy);
  await console.page.getByRole('heading', { name: 'Departments: not for your roles' }).waitFor();
  await expect.poll(() => console.page.getByRole('main').innerText()).toContain('Ada Admin can let you in.');
  await console.leave();
});
