// Every setting of the server: what it is for, what it is, and who changed it.
import { millis } from '../api/documents.ts';
import type { SettingInFull } from '../api/generated/hark.ts';
import { get, post } from '../api/http.ts';
import type { Changer } from './changers.ts';
import { may, nameOf } from './people.ts';
import { wholeInPages } from './whole.ts';

export type Value = string | number | boolean | null | readonly string[];

/** The document leaves open what a value may be. */
export interface Setting extends Omit<SettingInFull, 'kind' | 'value' | 'default'> {
  readonly kind: 'boolean' | 'string' | 'int' | 'select' | 'multiSelect' | 'color' | 'password' | 'code' | 'relativeUrl';
  readonly value: Value;
  readonly default: Value;
}

/** By the ids of the settings. */
export type Values = Readonly<Record<string, Value>>;

/** In the order of a settings page. */
export const readAllSettings = async (): Promise<readonly Setting[]> => await wholeInPages<Setting>('settings');

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
        found.set(subject, { name: nameOf(by.username), at: millis(at) });
      }
    }
  }
  return found;
}
