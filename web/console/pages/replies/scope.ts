import { departmentName } from '../../live/people.ts';
import type { CannedResponse } from '../../api/documents.ts';
import type { Scope } from '../../live/replies.ts';
import { t } from '../../texts.ts';

const NAMES = { user: 'forOneself', department: 'forDepartment', global: 'forEverybody' } as const;

export const scopeName = (scope: Scope): string => t(NAMES[scope]);

/** Who has it ready. */
export const whose = ({ scope, departmentId }: CannedResponse): string =>
  scope === 'department' ? (departmentName(departmentId) ?? scopeName(scope)) : scopeName(scope);
