// The language that the panel speaks: the site's wish, else the operator's, else the browser's.
import { signal } from '@preact/signals';

import { best, direction } from '../../shared/languages.ts';
import { type Values, filled, plural } from '../../shared/words.ts';
import { en, type PluralKey, type TextKey, type Texts } from '../texts/en.ts';
import { tell } from './host.ts';

const LANGUAGES = import.meta.glob<{ readonly default: Texts }>([
  '../texts/*.ts',
  '!../texts/en.ts',
]);
const SPOKEN = ['en', ...Object.keys(LANGUAGES).map((path) => path.slice(9, -3))];

export const language = signal('en');
const texts = signal<Texts>(en);

/** What the site's page and the operator wish for. */
let wished: { readonly site?: string; readonly operator?: string } = {};
let turn = 0;

export async function speak(more: typeof wished = {}): Promise<void> {
  wished = { ...wished, ...more };
  turn += 1;
  const mine = turn;
  const { site = '', operator = '' } = wished;
  const chosen = best([site, operator, ...navigator.languages], SPOKEN) ?? 'en';
  const load = LANGUAGES[`../texts/${chosen}.ts`];
  try {
    const found = load === undefined ? en : (await load()).default;
    // Another wish has come meanwhile.
    if (mine !== turn) {
      return;
    }
    texts.value = found;
    language.value = chosen;
  } catch {
    // A piece that does not come leaves the language as it is.
  }
  document.documentElement.lang = language.peek();
  document.documentElement.dir = direction(language.peek());
  tell('language', language.peek(), texts.peek().launcher);
}

export function t(key: TextKey, values: Values = {}): string {
  return filled(texts.value[key], values, language.value);
}

/** A text with a number in it. */
export function count(key: PluralKey, number: number, values: Values = {}): string {
  return plural(texts.value[key], number, values, language.value);
}

export function time(at: number): string {
  return new Intl.DateTimeFormat(language.value, { timeStyle: 'short' }).format(at);
}

export function minutes(number: number): string {
  const unit = { style: 'unit', unit: 'minute', unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(language.value, unit).format(number);
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
