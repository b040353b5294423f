// The language that the panel speaks: the site's wish, else the operator's, else the browser's.
import { signal } from '@preact/signals';

import { best, direction } from '../../shared/languages.ts';
import { type Values, filled, plural } from '../../shared/words.ts';
import { en, type Key, type PluralKey, type TextKey, type Texts } from '../texts/en.ts';
import { tell } from './host.ts';

/** Of a language that is not English there are the lines alone. */
type Lines = readonly Texts[Key][];

const LANGUAGES = import.meta.glob<{ readonly default: Lines }>([
  '../texts/*.ts',
  '!../texts/en.ts',
]);
const SPOKEN = ['en', ...Object.keys(LANGUAGES).map((path) => path.slice(9, -3))];

export const language = signal('en');
const texts = signal<Texts>(en);

/** What the site's page and the operator wish for. */
let wished: { readonly site?: string; readonly operator?: string } = {};
let turn = 0;

const named = (lines: Lines) =>
  Object.fromEntries(Object.keys(en).map((key, index) => [key, lines[index]])) as unknown as Texts;

export async function speak(more: typeof wished = {}): Promise<void> {
  wished = { ...wished, ...more };
  turn += 1;
  const mine = turn;
  const { site = '', operator = '' } = wished;
  const chosen = best([site, operator, ...navigator.languages], SPOKEN) ?? 'en';
  const load = LANGUAGES[`../texts/${chosen}.ts`];
  try {
    const found = load === undefined ? en : named((await load()).default);
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

/** Where the visitor reads it: clocks are written otherwise in London than in New York. */
function locale(): string {
  const [plain] = language.value.split('-');
  return navigator.languages.find((one) => one.split('-')[0] === plain) ?? language.value;
}

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale(), options);

export function time(at: number): string {
  return format({ timeStyle: 'short' }).format(at);
}

/** From one time to another, on the visitor's clock. */
export function times(from: number, until: number): string {
  return `${time(from)}–${time(until)}`;
}

/** A weekday, or several in a row. */
export function weekdays(first: number, last: number): string {
  const weekday = format({ weekday: 'long' });
  return first === last ? weekday.format(first) : weekday.formatRange(first, last);
}

export function size(bytes: number): string {
  const isLarge = bytes >= 1e6;
  const unit = isLarge ? 'megabyte' : 'kilobyte';
  const how = { style: 'unit', unit, maximumFractionDigits: isLarge ? 1 : 0 } as const;
  return new Intl.NumberFormat(language.value, how).format(bytes / (isLarge ? 1e6 : 1e3));
}

export function minutes(number: number): string {
  const unit = { style: 'unit', unit: 'minute', unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(language.value, unit).format(number);
}

const daysFrom = (at: number) => Math.round((startOfDay(at) - startOfDay(Date.now())) / 86_400_000);

export const isToday = (at: number): boolean => daysFrom(at) === 0;

/** The day of a moment that is still to come: today, tomorrow or a weekday. */
export function dayAhead(at: number): string {
  const days = daysFrom(at);
  return days < 2
    ? new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }).format(days, 'day')
    : weekdays(at, at);
}

/** The day of a moment, for whoever looks at it now. */
export function day(at: number): string {
  const days = -daysFrom(at);
  if (days === 0 || days === 1) {
    return t(days === 0 ? 'today' : 'yesterday');
  }
  return format({ dateStyle: 'full' }).format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
