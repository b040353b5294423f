// What differs between two states of a thing, as the audit keeps them.
export interface Difference {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};

const shown = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** What differs, by the names that the API has for it. */
export function differences(from: unknown, to: unknown): readonly Difference[] {
  const before = members(from);
  const after = members(to);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({ name, from: shown(before[name]), to: shown(after[name]) }))
    .filter((one) => one.from !== one.to);
}
