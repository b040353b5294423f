// Business units: departments that belong together, and the monitors who look after them.
import { erase, get, post } from '../api/http.ts';
import { type Holder, readHolders } from './staff.ts';

export interface Unit {
  readonly _id: string;
  readonly name: string;
  readonly numMonitors: number;
  readonly numDepartments: number;
}

export interface UnitDraft {
  readonly name: string;
  /** The ids of accounts. */
  readonly monitors: readonly string[];
  readonly departments: readonly string[];
}

export const NO_UNIT: UnitDraft = { name: '', monitors: [], departments: [] };

interface Named {
  readonly _id: string;
  readonly name: string;
}

export interface Units {
  readonly units: readonly Unit[];
  readonly monitors: readonly Holder[];
  readonly departments: readonly Named[];
}

const ALL = 0;
const at = (id: string): string => `livechat/units/${encodeURIComponent(id)}`;

export async function readUnits(): Promise<Units> {
  const [{ units }, monitors, { departments }] = await Promise.all([
    get<{ readonly units: readonly Unit[] }>('livechat/units', { text: '', count: ALL }),
    readHolders('monitor'),
    get<{ readonly departments: readonly Named[] }>('livechat/department', { count: ALL }),
  ]);
  return { units, monitors, departments };
}

export async function readUnitDraft(id: string): Promise<UnitDraft> {
  const [{ name }, { monitors }, { departments }] = await Promise.all([
    get<Unit>(at(id)),
    get<{ readonly monitors: readonly { readonly monitorId: string }[] }>(`${at(id)}/monitors`),
    get<{ readonly departments: readonly Named[] }>(`${at(id)}/departments`, { count: ALL }),
  ]);
  return { name, monitors: monitors.map(({ monitorId }) => monitorId).toSorted(), departments: departments.map(({ _id }) => _id).toSorted() };
}

/** Answers its id. */
export async function saveUnit(id: string | undefined, { name, monitors, departments }: UnitDraft, known: readonly Holder[]): Promise<string> {
  const body = {
    unitData: { name, visibility: 'public' },
    unitMonitors: monitors.map((monitorId) => ({ monitorId, username: known.find(({ _id }) => _id === monitorId)?.username })),
    unitDepartments: departments.map((departmentId) => ({ departmentId })),
  };
  const { _id } = await post<Unit>(id === undefined ? 'livechat/units' : at(id), body);
  return _id;
}

export const removeUnit = async (id: string): Promise<void> => void (await erase(at(id)));
