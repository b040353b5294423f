// Those who work here as somebody administrates them: accounts, roles, and who answers or manages.
import type { Permission, Presence } from '../api/documents.ts';
import { Refused } from '../../shared/answers.ts';
import { call, erase, get, post } from '../api/http.ts';
import { type Answerer, mostOf, readAnswerers, saveAgent } from './departments.ts';
import { departments, may, readColleagues } from './people.ts';

export interface Account {
  readonly _id: string;
  readonly username: string;
  readonly name?: string;
  /** Not for everybody to see. */
  readonly emails?: readonly { readonly address: string }[];
  readonly roles: readonly string[];
  readonly active: boolean;
  readonly status: Presence;
  readonly type: string;
  readonly lastLogin?: string;
}

export interface Role {
  readonly _id: string;
  readonly name: string;
  readonly description?: string;
  readonly scope: string;
  readonly protected?: boolean;
}

const ALL = 0;

/** Those of people; what programs are called by is no account to administrate. */
export async function readAccounts(): Promise<readonly Account[]> {
  const { users } = await get<{ readonly users: readonly Account[] }>('users.list', { count: ALL });
  return users.filter(({ type }) => type !== 'app');
}

/** Roles of a single room are given in it. */
export async function readRoles(): Promise<readonly Role[]> {
  const { roles } = await get<{ readonly roles: readonly Role[] }>('roles.list');
  return roles.filter(({ scope }) => scope === 'Users');
}

// === agents ===

export interface Agent {
  readonly agent: Answerer;
  readonly chats: number;
}

interface Load {
  readonly user: { readonly _id: string };
  readonly chats: number;
}

export async function readAgents(): Promise<readonly Agent[]> {
  const [agents, { queue }] = await Promise.all([readAnswerers(), get<{ readonly queue: readonly Load[] }>('livechat/queue', { count: ALL }), readColleagues()]);
  const chats = new Map<string, number>();
  for (const { user, chats: many } of queue) {
    chats.set(user._id, (chats.get(user._id) ?? 0) + many);
  }
  return agents.map((agent) => ({ agent, chats: chats.get(agent._id) ?? 0 }));
}

export interface AgentDraft {
  readonly isAvailable: boolean;
  /** 0 is as many as the settings say. */
  readonly most: number;
  readonly departments: readonly string[];
}

export function agentDraft(agent: Answerer): AgentDraft {
  return { isAvailable: agent.statusLivechat === 'available', most: mostOf(agent) ?? 0, departments: (agent.departments ?? []).toSorted() };
}

export async function readAgentDraft(id: string): Promise<AgentDraft> {
  const agent = (await readAnswerers()).find(({ _id }) => _id === id);
  if (agent === undefined) {
    throw new Refused(404, {});
  }
  return agentDraft(agent);
}

export async function saveAgentDraft(id: string, all: AgentDraft, changed: Partial<AgentDraft>): Promise<void> {
  if (changed.most !== undefined || changed.departments !== undefined) {
    await saveAgent(id, all.most, all.departments);
  }
  if (changed.isAvailable !== undefined) {
    await post('livechat/agent.status', { agentId: id, status: all.isAvailable ? 'available' : 'not-available' });
  }
}

/** Only those that take chats: one who answers in others stays there. */
export const departmentsToChoose = (): readonly (readonly [id: string, name: string])[] => departments.value.map(({ _id, name }) => [_id, name] as const);

// === who answers, manages or looks after units ===

export type Office = 'agent' | 'manager' | 'monitor';

export interface Holder {
  readonly _id: string;
  readonly username: string;
  readonly name?: string;
  readonly status: Presence;
  readonly emails?: readonly { readonly address: string }[];
}

export async function readHolders(office: 'manager' | 'monitor'): Promise<readonly Holder[]> {
  if (office === 'manager') {
    return (await get<{ readonly users: readonly Holder[] }>('livechat/users/manager', { count: ALL })).users;
  }
  return (await get<{ readonly monitors: readonly Holder[] }>('livechat/monitors', { count: ALL })).monitors;
}

export async function appoint(office: Office, username: string): Promise<void> {
  await (office === 'monitor' ? call('livechat:addMonitor', [username]) : post(`livechat/users/${office}`, { username }));
}

export async function dismiss(office: Office, { _id, username }: Holder): Promise<void> {
  await (office === 'monitor' ? call('livechat:removeMonitor', [username]) : erase(`livechat/users/${office}/${encodeURIComponent(_id)}`));
}

// === accounts ===

export interface AccountDraft {
  readonly name: string;
  readonly username: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly active: boolean;
  /** Another one; nothing: it stays. */
  readonly password: string;
  /** They choose another when they log in. */
  readonly mustChange: boolean;
}

export const NOBODY: AccountDraft = { name: '', username: '', email: '', roles: ['user'], active: true, password: '', mustChange: true };

export function accountDraft({ name = '', username, emails, roles, active }: Account): AccountDraft {
  return { ...NOBODY, name, username, email: emails?.[0]?.address ?? '', roles: roles.toSorted(), active, mustChange: false };
}

export async function readAccountDraft(id: string): Promise<AccountDraft> {
  const { user } = await get<{ readonly user: Account }>('users.info', { userId: id });
  return accountDraft(user);
}

/** Answers the id. */
export async function saveAccount(id: string | undefined, all: AccountDraft, changed: Partial<AccountDraft>): Promise<string> {
  const { password, mustChange, ...rest } = id === undefined ? all : changed;
  const secret = password === undefined || password === '' ? {} : { password, requirePasswordChange: all.mustChange };
  if (id === undefined) {
    const { user } = await post<{ readonly user: Account }>('users.create', { ...rest, password, requirePasswordChange: mustChange, verified: true });
    return user._id;
  }
  // By its own route, which those may use who change nothing else of accounts.
  const { active, ...data } = rest;
  if (Object.keys({ ...data, ...secret }).length > 0) {
    await post('users.update', { userId: id, data: { ...data, ...secret } });
  }
  if (active !== undefined) {
    await post('users.setActiveStatus', { userId: id, activeStatus: active, confirmRelinquish: true });
  }
  return id;
}

export const removeAccount = async (id: string): Promise<void> => void (await post('users.delete', { userId: id, confirmRelinquish: true }));

/** A mail with a link behind which they choose a password; whether one goes out is not said. */
export const mailPassword = async (username: string): Promise<void> => void (await post('passwords/forgotten', { login: username }, 'hark/v1'));

export const giveRole = async (role: string, username: string): Promise<void> => void (await post('roles.addUserToRole', { roleId: role, username }));
export const takeRole = async (role: string, username: string): Promise<void> => void (await post('roles.removeUserFromRole', { roleId: role, username }));

// === what roles may do ===

/** What each permission lets somebody do, by its id: in English, as the server has it. */
export async function readMeanings(): Promise<ReadonlyMap<string, string>> {
  const { items } = await get<{ readonly items: readonly { readonly id: string; readonly meaning: string }[] }>('permissions', {}, 'hark/v1');
  return new Map(items.map(({ id, meaning }) => [id, meaning]));
}

export async function readPermissions(): Promise<readonly Permission[]> {
  return await call<readonly Permission[]>('permissions/get', []);
}

export async function grant(changed: readonly Permission[]): Promise<void> {
  await post('permissions.update', { permissions: changed.map(({ _id, roles }) => ({ _id, roles })) });
}

export const mayGrant = (): boolean => may('access-permissions');
