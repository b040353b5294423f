// What no compiler sees: that a translation of the console is whole.
import { describe, expect, test, vi } from 'vitest';

import type { Plural } from '../../shared/words.ts';

type Table = Readonly<Record<string, string | Plural>>;

const FILES = import.meta.glob<Table>(['../../console/texts/*/*.ts', '!../../console/texts/*/index.ts'], { import: 'default', eager: true });
const SOURCES = import.meta.glob<string>('../../console/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });

/** `[de, webhooks, its texts]` */
const TABLES = Object.entries(FILES).map(([path, table]) => {
  const [code = '', area = ''] = path.replace(/\.ts$/, '').split('/').slice(-2);
  return [code, area, table] as const;
});
const ENGLISH = new Map(TABLES.filter(([code]) => code === 'en').map(([, area, table]) => [area, table]));
const TRANSLATED = TABLES.filter(([code]) => code !== 'en');

const all = (texts: Table) => Object.entries(texts);
const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted().join(' ');

test('the languages are found', () => {
  const codes = [...new Set(TRANSLATED.map(([code]) => code))].toSorted();
  expect(codes).toEqual(['ar', 'de', 'es', 'fr', 'he', 'it', 'ja', 'nl', 'pl', 'pt-BR', 'tr']);
});

test('every language has every area', () => {
  for (const code of new Set(TRANSLATED.map(([one]) => one))) {
    expect(TRANSLATED.filter(([one]) => one === code).map(([, area]) => area)).toEqual([...ENGLISH.keys()]);
  }
});

test('a key is in one table only', () => {
  const keys = [...ENGLISH.values()].flatMap((table) => Object.keys(table));
  expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
});

/** Where the texts of an area are said besides its own pages: in parts, and on pages that load them (`also` of their places). */
const ALSO: Readonly<Record<string, RegExp>> = {
  chats: /\/pages\/inbox\/Filtering/,
  figures: /\/(parts\/charts\/|pages\/(monitor|reports)\/|pages\/inbox\/Taken)/,
  forms: /\/parts\/(Compare|SaveBar|faults)\./,
  keys: /\/frame\/KeySheet/,
  palette: /\/frame\/(Palette|found-(chats|settings|words))/,
  setup: /\/pages\/inbox\/FirstSteps/,
  webhooks: /\/(parts\/(charts\/DayBars|endpoint-health)|pages\/(monitor|reports)\/)/,
};

test('what stands in the table of an area is said on its pages only', () => {
  const outside = [...ENGLISH].flatMap(([area, table]) => {
    // The types of what the API answers are no texts, nor is a member of one.
    const isOther = (path: string): boolean => !/\/(texts|api)\//.test(path) && !path.includes(`/pages/${area}/`) && ALSO[area]?.test(path) !== true;
    const others = Object.entries(SOURCES).filter(([path]) => isOther(path));
    const keys = area === 'base' ? [] : Object.keys(table);
    return keys.flatMap((key) => others.filter(([, source]) => source.replaceAll(/\w\['\w+'\]/g, '').includes(`'${key}'`)).map(([path]) => `${key}: ${path}`));
  });
  expect(outside).toEqual([]);
});

test('a day of another year has its year, and what came of a request is said in words, as is why something was refused', async () => {
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  const { day, when } = await import('../../console/texts.ts');
  const { outcomeOf } = await import('../../console/parts/outcome.ts');
  const then = new Date(2020, 4, 3, 12).getTime();
  expect([when(then, Date.now()), day(then, Date.now())]).toEqual(['3 May 2020', expect.stringMatching(/^Sunday,? 3 May 2020$/)]);
  expect(day(Date.now(), 0)).not.toMatch(/\d{4}/);
  const sent = { id: '', endpoint: '', kind: '', state: 'pending', status: null, error: 'connect', attempts: 0, nextAttemptAt: null };
  expect(outcomeOf(sent as unknown as Parameters<typeof outcomeOf>[0])).toBe('no connection');
  // The server has one code for two reasons.
  const { Refused } = await import('../../shared/answers.ts');
  const { reason } = await import('../../console/live/reasons.ts');
  const refused = (error: string) => reason(new Refused(400, { error: `${error} [error-action-not-allowed]`, errorType: 'error-action-not-allowed' }));
  expect([refused('Leaving the app without admins is not allowed'), refused('Not allowed')]).toEqual(['Somebody has to be an administrator.', 'Your roles do not allow this.']);
  const { answerInFull } = await import('../../console/parts/statuses.ts');
  expect([answerInFull(503, 'status'), answerInFull(299, null), answerInFull(302, 'redirect'), answerInFull(null, 'connect')]).toEqual([
    '503 Service Unavailable',
    '299',
    '302 Found, redirect',
    'no connection',
  ]);
  vi.unstubAllGlobals();
});

test('numbers, dates and times have the same digits, those of the country', async () => {
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('navigator', { languages: ['en-GB', 'ar-EG'] });
  const { count, dateOf, duration, language, number, percent, t, time, timeOfDay } = await import('../../console/texts.ts');
  language.value = 'ar';
  const at = new Date(2020, 4, 3, 12).getTime();
  const written = [number(142), percent(0.5), duration(61_000), dateOf(at), time(at), timeOfDay(510), timeOfDay(1440), t('shownOf', { count: 100, total: 142 }), count('andMore', 12)].join();
  expect(written.match(/\p{Nd}/gu)?.filter((digit) => /\d/.test(digit))).toEqual([]);
  expect([timeOfDay(510), timeOfDay(1440)]).toEqual(['٠٨:٣٠', '٢٤:٠٠']);
  language.value = 'en';
  vi.unstubAllGlobals();
});

describe.each(TRANSLATED)('%s, %s', (code, area, texts) => {
  const en = ENGLISH.get(area) ?? {};

  test('has the texts of English, in their order', () => {
    expect(Object.keys(texts)).toEqual(Object.keys(en));
  });

  test('has a form for each kind of number, and no other', () => {
    const categories = new Intl.PluralRules(code).resolvedOptions().pluralCategories.toSorted();
    const wrong = all(texts).filter(
      ([, text]) => typeof text !== 'string' && Object.keys(text).toSorted().join(' ') !== categories.join(' '),
    );
    expect(wrong).toEqual([]);
  });

  test('leaves the same places to fill in', () => {
    const wrong = all(texts).filter(([key, text]) => {
      const english = en[key];
      return typeof text === 'string' && typeof english === 'string' && holes(text) !== holes(english);
    });
    expect(wrong).toEqual([]);
  });

  test('has the signs of print, and no spaces too many', () => {
    const forms = all(texts).flatMap(([, text]) => (typeof text === 'string' ? [text] : Object.values(text)));
    expect(forms.filter((text) => /["'`]|\.\.\.|^\s|\s$|\s\s/.test(text))).toEqual([]);
  });
});
