// The shop of `hark demo` in the middle of a day, as it was drawn: who works there, in which departments and when.
// Everything comes about as it does for anybody, over the API.
import type { Browser } from 'playwright-core';

import type { Guest } from '../tests/console/console.ts';
import { type Agent, Desk } from '../tests/desk.ts';
import { liveThroughTheDay } from './day.ts';
import { connect } from './hooks.ts';
import { zoneAt } from './zone.ts';

export type Name = keyof typeof PEOPLE;

/** With the number of chats that they have at most. */
const PEOPLE = {
  priya: ['Priya Raman', 10],
  tomas: ['Tomás Ferreira', 6],
  grace: ['Grace Okafor', 6],
  amira: ['Amira Haddad', 6],
  ines: ['Ines Duarte', 6],
  kofi: ['Kofi Mensah', 6],
  lena: ['Lena Vogt', 6],
  jonas: ['Jonas Keller', 6],
} as const;

export type Place = keyof typeof DEPARTMENTS;

const DEPARTMENTS = {
  sales: ['Sales', 'What there is, and what it costs', ['amira', 'kofi', 'jonas']],
  support: ['Support', 'Parcels, breakages, returns', ['priya', 'tomas', 'ines', 'lena']],
  billing: ['Billing', 'Invoices and payments', ['grace', 'priya']],
  workshops: ['Workshops', 'Evenings at the wheel', ['amira', 'grace']],
  market: ['Winter market', 'Only in January', ['kofi']],
} as const satisfies Record<string, readonly [string, string, readonly Name[]]>;

/** What those who answer do that only managers do at first. */
const ALLOWED = ['transfer-livechat-guest', 'view-livechat-webhooks', 'view-livechat-rooms', 'on-hold-livechat-room'];

const SETTINGS: Readonly<Record<string, unknown>> = {
  Site_Name: 'Kiln & Clay',
  Livechat_title: 'Kiln & Clay',
  Livechat_title_color: '#1f6f54',
  Livechat_welcome_greeting: 'Hello! What are you looking for?',
  Livechat_offline_title: 'Leave a message',
  Livechat_offline_message: 'We are at the kiln. Leave a word, we write back the same day.',
  Livechat_offline_email: 'hello@kiln-and-clay.example',
  Livechat_validate_offline_email: false,
  Livechat_maximum_chats_per_agent: 6,
  Livechat_allow_manual_on_hold: true,
  Livechat_show_unfinished_words: true,
  Livechat_force_accept_data_processing_consent: true,
};

export interface Shop {
  readonly desk: Desk;
  /** Who manages it. */
  readonly mara: Pick<Agent, 'username' | 'password'>;
  readonly agents: Readonly<Record<Name, Agent>>;
  readonly departments: Readonly<Record<Place, string>>;
  /** The visitor in whose chat one looks. */
  readonly noor: Guest;
}

export async function openShop(browser: Browser): Promise<Shop> {
  const desk = await Desk.open();
  await desk.admin.tell('users.updateOwnBasicInfo', { data: { name: 'Mara Lindqvist' } });
  for (const [id, value] of Object.entries({ ...SETTINGS, Default_Timezone_For_Reporting: 'custom', Default_Custom_Timezone: zoneAt(14) })) {
    await desk.set(id, value);
  }
  await desk.admin.tell('permissions.update', {
    permissions: ALLOWED.map((_id) => ({ _id, roles: ['admin', 'livechat-manager', 'livechat-agent'] })),
  });
  await desk.field('order', 'Order');
  await connect(desk);
  const agents = await hire(desk);
  const departments = await divide(desk, agents);
  await keepHours(desk, departments);
  await makeReady(desk, departments);
  const noor = await liveThroughTheDay({ browser, desk, agents, departments });
  return { desk, mara: { username: 'admin', password: 'secret-of-admin' }, agents, departments, noor };
}

async function hire(desk: Desk): Promise<Record<Name, Agent>> {
  const agents: Partial<Record<Name, Agent>> = {};
  for (const [username, [name]] of Object.entries(PEOPLE)) {
    agents[username as Name] = await desk.agent(username, name);
  }
  await desk.admin.tell('livechat/users/manager', { username: 'jonas' });
  return agents as Record<Name, Agent>;
}

