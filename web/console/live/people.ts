// Those who work here: oneself, what one may do, one's colleagues and the departments.
import { computed, signal } from '@preact/signals';

import { type Agent, calledAs, type Department, type Load, type Me, type Permission, type Presence } from '../api/documents.ts';
import { call, get } from '../api/http.ts';
import { listen } from './connection.ts';
import { whole } from './whole.ts';

export const me = signal<Me | undefined>(undefined);
const permissions = signal<readonly Permission[]>([]);
export const departments = signal<readonly Department[]>([]);
export const agents = signal<readonly Agent[]>([]);
export const peopleAreRead = signal(false);

const granted = computed(() => {
  const roles = me.value?.roles ?? [];
  const held = permissions.value.filter((one) => one.roles.some((role) => roles.includes(role)));
  return new Set(held.map((one) => one._id));
});

/** Whether a chat is closed with a comment, always. */
export const needsComment = signal(false);

/** The departments of one's own. */
const own = signal<readonly string[]>([]);

export const may = (permission: string): boolean => granted.value.has(permission);

export const mayChangeSettings = (): boolean => may('edit-privileged-setting');

/** Whether one sees what is for those who answer, and for no visitor. */
export const mayAnswer = computed(() => may('view-l-room'));

/** The departments whose queues one hears of: managers of all, agents of their own. */
export const queues = computed(() =>
  may('view-livechat-manager') ? departments.value.map((department) => department._id) : own.value,
);

export const departmentName = (id: string | undefined): string | undefined =>
  departments.value.find((department) => department._id === id)?.name;

/** As colleagues are called; those who do not answer visitors as it was said of them. */
export const nameOf = (username: string, otherwise = username): string =>
  agents.value.find((agent) => agent.username === username)?.name ?? otherwise;

/** The same by the id of the account. */
export function agentNamed(id: string): string {
  const found = agents.value.find(({ _id }) => _id === id);
  return found === undefined ? id : calledAs(found);
}

interface PublicSetting {
  readonly _id: string;
  readonly value?: unknown;
}

export async function readPeople(): Promise<void> {
  const [roles, rights] = [me.peek()?.roles, permissions.peek()];
  const [account, all, settings] = await Promise.all([
    get<Me>('me'),
    call<readonly Permission[]>('permissions/get', []),
    call<readonly PublicSetting[]>('public-settings/get', []),
  ]);
  if (roles !== me.peek()?.roles || rights !== permissions.peek()) {
    // A change was heard before the answers came, and they may be older than it.
    await readPeople();
    return;
  }
  me.value = account;
  permissions.value = all;
  const commented = settings.find(({ _id }) => _id === 'Livechat_request_comment_when_closing_conversation');
  needsComment.value = commented?.value === true;
  if (may('view-l-room')) {
    await readDepartments(account._id);
  }
  peopleAreRead.value = true;
}

async function readDepartments(id: string): Promise<void> {
  const [links] = await Promise.all([
    get<{ readonly departments: readonly { readonly departmentId: string }[] }>(`livechat/agents/${id}/departments`),
    readColleagues(),
  ]);
  own.value = links.departments.map((link) => link.departmentId);
}

/** Who is there changes often, and is asked for when somebody is to be chosen. */
export async function readColleagues(): Promise<void> {
  const [found, people] = await Promise.all([
    whole<Department>('livechat/department', 'departments'),
    whole<Agent>('livechat/users/agent', 'users'),
  ]);
  departments.value = found;
  agents.value = people;
}

/** The names of those whose roles let them do something, as far as accounts may be listed; at most three. */
export async function whoMay(permission: string): Promise<readonly string[]> {
  const granting = permissions.peek().find(({ _id }) => _id === permission)?.roles ?? [];
  const { users } = await get<{ readonly users: readonly (Me & { readonly active?: boolean })[] }>('users.list', { count: 100 });
  return users
    .filter(({ active, roles }) => active === true && roles.some((role) => granting.includes(role)))
    .map(calledAs)
    .slice(0, 3);
}

/** How many chats each agent has, by the user's id. */
export async function readLoads(): Promise<ReadonlyMap<string, number>> {
  const loads = new Map<string, number>();
  for (const { user, chats } of await whole<Load>('livechat/queue', 'queue')) {
    loads.set(user._id, (loads.get(user._id) ?? 0) + chats);
  }
  return loads;
}

interface Diff {
  readonly diff?: { readonly status?: Presence; readonly statusLivechat?: 'available' | 'not-available' };
}

interface Picture {
  readonly username: string;
  /** Which picture it is; without one initials are shown. */
  readonly etag?: string;
}

interface RoleChange {
  readonly type: 'added' | 'removed';
  readonly _id: string;
  readonly u: { readonly _id: string };
}

const PRESENCES: readonly Presence[] = ['offline', 'online', 'away', 'busy'];

export function hearOfPeople(id: string): void {
  listen('stream-notify-user', `${id}/userData`, (changed) => {
    const account = me.peek();
    const { diff = {} } = changed as Diff;
    if (account !== undefined) {
      me.value = { ...account, ...diff };
    }
  });
  // Somebody has put them into a department, or taken them out of it.
  listen('stream-notify-user', `${id}/departmentAgentData`, () => void readDepartments(id).catch(() => undefined));
  listen('stream-notify-logged', 'permissions-changed', (_, changed) => {
    const one = changed as Permission;
    permissions.value = [...permissions.peek().filter(({ _id }) => _id !== one._id), one];
  });
  listen('stream-notify-logged', 'roles-change', (changed) => {
    const account = me.peek();
    const { type, _id, u } = changed as RoleChange;
    if (account !== undefined && u._id === id) {
      const others = account.roles.filter((role) => role !== _id);
      me.value = { ...account, roles: type === 'added' ? [...others, _id] : others };
    }
  });
  listen('stream-notify-logged', 'updateAvatar', (changed) => {
    const { username, etag } = changed as Picture;
    const account = me.peek();
    if (account?.username === username) {
      me.value = { ...account, avatarETag: etag };
    }
    agents.value = agents
      .peek()
      .map((agent) => (agent.username === username ? { ...agent, avatarETag: etag } : agent));
  });
  listen('stream-notify-logged', 'user-status', (changed) => {
    const [account, , status] = changed as readonly [string, string, number];
    const presence = PRESENCES[status] ?? 'offline';
    agents.value = agents
      .peek()
      .map((agent) => (agent._id === account ? { ...agent, status: presence } : agent));
  });
}
