// Every setting of the server: what it is for, what it is, and who changed it.
import { get, post } from '../api/http.ts';
import type { Changer } from './changers.ts';
import { may, nameOf } from './people.ts';
import { whole } from './whole.ts';

export type Value = string | number | boolean | null | readonly string[];

export interface Setting {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly section: string;
  readonly kind: 'boolean' | 'string' | 'int' | 'select' | 'multiSelect' | 'color' | 'password' | 'code' | 'relativeUrl';
  readonly choices: readonly string[] | null;
  readonly value: Value;
  readonly default: Value;
  readonly secret: boolean;
  /** The variable by which whoever runs the server fixes it. */
  readonly fixedBy: string | null;
  /** When it was set last; nothing where nobody ever has. */
  readonly changedAt: string | null;
}

/** By the ids of the settings. */
export type Values = Readonly<Record<string, Value>>;

interface Document {
  readonly _id: string;
  readonly type: Setting['kind'];
  readonly value: Value;
  readonly packageValue: Value;
  readonly blocked: boolean;
  readonly secret: boolean;
  readonly group: string;
  readonly section: string;
  readonly sorter: number;
  readonly i18nLabel: string;
  readonly values?: readonly { readonly key: string }[];
  readonly createdAt: string;
  readonly _updatedAt: string;
}

/** A key of a translation that is longer is a sentence. */
const LONGEST_NAME = 60;

/** What it is called, of the key of its name where that is short, else of its id. */
function nameOfSetting({ _id, i18nLabel }: Document): string {
  const isKey = i18nLabel !== _id && i18nLabel.length <= LONGEST_NAME;
  const words = (isKey ? i18nLabel : _id.replace(/^(Livechat|Omnichannel)_/, '')).replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

const settingOf = (document: Document): Setting => ({
  id: document._id,
  name: nameOfSetting(document),
  group: document.group,
  section: document.section,
  kind: document.type,
  choices: document.values?.map(({ key }) => key) ?? null,
  value: document.value,
  default: document.packageValue,
  secret: document.secret,
  fixedBy: document.blocked ? `OVERWRITE_SETTING_${document._id}` : null,
  changedAt: document._updatedAt === document.createdAt && isSame(document) ? null : document._updatedAt,
});

const isSame = ({ value, packageValue }: Document): boolean => JSON.stringify(value) === JSON.stringify(packageValue);

export const mayChangeSettings = (): boolean => may('edit-privileged-setting');

/** In the order of a settings page. */
export async function readAllSettings(): Promise<readonly Setting[]> {
  const all = await whole<Document>('settings', 'settings', { sort: '{"sorter": 1}' });
  return all.toSorted((one, other) => one.sorter - other.sorter).map(settingOf);
}

export const valuesOf = (all: readonly Setting[]): Values => Object.fromEntries(all.map(({ id, value }) => [id, value]));

export async function saveSetting(id: string, value: Value): Promise<void> {
  await post(`settings/${id}`, { value });
}

interface Line {
  readonly at: string;
  readonly by: { readonly username: string } | null;
  readonly changes: readonly { readonly subject: string }[];
}

/** Who changed settings lately, by their ids, for those who may read the audit. */
export async function readChangers(): Promise<ReadonlyMap<string, Changer>> {
  const found = new Map<string, Changer>();
  if (!may('can-audit-log')) {
    return found;
  }
  const { items } = await get<{ readonly items: readonly Line[] }>('audit', { kind: 'setting.changed', limit: 200 }, 'hark/v1');
  for (const { at, by, changes } of items) {
    for (const { subject } of changes) {
      if (by !== null && !found.has(subject)) {
        found.set(subject, { name: nameOf(by.username), at: new Date(at).getTime() });
      }
    }
  }
  return found;
}
