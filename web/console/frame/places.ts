// Every page of the console apart from the inbox: where it is, for whom, and what it needs. The rail, the menus, the palette and
// what is said to those who may not see it follow from this table, and so do the tests and pictures of every page: it knows
// nothing of who looks (`seen.ts` does).
import type { ComponentType } from 'preact';

import type { Kind } from '../live/saved-reports.ts';
import type { Area, TextKey } from '../texts/tables.ts';

export interface Place {
  /** It has what lies below its path as well, such as `/admin/departments/{id}`; with `/*` at its end it has that alone, and no menu leads there. */
  readonly path: string;
  readonly name: TextKey;
  readonly icon: string;
  /** Whoever has one of these permissions may see it. */
  readonly needs: readonly [string, ...string[]];
  /** The texts that it needs. */
  readonly area: Area;
  /** Areas of which it has parts, and needs the texts. */
  readonly also?: readonly Area[];
  readonly page: () => Promise<ComponentType<Record<string, never>>>;
  /** What stands above it in the menu, with those that follow. */
  readonly group?: TextKey;
  /** The path of the page of which it is a tab: no menu leads there by itself. */
  readonly tabOf?: string;
  /** What was given up is counted beside it. */
  readonly countsLost?: true;
}

export interface Section {
  readonly name: TextKey;
  readonly icon: string;
  /** Behind `G`. */
  readonly key: string;
  readonly places: readonly Place[];
  readonly countsLost?: true;
  /** Reports that somebody has saved stand below the places in the menu, under this name. */
  readonly saved?: TextKey;
  /** Parts of the address that go along to its other places. */
  readonly keeps?: readonly string[];
}

const SEES_WEBHOOKS = ['view-livechat-webhooks'] as const;

const CHATS: Section = {
  name: 'allChats',
  icon: 'chats',
  key: 'c',
  places: [
    {
      path: '/chats',
      name: 'allChats',
      icon: 'chats',
      needs: ['view-l-room'],
      area: 'chats',
      page: async () => (await import('../pages/chats/Chats.tsx')).Chats,
    },
  ],
};

const deliveries = async () => (await import('../pages/webhooks/Deliveries.tsx')).Deliveries;

const WEBHOOKS: Section = {
  name: 'webhooks',
  icon: 'hook',
  key: 'w',
  countsLost: true,
  places: [
    {
      path: '/webhooks/endpoints',
      name: 'endpoints',
      icon: 'hook',
      needs: SEES_WEBHOOKS,
      area: 'webhooks',
      page: async () => (await import('../pages/webhooks/Endpoints.tsx')).Endpoints,
    },
    {
      path: '/webhooks/endpoints/*',
      name: 'endpoint',
      icon: 'hook',
      needs: SEES_WEBHOOKS,
      area: 'webhooks',
      page: async () => (await import('../pages/webhooks/Endpoint.tsx')).Endpoint,
    },
    {
      path: '/webhooks/crm',
      name: 'crmIntegration',
      icon: 'link',
      needs: SEES_WEBHOOKS,
      area: 'webhooks',
      page: async () => (await import('../pages/webhooks/CrmIntegration.tsx')).CrmIntegration,
    },
    { path: '/webhooks/deliveries', name: 'deliveries', icon: 'doc', needs: SEES_WEBHOOKS, area: 'webhooks', page: deliveries },
    {
      path: '/webhooks/given-up',
      name: 'givenUpOnes',
      icon: 'alert',
      needs: SEES_WEBHOOKS,
      area: 'webhooks',
      page: deliveries,
      countsLost: true,
    },
    {
      path: '/webhooks/live',
      name: 'liveTail',
      icon: 'live',
      needs: SEES_WEBHOOKS,
      area: 'webhooks',
      page: async () => (await import('../pages/webhooks/Tail.tsx')).Tail,
    },
    {
      path: '/webhooks/catalogue',
      name: 'eventCatalogue',
      icon: 'book',
      needs: SEES_WEBHOOKS,
      area: 'webhooks',
      page: async () => (await import('../pages/webhooks/Catalogue.tsx')).Catalogue,
      group: 'reference',
    },
    {
      path: '/webhooks/check',
      name: 'checkSignature',
      icon: 'shield',
      needs: SEES_WEBHOOKS,
      area: 'webhooks',
      page: async () => (await import('../pages/webhooks/Check.tsx')).Check,
    },
    {
      path: '/webhooks/tokens',
      name: 'apiTokens',
      icon: 'key',
      needs: SEES_WEBHOOKS,
      area: 'me',
      page: async () => (await import('../pages/me/ApiTokens.tsx')).ApiTokens,
    },
  ],
};

const reports = async () => (await import('../pages/reports/Reports.tsx')).Reports;
/** Charts, and how it goes with webhooks. */
const WORDS_OF_FIGURES = ['figures', 'webhooks'] as const;

