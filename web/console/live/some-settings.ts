// Some settings by their ids, as far as whoever looks may know them: managers know those that are public, administrators all.
// Rocket.Chat's route is read for it: Hark's own, with all settings and their meanings (settings.ts), is not for managers.
import { get, post } from '../api/http.ts';

export type Value = string | number | boolean;

export interface Setting {
  readonly _id: string;
  readonly type: string;
  readonly value: Value;
  readonly packageValue: Value;
  /** Whoever runs the server has fixed it. */
  readonly blocked: boolean;
  readonly env: boolean;
}

export type Values = Readonly<Record<string, Value>>;

/** In the order of the ids. */
export async function readSettings(ids: readonly string[]): Promise<readonly Setting[]> {
  const query = JSON.stringify({ _id: { $in: ids } });
  const { settings } = await get<{ readonly settings: readonly Setting[] }>('settings', { count: 0, query });
  return ids.flatMap((id) => settings.find(({ _id }) => _id === id) ?? []);
}

export const valuesOf = (settings: readonly Setting[]): Values => Object.fromEntries(settings.map(({ _id, value }) => [_id, value]));

export async function saveSettings(changed: Partial<Values>): Promise<void> {
  for (const [id, value] of Object.entries(changed)) {
    await post(`settings/${id}`, { value });
  }
}
