// Pauses as people write them: `5s 5min 2h`, in every language alike.
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
];

const SHORT: Readonly<Record<string, string>> = { m: 'min', sec: 's' };

/** In the largest unit of which it is a whole number. */
export function written(ms: number): string {
  const [name, size] = UNITS.find(([, one]) => ms >= one && ms % one === 0) ?? ['ms', 1];
  return `${ms / size}${name}`;
}

/** Nothing where it is none. */
export function read(text: string): readonly number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const pauses = parts.map((part) => {
    const [, many, name] = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(part) ?? [];
    const unit = name?.toLowerCase() ?? '';
    const size = UNITS.find(([one]) => one === (SHORT[unit] ?? unit))?.[1];
    return many === undefined || size === undefined ? undefined : Math.round(Number(many) * size);
  });
  return pauses.includes(undefined) ? undefined : pauses.filter((pause) => pause !== undefined);
}
