// How the widget looks and what it says: settings that managers change, and some that only administrators do.
import type { SeenSite } from '../api/generated/hark.ts';
import { get, post } from '../api/http.ts';
import { saveSetting, type Value, type Values } from './settings.ts';

/** Of Hark's own, beside those that the original's page has. */
const OWN = ['Livechat_welcome_greeting', 'Livechat_quick_starts', 'Livechat_privacy_link', 'Livechat_show_faces'];

export interface Appearance {
  readonly values: Values;
  /** What whoever runs the server fixes. */
  readonly fixed: ReadonlySet<string>;
}

interface Shown {
  readonly _id: string;
  readonly value: Value;
  readonly blocked?: boolean;
}

export async function readAppearance(): Promise<Appearance> {
  const [{ appearance }, { settings }] = await Promise.all([
    get<{ readonly appearance: readonly Shown[] }>('livechat/appearance'),
    get<{ readonly settings: readonly Shown[] }>('settings.public', { _id: OWN.join(','), count: OWN.length }),
  ]);
  const all = [...appearance, ...settings];
  return {
    values: Object.fromEntries(all.map(({ _id, value }) => [_id, value])),
    fixed: new Set(all.filter(({ blocked }) => blocked === true).map(({ _id }) => _id)),
  };
}

/** Only what was changed. */
export async function saveAppearance(changed: Values): Promise<void> {
  const entries = Object.entries(changed);
  const looks = entries.filter(([id]) => !OWN.includes(id)).map(([_id, value]) => ({ _id, value }));
  if (looks.length > 0) {
    await post('livechat/appearance', looks);
  }
  for (const [id, value] of entries.filter(([one]) => OWN.includes(one))) {
    await saveSetting(id, value);
  }
}

/** The sites that may show the widget; none is all of them. */
export async function readSites(): Promise<readonly string[]> {
  const { settings } = await get<{ readonly settings: readonly Shown[] }>('settings.public', { _id: 'Livechat_AllowedDomainsList' });
  const list = String(settings[0]?.value ?? '').split(',');
  return list.map((site) => site.trim()).filter((site) => site !== '');
}

export type { SeenSite };

/** The one that was seen last first. */
export async function readSeenSites(): Promise<readonly SeenSite[]> {
  const { items } = await get<{ readonly items: readonly SeenSite[] }>('widget/sites', {}, 'hark/v1');
  return items;
}
