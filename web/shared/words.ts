// Texts with places to fill in, as the table of a language has them.
import { numbers, plurals } from './formats.ts';

/** A form for each plural category of CLDR that the language needs; `other` is in every language. */
export type Plural = { readonly other: string } & {
  readonly [category in 'zero' | 'one' | 'two' | 'few' | 'many']?: string;
};

export type Values = Readonly<Record<string, string | number>>;

export function filled(text: string, values: Values, language: string): string {
  // Persian has digits of its own.
  const written = (value: string | number) =>
    typeof value === 'number' ? numbers(language).format(value) : value;
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => written(values[name] ?? whole));
}

/** A text with a number in it. */
export function plural(forms: Plural, number: number, values: Values, language: string): string {
  const category = plurals(language).select(number);
  return filled(forms[category] ?? forms.other, { count: number, ...values }, language);
}