async function divide(desk: Desk, agents: Readonly<Record<Name, Agent>>): Promise<Record<Place, string>> {
  const ids: Partial<Record<Place, string>> = {};
  const placed = new Map<Name, string[]>();
  for (const [place, [name, description, names]] of Object.entries(DEPARTMENTS)) {
    const { department } = await desk.admin.tell<{ department: { _id: string } }>('livechat/department', {
      department: {
        name,
        description,
        email: `${place}@kiln-and-clay.example`,
        enabled: place !== 'market',
        showOnRegistration: true,
        showOnOfflineForm: true,
      },
      agents: names.map((one) => ({ agentId: agents[one].id })),
    });
    ids[place as Place] = department._id;
    for (const one of names) {
      placed.set(one, [...(placed.get(one) ?? []), department._id]);
    }
  }
  for (const [username, [, most]] of Object.entries(PEOPLE)) {
    const at = placed.get(username as Name) ?? [];
    await desk.method('livechat:saveAgentInfo', agents[username as Name].id, { maxNumberSimultaneousChat: most }, at);
  }
  return ids as Record<Place, string>;
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

type Spans = readonly (readonly [start: string, finish: string])[];

const SHOP: Spans = [
  ['09:00', '12:30'],
  ['13:00', '18:00'],
];
const WEEK: readonly Spans[] = [SHOP, SHOP, SHOP, SHOP, [['09:00', '12:30'], ['13:00', '17:00']], [['10:00', '14:00']], []];

function shifts(week: readonly Spans[]): object[] {
  return week.flatMap((spans, index) => {
    const day = { day: DAYS[index] ?? '', code: index + 1 };
    return spans.length === 0
      ? [{ ...day, open: false, start: '09:00', finish: '17:00' }]
      : spans.map(([start, finish]) => ({ ...day, open: true, start, finish }));
  });
}

/** They are written down and do not hold: an agent of closed departments would not be there. */
async function keepHours(desk: Desk, departments: Readonly<Record<Place, string>>): Promise<void> {
  const timezoneName = zoneAt(14);
  const today = new Intl.DateTimeFormat('en-US', { timeZone: timezoneName, weekday: 'long' }).format();
  // The shop is open on every day, so that pictures of a Sunday are the same.
  const week = WEEK.map((spans, index) => (DAYS[index] === today ? SHOP : spans));
  await desk.set('Livechat_business_hour_type', 'Multiple');
  await desk.method('livechat:saveBusinessHour', { type: 'default', active: true, name: '', timezoneName, workHours: shifts(week) });
  const others = [
    ['Office hours', departments.billing, ['08:00', '16:00']],
    ['Evenings', departments.workshops, ['18:00', '22:00']],
  ] as const;
  for (const [name, department, span] of others) {
    const own = DAYS.map((_, index) => (index < 5 || DAYS[index] === today ? [span] : []));
    await desk.method('livechat:saveBusinessHour', {
      type: 'custom',
      active: true,
      name,
      timezoneName,
      departmentsToApplyBusinessHour: department,
      workHours: shifts(own),
    });
  }
}

/** What is at hand for those who answer. */
async function makeReady(desk: Desk, departments: Readonly<Record<Place, string>>): Promise<void> {
  const canned = [
    ['replace', 'No need, {{contact.name}}. A new piece leaves our workshop this afternoon, and it costs you nothing.', 'replacement'],
    ['return', 'Please put it into its box and hand it in at any post office, {{contact.name}}. The label comes by mail to {{contact.email}}.', 'returns'],
    ['refund', 'Your money is on its way and arrives within three days.', 'returns'],
    ['repair', 'We can mend it with gold. It takes two weeks.', 'repair'],
  ] as const;
  for (const [shortcut, text, tag] of canned) {
    await desk.admin.tell('canned-responses', { shortcut, text, scope: 'department', departmentId: departments.support, tags: [tag] });
  }
  for (const [name, description] of [['breakage', 'Something arrived in pieces'], ['replacement', 'A new piece was sent'], ['returns', ''], ['workshop', 'An evening at the wheel']]) {
    await desk.method('livechat:saveTag', null, { name, description }, []);
  }
  await desk.admin.tell('livechat/sla', { name: 'Same day', description: 'Parcels that are missing', dueTimeInMinutes: 120 });
  await desk.admin.tell('livechat/triggers', {
    name: 'Returns and repairs',
    description: 'Whoever reads about returns is asked',
    enabled: true,
    runOnce: true,
    conditions: [{ name: 'page-url', value: '/returns' }],
    actions: [{ name: 'send-message', params: { sender: 'custom', name: 'Kiln & Clay', msg: 'Did something arrive in pieces?' } }],
  });
}
