import { expect, test } from 'vitest';

import { best, direction } from '../shared/languages.ts';

const SPOKEN = ['en', 'de', 'he', 'id', 'nb', 'pt-BR', 'pt', 'ro', 'zh', 'zh-TW'];

test.each([
  ['de', 'de'],
  ['de-AT', 'de'],
  ['de_CH', 'de'],
  ['DE', 'de'],
  ['pt', 'pt'],
  ['pt-PT', 'pt'],
  ['pt-AO', 'pt'],
  ['pt-BR', 'pt-BR'],
  ['pt_br', 'pt-BR'],
  ['zh', 'zh'],
  ['zh-CN', 'zh'],
  ['zh-SG', 'zh'],
  ['zh-Hans-HK', 'zh'],
  ['zh-TW', 'zh-TW'],
  ['zh-HK', 'zh-TW'],
  ['zh-MO', 'zh-TW'],
  ['zh-Hant', 'zh-TW'],
  ['zh_Hant_TW', 'zh-TW'],
  ['no', 'nb'],
  ['no-NO', 'nb'],
  ['nn', 'nb'],
  ['nb-NO', 'nb'],
  ['iw', 'he'],
  ['iw-IL', 'he'],
  ['in', 'id'],
  ['mo', 'ro'],
])('who wishes for %s reads %s', (wish, read) => {
  expect(best([wish], SPOKEN)).toBe(read);
});

test.each(['', '*', 'x', 'German', 'de-', 'C.UTF-8', 'eo', 'd'])(
  'nothing is made of the wish "%s"',
  (wish) => {
    expect(best([wish], SPOKEN)).toBeUndefined();
  },
);

test('the first wish that can be met is met', () => {
  expect(best(['eo', 'not a language', 'de-AT', 'en'], SPOKEN)).toBe('de');
  expect(best([], SPOKEN)).toBeUndefined();
});

test('a language without a plain form is met by what there is of it', () => {
  expect(best(['pt-PT'], ['en', 'pt-BR'])).toBe('pt-BR');
  expect(best(['zh-CN'], ['en', 'zh-TW'])).toBeUndefined();
});

test('Hebrew and Arabic begin on the right, also with a country', () => {
  expect(['en', 'de', 'zh-TW'].map(direction)).toEqual(['ltr', 'ltr', 'ltr']);
  expect(['ar', 'fa', 'he', 'ur', 'ar-EG'].map(direction)).toEqual(['rtl', 'rtl', 'rtl', 'rtl', 'rtl']);
});
