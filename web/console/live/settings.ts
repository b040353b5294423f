// Every setting of the server: what it is for, what it is, and who changed it.
import { millis } from '../api/documents.ts';
import type { AuditLine, SettingInFull } from '../api/generated/hark.ts';
import { get, post } from '../api/http.ts';
import { whoOf } from './audit.ts';
import type { Changer } from './changers.ts';
import { may } from './people.ts';
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

/** A value as one reads it, unless it is on or off; nothing for an empty one. */
export const inWords = (value: Exclude<Value, boolean>): string => (typeof value === 'object' ? (value ?? []).join(', ') : String(value).replaceAll('_', ' '));

export const valuesOf = (all: readonly Setting[]): Values => Object.fromEntries(all.map(({ id, value }) => [id, value]));

export async function saveSetting(id: string, value: Value): Promise<void> {
  await post(`settings/${id}`, { value });
}

/** Who changed settings lately, by their ids, for those who may read the audit. */
export async function readChangers(): Promise<ReadonlyMap<string, Changer>> {
  const found = new Map<string, Changer>();
  if (!may('can-audit-log')) {
    return found;
  }
  const { items } = await get<{ readonly items: readonly AuditLine[] }>('audit', { kind: 'setting.changed', limit: 200 }, 'hark/v1');
  for (const { at, by, changes } of items) {
    for (const { subject } of changes) {
      if (by !== null && !found.has(subject)) {
        found.set(subject, { name: whoOf(by), at: millis(at) });
      }
    }
  }
  return found;
}
