// What an empty server needs before its first chat, and what of it is there.
import { computed, signal } from '@preact/signals';

import type { Department } from '../api/documents.ts';
import { get, post, SERVER } from '../api/http.ts';
import { agents, departments, may, mayChangeSettings, me, peopleAreRead, readPeople } from './people.ts';

export const maySetUp = (): boolean => may('manage-livechat-agents') && mayChangeSettings();

/** Nobody answers here yet. */
export const isNew = computed(
  () => peopleAreRead.value && maySetUp() && agents.value.length === 0 && departments.value.length === 0,
);

/** As sites load the widget from here. */
export const SNIPPET = { before: '<script async src="', address: `${SERVER}livechat/widget.js`, after: '"></script>' };
export const TRIAL = `${SERVER}try`;

/** Whether there was ever a chat; not known until it was asked. */
export const hasChats = signal<boolean | undefined>(undefined);

export async function lookForChats(): Promise<void> {
  const { total } = await get<{ readonly total: number }>('livechat/rooms', { count: 1 });
  hasChats.value = total > 0;
}

export async function saveYou(name: string, answers: boolean): Promise<void> {
  const own = me.peek();
  if (own === undefined) {
    return;
  }
  if (name !== own.name) {
    await post('users.updateOwnBasicInfo', { data: { name } });
  }
  const isAgent = agents.peek().some(({ _id }) => _id === own._id);
  if (answers && !isAgent) {
    await post('livechat/users/agent', { username: own.username });
    await post('livechat/agent.status', { status: 'available' });
  }
  await readPeople();
}

export interface Site {
  readonly name: string;
  readonly title: string;
  readonly colour: string;
}

const SITE = { name: 'Site_Name', title: 'Livechat_title', colour: 'Livechat_title_color' } as const;

export async function readSite(): Promise<Site> {
  const ids = Object.values(SITE);
  const { settings } = await get<{ readonly settings: readonly { readonly _id: string; readonly value?: unknown }[] }>(
    'settings.public',
    { query: JSON.stringify({ _id: { $in: ids } }), count: ids.length },
  );
  const of = (id: string): string => {
    const value = settings.find(({ _id }) => _id === id)?.value;
    return typeof value === 'string' ? value : '';
  };
  return { name: of(SITE.name), title: of(SITE.title), colour: of(SITE.colour) };
}

/** Only what is another than before. */
export async function saveSite(before: Site, next: Site): Promise<void> {
  if (next.name !== before.name) {
    await post(`settings/${SITE.name}`, { value: next.name });
  }
  const looks = (['title', 'colour'] as const)
    .filter((part) => next[part] !== before[part])
    .map((part) => ({ _id: SITE[part], value: next[part] }));
  for (const { _id, value } of looks) {
    await post(`settings/${_id}`, { value });
  }
}

export async function makeDepartment(name: string, email: string): Promise<void> {
  const own = me.peek();
  const answers = agents.peek().filter(({ _id }) => _id === own?._id);
  await post<{ readonly department: Department }>('livechat/department', {
    department: { name, email, enabled: true, showOnRegistration: true, showOnOfflineForm: true },
    agents: answers.map(({ _id }) => ({ agentId: _id })),
  });
  await readPeople();
}
