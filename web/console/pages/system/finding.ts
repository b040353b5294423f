// Which settings are shown: by words, by group, and by what became of them.
import type { Setting, Values } from '../../live/settings.ts';
import { isSame } from '../../parts/form.ts';
import type { TextKey } from '../../texts/tables.ts';

/** The groups of the page, in its order: those of the server, and the parts of its largest one. */
const GROUPS: readonly (readonly [key: string, name: TextKey])[] = [
  ['Omnichannel', 'settingsGeneral'],
  ['Livechat', 'settingsChat'],
  ['Routing', 'settingsRouting'],
  ['Queue_management', 'settingsQueue'],
  ['Business_Hours', 'settingsHours'],
  ['Sessions', 'settingsSessions'],
  ['CRM_Integration', 'settingsCrm'],
  ['Email', 'settingsMail'],
  ['FileUpload', 'settingsFiles'],
  ['Accounts', 'settingsAccounts'],
  ['GDPR', 'settingsPrivacy'],
  ['Canned_Responses', 'settingsCanned'],
  ['SMS', 'settingsSms'],
  ['Rate Limiter', 'settingsLimits'],
  ['General', 'settingsServer'],
  ['Message', 'settingsMessages'],
  ['', 'settingsOthers'],
];

export const groupOf = ({ group, section }: Setting): string => {
  const own = group === 'Omnichannel' && section !== '' ? section : group;
  return GROUPS.some(([key]) => key === own) ? own : '';
};

export const groups = GROUPS;

/** What stands beside the name of the group where a part of it begins. */
export const partOf = ({ group, section }: Setting): string =>
  group === 'Omnichannel' ? '' : section.replaceAll('_', ' ');

export type Only = 'changed' | 'fixed' | '';

export const isChanged = ({ value, default: first, fixedBy }: Setting): boolean => fixedBy === null && !isSame(value, first);

/** What is looked for, in small letters. */
export const wordsOf = (looked: string): readonly string[] => looked.toLowerCase().split(/\s+/).filter((word) => word !== '');

/** Each word stands somewhere. */
export function isFound(setting: Setting, looked: string): boolean {
  const text = [setting.name, setting.meaning, setting.id, partOf(setting)].join(' ').toLowerCase();
  return wordsOf(looked).every((word) => text.includes(word));
}

export const isOnly = (setting: Setting, only: Only): boolean =>
  only === 'changed' ? isChanged(setting) : only === 'fixed' ? setting.fixedBy !== null : true;

/** As the server keeps it: what one types is a text, and a number where that is wanted. */
export const typed = ({ kind, default: first }: Setting, text: string): Values[string] => {
  if (kind !== 'int') {
    return text;
  }
  if (text.trim() === '') {
    return first === null ? null : '';
  }
  const number = Number(text);
  return Number.isInteger(number) ? number : text;
};
