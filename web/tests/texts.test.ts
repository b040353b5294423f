// What no compiler sees: that a translation is whole, and written as its readers write.
import { describe, expect, test } from 'vitest';

import type { Plural } from '../shared/words.ts';
import { en, type Key, type Texts } from '../widget/texts/en.ts';
import { direction } from '../shared/languages.ts';

const FILES = import.meta.glob<Texts>(['../widget/texts/*.ts', '!../widget/texts/en.ts'], {
  import: 'default',
  eager: true,
});
const LANGUAGES = Object.entries(FILES).map(
  ([path, texts]) => [path.replace(/^.*\/|\.ts$/g, ''), texts] as const,
);

// What other languages have taken over as it is, or English from them.
const SAME_AS_ENGLISH: ReadonlySet<string> = new Set([
  'Agent',
  'Conversation',
  'Emoji',
  'Message',
  'Name',
  'Offline',
  'Online',
  'Send',
  'optional',
]);

// What is written in Latin letters among Greek, Chinese or Thai ones too.
const LATIN_WORDS = /\b(e-mail|Emoji|OK)\b/g;

const SCRIPTS: Readonly<Record<string, RegExp>> = {
  Arab: /\p{Script=Arabic}/u,
  Cyrl: /\p{Script=Cyrillic}/u,
  Deva: /\p{Script=Devanagari}/u,
  Grek: /\p{Script=Greek}/u,
  Hans: /\p{Script=Han}/u,
  Hant: /\p{Script=Han}/u,
  Hebr: /\p{Script=Hebrew}/u,
  // The long vowel's mark belongs to both syllabaries.
  Jpan: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}ー]/u,
  Kore: /\p{Script=Hangul}/u,
  Latn: /\p{Script=Latin}/u,
  Thai: /\p{Script=Thai}/u,
};

// Signs that these languages write otherwise.
const FOREIGN_SIGNS: Readonly<Record<string, RegExp>> = {
  Arab: /[,;?]/,
  Hans: /[,;:?!()]/,
  Hant: /[,;:?!()]/,
  Jpan: /[,;:?!()]/,
};

interface Form {
  readonly key: Key;
  readonly category: keyof Plural | undefined;
  readonly text: string;
}

function formsOf(texts: Texts): Form[] {
  return (Object.entries(texts) as [Key, string | Plural][]).flatMap(([key, text]): Form[] =>
    typeof text === 'string'
      ? [{ key, category: undefined, text }]
      : Object.entries(text).map(([category, form]) => ({
          key,
          category: category as keyof Plural,
          text: form,
        })),
  );
}

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

const wordsOf = (text: string) => text.replaceAll(/\{\w+\}/g, '').replaceAll(LATIN_WORDS, '');

/** Whether one number alone has this form, so that a word can stand for it: "two messages". */
function isOfOneNumber(rules: Intl.PluralRules, category: string): boolean {
  const numbers = [...Array(1000).keys(), 1_000_000];
  return numbers.filter((number) => rules.select(number) === category).length === 1;
}

function english(key: Key): string {
  const text: string | Plural = en[key];
  return typeof text === 'string' ? text : text.other;
}

/** The keys of those forms that are wrong. */
const those = (texts: Texts, isWrong: (form: Form) => boolean): string[] =>
  formsOf(texts)
    .filter(isWrong)
    .map(({ key, category }) => (category === undefined ? key : `${key}.${category}`));

test('the languages are found', () => {
  expect(LANGUAGES.length).toBeGreaterThan(30);
});

describe.each(LANGUAGES)('%s', (code, texts) => {
  const { script = '' } = new Intl.Locale(code).maximize();
  const rules = new Intl.PluralRules(code);

  test('is named by a code that browsers know', () => {
    expect(Intl.getCanonicalLocales(code)).toEqual([code]);
    expect(Intl.PluralRules.supportedLocalesOf([code])).toEqual([code]);
  });

  test('begins on the side where its script begins', () => {
    expect(direction(code)).toBe(['Arab', 'Hebr'].includes(script) ? 'rtl' : 'ltr');
  });

  test('has the texts of English, in their order', () => {
    expect(Object.keys(texts)).toEqual(Object.keys(en));
  });

  test('greets with a sentence while nobody is there, not with the word for one who is not connected', () => {
    expect(texts.weAway.length).toBeGreaterThan(4);
    expect(texts.weAway).not.toContain(texts.offline);
  });

  test('has a form for each kind of number, and no other', () => {
    const categories = rules.resolvedOptions().pluralCategories.toSorted();
    const has = Object.entries(texts).map(([key, text]) => [
      key,
      typeof text === 'string' ? 'one text' : Object.keys(text).toSorted(),
    ]);
    const needs = Object.entries(en).map(([key, text]) => [
      key,
      typeof text === 'string' ? 'one text' : categories,
    ]);
    expect(has).toEqual(needs);
  });

  test('leaves the same places to fill in', () => {
    const wrong = those(texts, ({ key, category, text }) => {
      const found = holes(text).join(' ');
      const mayCountInWords = category !== undefined && isOfOneNumber(rules, category);
      return found !== holes(english(key)).join(' ') && !(found === '' && mayCountInWords);
    });
    expect(wrong).toEqual([]);
  });

  test('says something, without spaces too many', () => {
    const wrong = those(texts, ({ text }) => !/\p{L}/u.test(text) || /^\s|\s$|\s\s/u.test(text));
    expect(wrong).toEqual([]);
  });

  test('is not English', () => {
    const wrong = those(
      texts,
      ({ key, text }) => text === english(key) && !SAME_AS_ENGLISH.has(text),
    );
    expect(wrong).toEqual([]);
  });

  test('is written in its own letters', () => {
    const own = SCRIPTS[script];
    const wrong = those(texts, ({ text }) =>
      (wordsOf(text).match(/\p{L}/gu) ?? []).some((letter) => own?.test(letter) !== true),
    );
    expect(wrong).toEqual([]);
  });

  test('has the signs of print', () => {
    const foreign = FOREIGN_SIGNS[script];
    const wrong = those(
      texts,
      ({ text }) => /["'`]|\.\.\./.test(text) || foreign?.test(wordsOf(text)) === true,
    );
    expect(wrong).toEqual([]);
  });
});

// The browser takes a line's direction from its first letter, and names may be Latin.
test.each(LANGUAGES.filter(([code]) => direction(code) === 'rtl'))(
  '%s begins no text with a name',
  (_, texts) => {
    expect(those(texts, ({ text }) => text.startsWith('{name}'))).toEqual([]);
  },
);

test.each(LANGUAGES.filter(([code]) => code === 'fr'))(
  '%s keeps signs of two parts with the word before them',
  (_, texts) => {
    expect(those(texts, ({ text }) => /(?<!\u202F)[?!;]|(?<!\u00A0):/.test(text))).toEqual([]);
  },
);

test('what may be as in English is so in some language', () => {
  const same = LANGUAGES.flatMap(([, texts]) => formsOf(texts))
    .filter(({ key, text }) => text === english(key))
    .map(({ text }) => text);
  expect([...new Set(same)].toSorted()).toEqual([...SAME_AS_ENGLISH].toSorted());
});
