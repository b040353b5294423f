// The language of the console: the best of those that the browser asks for.
import { computed, signal } from '@preact/signals';

import { dates, numbers } from '../shared/formats.ts';
import { best, direction } from '../shared/languages.ts';
import { filled, plural, type Values } from '../shared/words.ts';
import base from './texts/en/base.ts';
import type { Area, PluralKey, TextKey, Texts } from './texts/tables.ts';

type Table = Partial<Texts>;

/** A language: the texts of `base`, and how to find those of each area. */
interface Tables {
  readonly base: Table;
  readonly areas: Readonly<Record<string, () => Promise<unknown>>>;
}

const LANGUAGES = import.meta.glob<Tables>('./texts/*/index.ts', { import: 'default' });
const ENGLISH = 'en';
const SPOKEN = [ENGLISH, ...Object.keys(LANGUAGES).flatMap((path) => path.split('/')[2] ?? []).filter((code) => code !== ENGLISH)];

export const language = signal(ENGLISH);
/** With the country, which has its own way of writing dates and numbers: all that is written by either has the same digits. */
export const locale = computed(
  () => navigator.languages.find((wish) => wish.split('-')[0] === language.value) ?? language.value,
);
/** Of the areas whose pages were opened. */
const texts = signal<Table>(base);
const areas = new Map<Area, Promise<void>>([['base', Promise.resolve()]]);

const KEY = 'hark.console.language';

/** The language that somebody chose in this browser; without one it is the browser's. */
export const chosenLanguage = signal(localStorage.getItem(KEY) ?? '');

/** How each language calls itself. */
export const languages: readonly (readonly [code: string, name: string])[] = SPOKEN.map((code) => [
  code,
  new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code,
]);

export async function choose(code: string): Promise<void> {
  localStorage.setItem(KEY, code);
  chosenLanguage.value = code;
  await speak();
}

function wished(): string {
  const wishes = [chosenLanguage.peek(), ...navigator.languages].filter((wish) => wish !== '');
  return best(wishes, SPOKEN) ?? ENGLISH;
}

export async function speak(of: readonly Area[] = [...areas.keys()]): Promise<void> {
  const chosen = wished();
  const tables = await Promise.all(of.map(async (area) => await tableOf(area, chosen)));
  if (chosen !== wished()) {
    return await speak(of);
  }
  texts.value = Object.assign({}, texts.peek(), ...tables) as Table;
  language.value = chosen;
  document.documentElement.lang = chosen;
  document.documentElement.dir = direction(chosen);
}

/** Before a page of this area is shown. */
export async function speakOf(area: Area): Promise<void> {
  let coming = areas.get(area);
  if (coming === undefined) {
    coming = speak([area]);
    areas.set(area, coming);
  }
  try {
    await coming;
  } catch (error) {
    areas.delete(area);
    throw error;
  }
}

/** A table that does not come leaves English. */
async function tableOf(area: Area, code: string): Promise<Table> {
  if (area === 'base' && code === ENGLISH) {
    return base;
  }
  try {
    const tables = await LANGUAGES[`./texts/${code}/index.ts`]?.();
    return (area === 'base' ? tables?.base : ((await tables?.areas[`./${area}.ts`]?.()) as Table | undefined)) ?? base;
  } catch (error) {
    if (code === ENGLISH) {
      throw error;
    }
    return await tableOf(area, ENGLISH);
  }
}

export function t(key: TextKey, values: Values = {}): string {
  return filled(texts.value[key] ?? key, values, locale.value);
}

export function count(key: PluralKey, many: number, values: Values = {}): string {
  return plural(texts.value[key] ?? { other: key }, many, values, locale.value);
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat(language.value).format(names);
}

export function number(value: number): string {
  return numbers(locale.value).format(value);
}

export function milliseconds(value: number): string {
  const [amount, unit] = value < 1000 ? ([value, 'millisecond'] as const) : ([value / 1000, 'second'] as const);
  return numbers(locale.value, unit === 'second' ? { style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: 1 } : { style: 'unit', unit, maximumFractionDigits: 0 }).format(amount);
}

/** `98.7 %`; only all of it is 100. */
export function percent(share: number): string {
  const shown = share < 1 ? Math.min(share, 0.999) : 1;
  return numbers(locale.value, { style: 'percent', maximumFractionDigits: 1 }).format(shown);
}

/** The time of day, and of another day its date. */
export const when = (at: number, now: number): string => (startOfDay(at) === startOfDay(now) ? time(at) : dateOf(at));

export function time(at: number, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(seconds ? { second: '2-digit' } : {}),
  };
  return dates(locale.value, options).format(at);
}

/** A time of any day, by its minutes since midnight; the end of the day is `24:00`. */
export function timeOfDay(minutes: number): string {
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: minutes < 1440 ? 'h23' : 'h24', timeZone: 'UTC' };
  return dates(locale.value, options).format(minutes * 60_000);
}

export function day(at: number, now: number): string {
  const date = dates(locale.value, { weekday: 'long', day: 'numeric', month: 'long', ...yearOf(at) }).format(at);
  return startOfDay(at) === startOfDay(now) ? t('todayIs', { date }) : date;
}

/** The year is said when it is another one. */
const yearOf = (at: number): Intl.DateTimeFormatOptions => (new Date(at).getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' });

export function dateOf(at: number): string {
  return dates(locale.value, { day: 'numeric', month: 'short', ...yearOf(at) }).format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

const unit = (value: number, name: 'second' | 'hour' | 'minute' | 'day'): string =>
  numbers(locale.value, { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(value);

/** With zeros before it, up to so many digits. */
export const digits = (value: number, least: number): string => numbers(locale.value, { minimumIntegerDigits: least }).format(value);

/** `4:51` below an hour, `1 h 20 min` below a day, `2 d 22 h` above. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 3600) {
    return `${number(Math.floor(seconds / 60))}:${digits(seconds % 60, 2)}`;
  }
  const hours = Math.floor(seconds / 3600);
  return hours < 24
    ? `${unit(hours, 'hour')} ${unit(Math.floor((seconds % 3600) / 60), 'minute')}`
    : `${unit(Math.floor(hours / 24), 'day')} ${unit(hours % 24, 'hour')}`;
}

/** `5 s`, `5 min`, `2 h 35 min`: in the two largest units that it has. */
export function shortly(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts: readonly (readonly [value: number, name: 'second' | 'hour' | 'minute' | 'day'])[] = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ];
  const shown = parts.slice(Math.max(0, parts.findIndex(([value]) => value > 0))).slice(0, 2);
  const found = shown.filter(([value]) => value > 0).map(([value, name]) => unit(value, name));
  return found.length === 0 ? unit(0, 'second') : found.join(' ');
}

/** From the largest to the smallest that is said. */
const SIZES = [
  [1_000_000_000, 'gigabyte'],
  [1_000_000, 'megabyte'],
  [1000, 'kilobyte'],
] as const;

export function bytes(size: number): string {
  const [one, named] = SIZES.find(([least]) => size >= least) ?? SIZES[2];
  const value = Math.max(1, Math.round(size / one));
  return numbers(locale.value, { style: 'unit', unit: named }).format(value);
}

/** A Monday, from which days of the week are counted. */
const MONDAY = Date.UTC(2024, 0, 1);

/** A day of the week, from 0 for Monday. */
export function weekday(from: number, length: 'long' | 'short'): string {
  return dates(locale.value, { weekday: length, timeZone: 'UTC' }).format(MONDAY + from * 86_400_000);
}

/** A day with its year. */
export function longDay(at: number): string {
  return dates(locale.value, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at);
}
