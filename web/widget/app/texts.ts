// The language that the panel speaks: the site's wish, else the operator's, else the browser's.
import { signal } from '@preact/signals';

import { best, direction } from '../shared/languages.ts';
import { en, type Plural, type PluralKey, type TextKey, type Texts } from '../texts/en.ts';
import { tell } from './host.ts';

const LANGUAGES = import.meta.glob<Texts>(['../texts/*.ts', '!../texts/en.ts'], {
  import: 'default',
});
const SPOKEN = ['en', ...Object.keys(LANGUAGES).map((path) => path.slice(9, -3))];

export const language = signal('en');
const texts = signal<Texts>(en);

export async function speak(wishes: readonly string[]): Promise<void> {
  const chosen = best(wishes, SPOKEN) ?? 'en';
  const load = LANGUAGES[`../texts/${chosen}.ts`];
  try {
    texts.value = load === undefined ? en : await load();
    language.value = chosen;
  } catch {
    // A piece that does not come leaves the language as it is.
  }
  document.documentElement.lang = language.peek();
  document.documentElement.dir = direction(language.peek());
  tell('language', language.peek(), texts.peek().launcher);
}

type Values = Readonly<Record<string, string | number>>;

/** A value as the language writes it: Persian has digits of its own. */
const written = (value: string | number) =>
  typeof value === 'number' ? new Intl.NumberFormat(language.value).format(value) : value;

const fill = (text: string, values: Values) =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => written(values[name] ?? whole));

export function t(key: TextKey, values: Values = {}): string {
  return fill(texts.value[key], values);
}

/** A text with a number in it. */
export function count(key: PluralKey, number: number, values: Values = {}): string {
  const forms: Plural = texts.value[key];
  const category = new Intl.PluralRules(language.value).select(number);
  return fill(forms[category] ?? forms.other, { count: number, ...values });
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
