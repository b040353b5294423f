// What is kept ready for those who answer: canned responses and tags, as they are looked after.
import type { CannedResponse } from '../api/documents.ts';
import { call, erase, get, post } from '../api/http.ts';
import { Refused } from '../../shared/answers.ts';
import { me, may } from './people.ts';
import { whole } from './whole.ts';

export type Scope = CannedResponse['scope'];

export interface CannedDraft {
  readonly shortcut: string;
  readonly text: string;
  readonly scope: Scope;
  /** Empty, unless the scope is a department. */
  readonly department: string;
  readonly tags: readonly string[];
}

/** Those that one may look up: one's own, and what else one's roles show. */
export const readCannedResponses = (): Promise<readonly CannedResponse[]> => whole<CannedResponse>('canned-responses', 'cannedResponses');

export async function readCannedResponse(id: string): Promise<CannedResponse> {
  const path = `canned-responses/${encodeURIComponent(id)}`;
  const { cannedResponse } = await get<{ readonly cannedResponse: CannedResponse | null }>(path);
  if (cannedResponse === null) {
    throw new Refused(404, { error: 'error-invalid-canned-response' });
  }
  return cannedResponse;
}

export async function saveCanned(id: string | undefined, { department, ...draft }: CannedDraft): Promise<void> {
  const of = draft.scope === 'department' ? { departmentId: department } : {};
  await post('canned-responses', { ...(id === undefined ? {} : { _id: id }), ...draft, ...of });
}

export const removeCanned = (id: string): Promise<unknown> => erase('canned-responses', 'v1', { _id: id });

/** For whom one may write them. */
export function scopes(): readonly Scope[] {
  if (may('save-all-canned-responses')) {
    return ['global', 'department', 'user'];
  }
  return may('save-department-canned-responses') ? ['department', 'user'] : ['user'];
}

/** Whether it is one's own to change, as far as the roles say it; the server knows the departments too. */
export const mayChange = ({ scope, userId }: CannedResponse): boolean =>
  may('save-canned-responses') && (scope === 'user' && userId === me.value?._id ? true : scopes().includes(scope) && scopes().length > 1);

export interface Tag {
  readonly _id: string;
  readonly name: string;
  readonly description: string;
  /** Where it is offered; everywhere, if there is none. */
  readonly departments: readonly string[];
}

export type TagDraft = Pick<Tag, 'name' | 'description' | 'departments'>;

export const readAllTags = (): Promise<readonly Tag[]> => whole<Tag>('livechat/tags', 'tags', { text: '', viewAll: true });

export const readTag = (id: string): Promise<Tag> => get<Tag>(`livechat/tags/${encodeURIComponent(id)}`);

export const saveTag = (id: string | undefined, { departments, ...named }: TagDraft): Promise<Tag> =>
  call<Tag>('livechat:saveTag', [id ?? null, named, departments]);

export const removeTag = (id: string): Promise<unknown> => call('livechat:removeTag', [id]);
