import names from 'virtual:launcher-names';

/** The launcher's name in the first of these languages that we speak: `pt-BR`, else `pt`, else
 * another Portuguese. */
export function choose(wishes: readonly string[]): readonly [code: string, name: string] {
  const all = Object.entries(names);
  for (const wish of wishes) {
    const code = wish.replace('_', '-').toLowerCase();
    const [base] = code.split('-');
    const find = (pattern: string) => all.find(([known]) => `${known}-`.toLowerCase().startsWith(pattern));
    const found = find(`${code}-`) ?? all.find(([known]) => known === base) ?? find(`${base}-`);
    if (wish !== '' && found !== undefined) {
      return found;
    }
  }
  return ['en', names['en'] ?? ''];
}
