import names from 'virtual:launcher-names';

import { best } from '../../shared/languages.ts';

/** The first of these languages that we speak, and the launcher's name in it. */
export function choose(wishes: readonly string[]): readonly [code: string, name: string] {
  const code = best(wishes, Object.keys(names)) ?? 'en';
  return [code, names[code] ?? ''];
}