export const ICONS_OF_REPORTS: Readonly<Record<Kind, string>> = {
  overview: 'bars',
  chats: 'chats',
  agents: 'users',
  departments: 'place',
  tags: 'tag',
  satisfaction: 'star',
  webhooks: 'hook',
};

const MANAGES = ['view-livechat-manager'] as const;

const MONITOR: Section = {
  name: 'monitor',
  icon: 'pulse',
  key: 'm',
  places: [
    {
      path: '/monitor',
      name: 'monitor',
      icon: 'pulse',
      needs: MANAGES,
      area: 'monitor',
      also: WORDS_OF_FIGURES,
      page: async () => (await import('../pages/monitor/Monitor.tsx')).Monitor,
    },
  ],
};

const report = (kind: Kind, needs: Place['needs'] = MANAGES): Place => ({
  path: `/reports/${kind}`,
  name: kind,
  icon: ICONS_OF_REPORTS[kind],
  needs,
  area: 'reports',
  also: WORDS_OF_FIGURES,
  page: reports,
});

const REPORTS: Section = {
  name: 'reports',
  icon: 'bars',
  key: 'r',
  places: [
    report('overview'),
    report('chats'),
    report('agents'),
    report('departments'),
    report('tags'),
    report('satisfaction'),
    report('webhooks', SEES_WEBHOOKS),
    { ...report('overview'), path: '/reports/saved/*', name: 'savedReports' },
  ],
  saved: 'savedReports',
  keeps: ['from', 'until', 'against', 'department'],
};

