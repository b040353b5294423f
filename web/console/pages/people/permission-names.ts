// The permissions in groups, each with how it is called. What is not here is called by its id.
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

export const GROUPS: readonly (readonly [group: TextKey, permissions: readonly (readonly [id: string, name: TextKey])[]])[] = [
  [
    'permChats',
    [
      ['view-l-room', 'permInbox'],
      ['view-livechat-queue', 'permQueue'],
      ['view-livechat-rooms', 'permSeeOthers'],
      ['view-livechat-current-chats', 'permCurrent'],
      ['view-livechat-room-closed-same-department', 'permClosedOwn'],
      ['view-livechat-room-closed-by-another-agent', 'permClosedOthers'],
      ['close-livechat-room', 'permClose'],
      ['close-others-livechat-room', 'permCloseOthers'],
      ['transfer-livechat-guest', 'permForward'],
      ['on-hold-livechat-room', 'permHold'],
      ['on-hold-others-livechat-room', 'permHoldOthers'],
      ['save-others-livechat-room-info', 'permInfoOthers'],
      ['view-livechat-room-customfields', 'permSeeFields'],
      ['edit-livechat-room-customfields', 'permEditFields'],
      ['request-pdf-transcript', 'permPdf'],
      ['send-omnichannel-chat-transcript', 'permTranscript'],
      ['remove-closed-livechat-room', 'permRemoveClosed'],
      ['remove-closed-livechat-rooms', 'permRemoveAllClosed'],
    ],
  ],
  [
    'permVisitors',
    [
      ['edit-omnichannel-contact', 'permEditVisitor'],
      ['change-livechat-room-visitor', 'permOtherVisitor'],
      ['view-omnichannel-contact-center', 'permContacts'],
      ['view-livechat-contact', 'permContact'],
      ['view-livechat-contact-history', 'permContactHistory'],
      ['create-livechat-contact', 'permMakeContact'],
      ['update-livechat-contact', 'permChangeContact'],
    ],
  ],
  [
    'permReplies',
    [
      ['view-canned-responses', 'permUseCanned'],
      ['save-canned-responses', 'permOwnCanned'],
      ['remove-canned-responses', 'permRemoveCanned'],
      ['save-department-canned-responses', 'permDepartmentCanned'],
      ['save-all-canned-responses', 'permWriteAllCanned'],
      ['view-all-canned-responses', 'permSeeAllCanned'],
      ['view-agent-canned-responses', 'permAgentCanned'],
      ['manage-livechat-canned-responses', 'permManageCanned'],
      ['manage-livechat-tags', 'permTags'],
    ],
  ],
  [
    'permWebhooks',
    [
      ['view-livechat-webhooks', 'permHooks'],
      ['view-livechat-real-time-monitoring', 'permMonitor'],
      ['view-livechat-analytics', 'permAnalytics'],
      ['view-livechat-reports', 'permReports'],
      ['view-statistics', 'permStatistics'],
    ],
  ],
  [
    'permDesk',
    [
      ['view-livechat-manager', 'permManager'],
      ['manage-livechat-agents', 'permAgents'],
      ['manage-livechat-managers', 'permManagers'],
      ['manage-livechat-monitors', 'permMonitors'],
      ['view-livechat-departments', 'permSeeDepartments'],
      ['manage-livechat-departments', 'permDepartments'],
      ['add-livechat-department-agents', 'permDepartmentAgents'],
      ['remove-livechat-department', 'permRemoveDepartment'],
      ['view-livechat-business-hours', 'permHours'],
      ['manage-livechat-units', 'permUnits'],
      ['manage-livechat-priorities', 'permPriorities'],
      ['manage-livechat-sla', 'permSla'],
      ['view-livechat-triggers', 'permTriggers'],
      ['view-livechat-customfields', 'permFields'],
      ['view-livechat-installation', 'permInstallation'],
      ['view-livechat-appearance', 'permAppearance'],
      ['manage-email-inbox', 'permMailboxes'],
    ],
  ],
  [
    'permServer',
    [
      ['access-permissions', 'permPermissions'],
      ['assign-roles', 'permAssign'],
      ['assign-admin-role', 'permAssignAdmin'],
      ['create-user', 'permMakeUser'],
      ['edit-other-user-info', 'permEditUser'],
      ['edit-other-user-password', 'permPasswords'],
      ['edit-other-user-active-status', 'permSwitchOff'],
      ['edit-other-user-2fa', 'permFactor'],
      ['logout-other-user', 'permLogOut'],
      ['delete-user', 'permRemoveUser'],
      ['view-user-administration', 'permSeeUsers'],
      ['view-full-other-user-info', 'permSeeAddresses'],
      ['create-personal-access-tokens', 'permTokens'],
      ['view-privileged-setting', 'permSeeSettings'],
      ['edit-privileged-setting', 'permSettings'],
      ['can-audit-log', 'permAudit'],
      ['send-mail', 'permMail'],
    ],
  ],
];

const NAMES = new Map(GROUPS.flatMap(([, permissions]) => permissions));

export function permissionName(id: string): string {
  const key = NAMES.get(id);
  return key === undefined ? id : t(key);
}
