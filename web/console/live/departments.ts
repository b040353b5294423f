// The departments as they are set up: who answers there, when, and what happens while nobody does.
import type { Department, Presence } from '../api/documents.ts';
import { Refused } from '../../shared/answers.ts';
import { call, erase, get, post, put } from '../api/http.ts';
import { draftOf, type Hours, isOpen, readHours, saveWeek } from './hours.ts';
import { may } from './people.ts';
import { readSettings, valuesOf } from './some-settings.ts';

export interface SetUp extends Department {
  readonly description?: string;
  readonly email: string;
  readonly showOnRegistration: boolean;
  readonly showOnOfflineForm: boolean;
  readonly archived?: boolean;
  readonly fallbackForwardDepartment?: string;
  readonly departmentsAllowedToForward?: readonly string[];
  readonly allowReceiveForwardOffline?: boolean;
  readonly businessHourId?: string;
  readonly maxNumberSimultaneousChat?: number;
  readonly waitingQueueMessage?: string;
  readonly visitorInactivityTimeoutInSeconds?: number;
  readonly abandonedRoomsCloseCustomMessage?: string;
}

/** Somebody who answers, with the number of chats that they have at most. */
export interface Answerer {
  readonly _id: string;
  readonly username: string;
  readonly name?: string;
  readonly status: Presence;
  readonly statusLivechat?: 'available' | 'not-available';
  readonly departments?: readonly string[];
  readonly livechat?: { readonly maxNumberSimultaneousChat?: number | string };
}

export interface Known {
  readonly department: SetUp;
  readonly agents: readonly Answerer[];
  readonly waiting: number;
  /** Of those that hold for it. */
  readonly hours: Hours | undefined;
}

export interface Everything {
  readonly known: readonly Known[];
  readonly agents: readonly Answerer[];
  readonly hours: readonly Hours[];
  /** Whether there are opening hours at all. */
  readonly hoursHold: boolean;
}

/** All of them, not a page. */
const ALL = 0;

export const isThere = ({ status, statusLivechat }: Answerer): boolean => status !== 'offline' && statusLivechat === 'available';

/** Nothing, or the number that it is. */
export const mostOf = ({ livechat }: Answerer): number | undefined => {
  const most = Number(livechat?.maxNumberSimultaneousChat ?? 0);
  return most > 0 ? most : undefined;
};

export async function readAnswerers(): Promise<readonly Answerer[]> {
  const { users } = await get<{ readonly users: readonly Answerer[] }>('livechat/users/agent', { count: ALL });
  return users;
}

async function readWaiting(): Promise<ReadonlyMap<string, number>> {
  const waiting = new Map<string, number>();
  if (may('view-livechat-manager')) {
    const fields = JSON.stringify({ department: 1 });
    const { inquiries } = await get<{ readonly inquiries: readonly { readonly department?: string }[] }>('livechat/inquiries.list', { count: ALL, fields });
    for (const { department = '' } of inquiries) {
      waiting.set(department, (waiting.get(department) ?? 0) + 1);
    }
  }
  return waiting;
}

export async function readDepartments(): Promise<Everything> {
  const [{ departments }, agents, waiting, hours, settings] = await Promise.all([
    get<{ readonly departments: readonly SetUp[] }>('livechat/department', { count: ALL, showArchived: true }),
    readAnswerers(),
    readWaiting(),
    readHours(),
    readSettings(['Livechat_enable_business_hours', 'Livechat_business_hour_type']),
  ]);
  const { Livechat_enable_business_hours: on, Livechat_business_hour_type: kind } = valuesOf(settings);
  // Whoever may not know it takes them to hold where somebody gave them.
  const hasOwnHours = (kind ?? 'Multiple') === 'Multiple';
  const preset = hours.find(({ type }) => type === 'default');
  const known = departments.map((department) => ({
    department,
    agents: agents.filter((agent) => agent.departments?.includes(department._id) === true),
    waiting: waiting.get(department._id) ?? 0,
    hours: (hasOwnHours ? hours.find(({ _id }) => _id === department.businessHourId) : undefined) ?? preset,
  }));
  return { known, agents, hours, hoursHold: on === true };
}

/** As others see whether somebody is there: who takes no chats is away. */
export const presenceOf = ({ status, statusLivechat }: Answerer): Presence => (status === 'online' && statusLivechat !== 'available' ? 'away' : status);

export type StateOf = 'open' | 'closed' | 'off' | 'archived';

export function stateOf({ department, hours }: Known, hoursHold: boolean, now: number): StateOf {
  if (department.archived === true) {
    return 'archived';
  }
  if (!department.enabled) {
    return 'off';
  }
  return !hoursHold || hours === undefined || isOpen(hours, now) ? 'open' : 'closed';
}

export interface Placed {
  readonly id: string;
  readonly username: string;
  readonly order: number;
  /** Chats at once, in all departments; 0 is as many as the settings say. */
  readonly most: number;
}