const ADMINISTRATION: Section = {
  name: 'administration',
  icon: 'sliders',
  key: 'a',
  places: [
    {
      path: '/admin/agents',
      name: 'placeAgents',
      icon: 'user',
      needs: ['view-livechat-manager'],
      area: 'people',
      page: async () => (await import('../pages/people/Agents.tsx')).Agents,
      group: 'groupPeople',
    },
    {
      path: '/admin/managers',
      name: 'placeManagers',
      icon: 'shield',
      needs: ['view-livechat-manager'],
      area: 'people',
      page: async () => (await import('../pages/people/Managers.tsx')).Managers,
    },
    {
      path: '/admin/users',
      name: 'placeUsers',
      icon: 'users',
      needs: ['view-user-administration'],
      area: 'people',
      page: async () => (await import('../pages/people/Users.tsx')).Users,
    },
    {
      path: '/admin/roles',
      name: 'placeUsers',
      icon: 'users',
      needs: ['access-permissions'],
      area: 'people',
      page: async () => (await import('../pages/people/Roles.tsx')).Roles,
      tabOf: '/admin/users',
    },
    {
      path: '/admin/permissions',
      name: 'placePermissions',
      icon: 'users',
      needs: ['access-permissions'],
      area: 'people',
      page: async () => (await import('../pages/people/Permissions.tsx')).Permissions,
      tabOf: '/admin/users',
    },
    {
      path: '/admin/units',
      name: 'placeUnits',
      icon: 'globe',
      needs: ['manage-livechat-units'],
      area: 'people',
      page: async () => (await import('../pages/people/Units.tsx')).Units,
    },
    {
      path: '/admin/monitors',
      name: 'placeUnits',
      icon: 'globe',
      needs: ['manage-livechat-monitors'],
      area: 'people',
      page: async () => (await import('../pages/people/Monitors.tsx')).Monitors,
      tabOf: '/admin/units',
    },
    {
      path: '/admin/departments',
      name: 'placeDepartments',
      icon: 'place',
      needs: ['view-livechat-departments'],
      area: 'routing',
      page: async () => (await import('../pages/routing/Departments.tsx')).Departments,
      group: 'groupRouting',
    },
    {
      path: '/admin/routing',
      name: 'placeRouting',
      icon: 'glass',
      needs: ['view-livechat-manager'],
      area: 'routing',
      page: async () => (await import('../pages/routing/Routing.tsx')).Routing,
    },
    {
      path: '/admin/hours',
      name: 'placeHours',
      icon: 'clock',
      needs: ['view-livechat-business-hours'],
      area: 'routing',
      page: async () => (await import('../pages/routing/Hours.tsx')).Hours,
    },
    {
      path: '/admin/urgency',
      name: 'placeUrgency',
      icon: 'flag',
      needs: ['manage-livechat-sla', 'manage-livechat-priorities'],
      area: 'routing',
      page: async () => (await import('../pages/routing/Policies.tsx')).Policies,
    },
    {
      path: '/admin/priorities',
      name: 'placeUrgency',
      icon: 'flag',
      needs: ['manage-livechat-priorities', 'manage-livechat-sla'],
      area: 'routing',
      page: async () => (await import('../pages/routing/Priorities.tsx')).Priorities,
      tabOf: '/admin/urgency',
    },
    {
      path: '/admin/appearance',
      name: 'placeAppearance',
      icon: 'drop',
      needs: ['view-livechat-manager'],
      area: 'widget',
      page: async () => (await import('../pages/widget/Appearance.tsx')).Appearance,
      group: 'groupWidget',
    },
    {
      path: '/admin/forms',
      name: 'placeForms',
      icon: 'list',
      needs: ['view-livechat-manager'],
      area: 'widget',
      page: async () => (await import('../pages/widget/Forms.tsx')).Forms,
    },
    {
      path: '/admin/triggers',
      name: 'placeTriggers',
      icon: 'bolt',
      needs: ['view-livechat-manager'],
      area: 'widget',
      page: async () => (await import('../pages/widget/Triggers.tsx')).Triggers,
    },
    {
      path: '/admin/installation',
      name: 'placeInstallation',
      icon: 'code',
      needs: ['view-livechat-manager'],
      area: 'widget',
      page: async () => (await import('../pages/widget/Installation.tsx')).Installation,
    },
    {
      path: '/admin/canned',
      name: 'placeCanned',
      icon: 'slash',
      needs: ['view-canned-responses'],
      area: 'replies',
      page: async () => (await import('../pages/replies/Canned.tsx')).Canned,
      group: 'groupReplies',
    },
    {
      path: '/admin/tags',
      name: 'placeTags',
      icon: 'tag',
      needs: ['manage-livechat-tags'],
      area: 'replies',
      page: async () => (await import('../pages/replies/Tags.tsx')).Tags,
    },
    {
      path: '/admin/fields',
      name: 'placeFields',
      icon: 'list',
      needs: ['view-livechat-manager'],
      area: 'data',
      page: async () => (await import('../pages/data/Fields.tsx')).Fields,
      group: 'groupData',
    },
    {
      path: '/admin/contacts',
      name: 'placeContacts',
      icon: 'users',
      needs: ['view-livechat-contact'],
      area: 'data',
      page: async () => (await import('../pages/data/Contacts.tsx')).Contacts,
    },
    {
      path: '/admin/visitors',
      name: 'placeVisitors',
      icon: 'user',
      needs: ['view-l-room'],
      area: 'data',
      page: async () => (await import('../pages/data/Visitors.tsx')).Visitors,
    },
    {
      path: '/admin/erase',
      name: 'placeErase',
      icon: 'trash',
      needs: ['remove-closed-livechat-room'],
      area: 'data',
      page: async () => (await import('../pages/data/Erase.tsx')).Erase,
    },
    {
      path: '/admin/export',
      name: 'placeExport',
      icon: 'download',
      needs: ['send-omnichannel-chat-transcript'],
      area: 'data',
      page: async () => (await import('../pages/data/Export.tsx')).Export,
    },
    {
      path: '/admin/settings',
      name: 'placeSettings',
      icon: 'sliders',
      needs: ['view-privileged-setting'],
      area: 'system',
      page: async () => (await import('../pages/system/Settings.tsx')).Settings,
      group: 'groupSystem',
    },
    {
      path: '/admin/mail',
      name: 'placeMail',
      icon: 'mail',
      needs: ['view-privileged-setting'],
      area: 'system',
      page: async () => (await import('../pages/system/Mail.tsx')).Mail,
    },
    {
      path: '/admin/audit',
      name: 'placeAudit',
      icon: 'history',
      needs: ['can-audit-log'],
      area: 'system',
      page: async () => (await import('../pages/system/Audit.tsx')).Audit,
    },
    {
      path: '/admin/health',
      name: 'placeHealth',
      icon: 'gauge',
      needs: ['view-statistics'],
      area: 'system',
      page: async () => (await import('../pages/system/Health.tsx')).Health,
    },
  ],
};

export const SECTIONS: readonly Section[] = [CHATS, WEBHOOKS, MONITOR, REPORTS, ADMINISTRATION];

/** One's own page, to which no menu leads but that behind one's picture. */
export const profile = async () => (await import('../pages/me/Profile.tsx')).Profile;

/** It is one of many things of the same kind, each with an address of its own. */
export const isBelow = ({ path }: Pick<Place, 'path'>): boolean => path.endsWith('/*');

function has(place: Place, path: string): boolean {
  return isBelow(place) ? path.startsWith(place.path.slice(0, -1)) : path === place.path || path.startsWith(`${place.path}/`);
}

/** What is at an address: of those that have it, the one that is said most exactly. */
export function placeAt(path: string): { readonly section: Section; readonly place: Place } | undefined {
  return SECTIONS.flatMap((section) => section.places.map((place) => ({ section, place })))
    .filter(({ place }) => has(place, path))
    .toSorted((one, other) => other.place.path.length - one.place.path.length)[0];
}
