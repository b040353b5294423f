// What visitors are promised: SLA policies, and how urgent chats can be.
import type { Priority, Sla } from '../api/documents.ts';
import { erase, get, post, put } from '../api/http.ts';

export interface Policy extends Sla {
  readonly description?: string;
}

export interface PolicyDraft {
  readonly name: string;
  readonly description: string;
  readonly minutes: number;
}

export const NO_POLICY: PolicyDraft = { name: '', description: '', minutes: 10 };

const ALL = 0;
const at = (id: string): string => `livechat/sla/${encodeURIComponent(id)}`;

export async function readPolicies(): Promise<readonly Policy[]> {
  return (await get<{ readonly sla: readonly Policy[] }>('livechat/sla', { count: ALL })).sla;
}

export const policyDraft = ({ name, description = '', dueTimeInMinutes }: Policy): PolicyDraft => ({ name, description, minutes: dueTimeInMinutes });

export async function readPolicyDraft(id: string): Promise<PolicyDraft> {
  return policyDraft(await get<Policy>(at(id)));
}

/** Answers its id. */
export async function savePolicy(id: string | undefined, { name, description, minutes }: PolicyDraft): Promise<string> {
  const body = { name, description, dueTimeInMinutes: minutes };
  const { sla } = await (id === undefined ? post<{ readonly sla: Policy }>('livechat/sla', body) : put<{ readonly sla: Policy }>(at(id), body));
  return sla._id;
}

export const removePolicy = async (id: string): Promise<void> => void (await erase(at(id)));

export async function readPriorities(): Promise<readonly Priority[]> {
  const { priorities } = await get<{ readonly priorities: readonly Priority[] }>('livechat/priorities', { count: ALL });
  return priorities.toSorted((one, other) => one.sortItem - other.sortItem);
}

/** Without a name it is called as it came. */
export async function renamePriority(id: string, name: string): Promise<void> {
  await put(`livechat/priorities/${encodeURIComponent(id)}`, name === '' ? { reset: true } : { name });
}
