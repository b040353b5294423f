// What no compiler sees: that a translation of the console is whole.
import { describe, expect, test } from 'vitest';

import { en, type Texts } from '../../console/texts/en.ts';
import type { Plural } from '../../shared/words.ts';

const FILES = import.meta.glob<Texts>(['../../console/texts/*.ts', '!../../console/texts/en.ts'], {
  import: 'default',
  eager: true,
});
const LANGUAGES = Object.entries(FILES).map(
  ([path, texts]) => [path.replace(/^.*\/|\.ts$/g, ''), texts] as const,
);

const all = (texts: Texts) => Object.entries(texts) as [keyof Texts, string | Plural][];
const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted().join(' ');

test('the languages are found', () => {
  expect(LANGUAGES.map(([code]) => code)).toEqual(['ar', 'de']);
});

describe.each(LANGUAGES)('%s', (code, texts) => {
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
      const english: string | Plural = en[key];
      return typeof text === 'string' && typeof english === 'string' && holes(text) !== holes(english);
    });
    expect(wrong).toEqual([]);
  });

  test('has the signs of print, and no spaces too many', () => {
    const forms = all(texts).flatMap(([, text]) => (typeof text === 'string' ? [text] : Object.values(text)));
    expect(forms.filter((text) => /["'`]|\.\.\.|^\s|\s$|\s\s/.test(text))).toEqual([]);
  });
});
