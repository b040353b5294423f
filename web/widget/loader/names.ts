import names from 'virtual:launcher-names';

import { best } from '../shared/languages.ts';

/** The launcher's name in the first of these languages that we speak. */
export function choose(wishes: readonly string[]): readonly [code: string, name: string] {
  const code = best(wishes, Object.keys(names)) ?? 'en';
  return [code, names[code] ?? ''];
}