/** What can be said of a department. */
export interface DepartmentDraft {
  readonly name: string;
  readonly email: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly showOnRegistration: boolean;
  readonly showOnOfflineForm: boolean;
  readonly requestTagBeforeClosingChat: boolean;
  readonly chatClosingTags: readonly string[];
  readonly agents: readonly Placed[];
  /** The id of its own hours; without, those of everybody. */
  readonly hours: string;
  readonly fallbackForwardDepartment: string;
  readonly departmentsAllowedToForward: readonly string[];
  readonly allowReceiveForwardOffline: boolean;
  /** 0 is nothing of its own. */
  readonly maxNumberSimultaneousChat: number;
  readonly visitorInactivityTimeoutInSeconds: number;
  readonly waitingQueueMessage: string;
  readonly abandonedRoomsCloseCustomMessage: string;
}

interface Link {
  readonly agentId: string;
  readonly username: string;
  readonly count: number;
  readonly order: number;
}

export const EMPTY: DepartmentDraft = {
  name: '',
  email: '',
  description: '',
  enabled: true,
  showOnRegistration: true,
  showOnOfflineForm: true,
  requestTagBeforeClosingChat: false,
  chatClosingTags: [],
  agents: [],
  hours: '',
  fallbackForwardDepartment: '',
  departmentsAllowedToForward: [],
  allowReceiveForwardOffline: false,
  maxNumberSimultaneousChat: 0,
  visitorInactivityTimeoutInSeconds: 0,
  waitingQueueMessage: '',
  abandonedRoomsCloseCustomMessage: '',
};

async function readOne(id: string): Promise<{ readonly department: SetUp | null; readonly agents?: readonly Link[] }> {
  return await get(`livechat/department/${encodeURIComponent(id)}`);
}

export async function readDraft(id: string): Promise<DepartmentDraft> {
  const [{ department, agents = [] }, answerers] = await Promise.all([readOne(id), readAnswerers()]);
  if (department === null) {
    throw new Refused(404, {});
  }
  const most = new Map(answerers.map((agent) => [agent._id, mostOf(agent) ?? 0]));
  const placed = agents.map(({ agentId, username, order }) => ({ id: agentId, username, order, most: most.get(agentId) ?? 0 }));
  return {
    ...EMPTY,
    ...(Object.fromEntries(Object.keys(EMPTY).flatMap((key) => (department[key as keyof SetUp] === undefined ? [] : [[key, department[key as keyof SetUp]]]))) as Partial<DepartmentDraft>),
    agents: placed.toSorted((one, other) => one.order - other.order || one.username.localeCompare(other.username)),
    hours: department.businessHourId ?? '',
  };
}

/** What the routes for it know by the same name. */
function bodyOf(draft: DepartmentDraft): Readonly<Record<string, unknown>> {
  const { agents: _agents, hours: _hours, ...body } = draft;
  return { ...body };
}

/** Answers its id. */
export async function saveDepartment(id: string | undefined, all: DepartmentDraft, changed: Partial<DepartmentDraft>): Promise<string> {
  const body = { department: bodyOf(all) };
  const saved =
    id === undefined
      ? await post<{ readonly department: SetUp }>('livechat/department', body)
      : await put<{ readonly department: SetUp }>(`livechat/department/${encodeURIComponent(id)}`, body);
  const own = saved.department._id;
  if (changed.agents !== undefined) {
    await placeAgents(own, changed.agents);
  }
  if (changed.hours !== undefined) {
    await moveToHours(own, changed.hours);
  }
  return own;
}

async function placeAgents(department: string, wanted: readonly Placed[]): Promise<void> {
  const [{ agents: links = [] }, answerers] = await Promise.all([readOne(department), readAnswerers()]);
  // How many chats they had there counts for whose turn it is, and stays.
  const had = new Map(links.map(({ agentId, count }) => [agentId, count]));
  const upsert = wanted.map(({ id, username, order }) => ({ agentId: id, username, order, count: had.get(id) ?? 0 }));
  const gone = links.filter(({ agentId }) => !wanted.some(({ id }) => id === agentId));
  await post(`livechat/department/${encodeURIComponent(department)}/agents`, {
    upsert,
    remove: gone.map(({ agentId, username }) => ({ agentId, username })),
  });
  for (const { id, most } of wanted) {
    const agent = answerers.find(({ _id }) => _id === id);
    if (agent !== undefined && (mostOf(agent) ?? 0) !== most) {
      await saveAgent(id, most, [...new Set([...(agent.departments ?? []), department])]);
    }
  }
}

/** How many chats an agent has at most, and in which departments they answer. */
export async function saveAgent(id: string, most: number, departments: readonly string[]): Promise<void> {
  await call('livechat:saveAgentInfo', [id, { maxNumberSimultaneousChat: most === 0 ? '' : most }, departments]);
}

async function moveToHours(department: string, wanted: string): Promise<void> {
  const all = await readHours();
  for (const hours of all.filter(({ type }) => type === 'custom')) {
    const draft = draftOf(hours, []);
    const ids = draft.departments;
    const isIn = ids.includes(department);
    if (isIn !== (hours._id === wanted)) {
      await saveWeek(hours, { ...draft, departments: isIn ? ids.filter((id) => id !== department) : [...ids, department] });
    }
  }
}

const at = (id: string): string => `livechat/department/${encodeURIComponent(id)}`;

export const archiveDepartment = async (id: string): Promise<void> => void (await post(`${at(id)}/archive`, {}));
export const unarchiveDepartment = async (id: string): Promise<void> => void (await post(`${at(id)}/unarchive`, {}));
export const removeDepartment = async (id: string): Promise<void> => void (await erase(at(id)));
