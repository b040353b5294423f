// What a program calls itself, as people call it.

/** The first that is found counts: most say of themselves that they are others as well. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

const found = (all: readonly (readonly [RegExp, string])[], text: string): string =>
  all.find(([sign]) => sign.test(text))?.[1] ?? '';

/** An icon, and `Firefox, Linux`; of what is no browser its own name. */
export function programOf(userAgent: string): readonly [icon: string, name: string] {
  const program = found(PROGRAMS, userAgent);
  const system = found(SYSTEMS, userAgent);
  const isPhone = system === 'Android' || system === 'iOS';
  const names = program === '' ? [/^[^\s/]+/.exec(userAgent)?.[0] ?? ''] : [program, system];
  return [isPhone ? 'phone' : 'desktop', names.filter((name) => name !== '').join(', ')];
}
