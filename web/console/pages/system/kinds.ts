// What the audit knows of: something, and what was done with it.
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

const THINGS: Readonly<Record<string, TextKey>> = {
  account: 'auditAccount',
  role: 'auditRole',
  permission: 'auditPermission',
  setting: 'auditSetting',
  department: 'auditDepartment',
  trigger: 'auditTrigger',
  priority: 'auditPriority',
  sla: 'auditSla',
  tag: 'auditTag',
  unit: 'auditUnit',
  'canned-response': 'auditCanned',
  'email-inbox': 'auditInbox',
  circular: 'auditCircular',
  'custom-field': 'auditField',
  'business-hour': 'auditHours',
  site: 'auditSite',
  endpoint: 'auditEndpoint',
  replay: 'auditReplay',
  visitor: 'auditVisitor',
};

const DEEDS: Readonly<Record<string, TextKey>> = {
  created: 'auditCreated',
  saved: 'auditSaved',
  changed: 'auditChanged',
  renamed: 'auditRenamed',
  agent: 'auditAgent',
  removed: 'auditRemoved',
  'secret-rotated': 'auditRotated',
  paused: 'auditPaused',
  resumed: 'auditResumed',
  sent: 'auditSent',
  started: 'auditStarted',
  erased: 'auditErased',
};

export const KINDS: readonly string[] = [
  'setting.changed',
  'account.created',
  'account.changed',
  'account.removed',
  'role.changed',
  'permission.changed',
  'department.created',
  'department.changed',
  'department.removed',
  'department.agent',
  'unit.saved',
  'unit.removed',
  'business-hour.saved',
  'business-hour.removed',
  'priority.renamed',
  'sla.saved',
  'sla.removed',
  'tag.saved',
  'tag.removed',
  'canned-response.saved',
  'canned-response.removed',
  'custom-field.saved',
  'custom-field.removed',
  'trigger.saved',
  'trigger.removed',
  'email-inbox.saved',
  'email-inbox.removed',
  'site.created',
  'site.secret-rotated',
  'site.removed',
  'endpoint.created',
  'endpoint.changed',
  'endpoint.paused',
  'endpoint.resumed',
  'endpoint.secret-rotated',
  'endpoint.removed',
  'replay.started',
  'circular.sent',
  'visitor.erased',
];

/** In words; one of a later version by its own name. */
export function kindInWords(kind: string): string {
  const [thing = '', deed = ''] = kind.split('.');
  const [what, done] = [THINGS[thing], DEEDS[deed]];
  return what === undefined || done === undefined ? kind : t('auditDeed', { what: t(what), done: t(done) });
}
