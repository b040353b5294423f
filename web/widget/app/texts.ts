// The language that the panel speaks: the site's wish, else the operator's, else the browser's.
import { signal } from '@preact/signals';

import { en, type Plural, type PluralKey, type TextKey, type Texts } from '../texts/en.ts';
import { tell } from './host.ts';

const LANGUAGES = import.meta.glob<Texts>(['../texts/*.ts', '!../texts/en.ts'], {
  import: 'default',
});
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'fa', 'he', 'ur']);

export const language = signal('en');
const texts = signal<Texts>(en);

/** The best of what we have for what is wished for: `pt-BR`, else `pt`, else another Portuguese. */
function best(wished: string): string | undefined {
  const known = ['en', ...Object.keys(LANGUAGES).map((path) => path.slice(9, -3))];
  const [base = ''] = wished.split('-');
  const find = (test: (code: string) => boolean) => known.find(test);
  return (
    find((code) => code.toLowerCase() === wished.toLowerCase()) ??
    find((code) => code === base) ??
    find((code) => code.startsWith(`${base}-`))
  );
}

export async function speak(wishes: readonly string[]): Promise<void> {
  const chosen =
    wishes.map((wish) => best(wish.replace('_', '-'))).find((code) => code !== undefined) ?? 'en';
  const load = LANGUAGES[`../texts/${chosen}.ts`];
  try {
    texts.value = load === undefined ? en : await load();
    language.value = chosen;
  } catch {
    // A piece that does not come leaves the language as it is.
  }
  const [base = 'en'] = language.peek().split('-');
  document.documentElement.lang = language.peek();
  document.documentElement.dir = RIGHT_TO_LEFT.has(base) ? 'rtl' : 'ltr';
  tell('language', language.peek(), texts.peek().launcher);
}

type Values = Readonly<Record<string, string | number>>;

const fill = (text: string, values: Values) =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

export function t(key: TextKey, values: Values = {}): string {
  return fill(texts.value[key], values);
}

/** A text with a number in it. */
export function count(key: PluralKey, number: number, values: Values = {}): string {
  const forms: Plural = texts.value[key];
  const category = new Intl.PluralRules(language.value).select(number);
  const shown = new Intl.NumberFormat(language.value).format(number);
  return fill(forms[category] ?? forms.other, { count: shown, ...values });
}

export function time(at: number): string {
  return new Intl.DateTimeFormat(language.value, { timeStyle: 'short' }).format(at);
}

/** The day of a moment, for whoever looks at it now. */
export function day(at: number): string {
  const days = Math.round((startOfDay(Date.now()) - startOfDay(at)) / 86_400_000);
  if (days === 0 || days === 1) {
    return t(days === 0 ? 'today' : 'yesterday');
  }
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'full' }).format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
