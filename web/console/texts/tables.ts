// The tables of texts: one for each area of pages, loaded with it, and `base` for what is everywhere. A key is in one table only.
import type { Plural } from '../../shared/words.ts';
import type base from './en/base.ts';
import type chats from './en/chats.ts';
import type data from './en/data.ts';
import type figures from './en/figures.ts';
import type forms from './en/forms.ts';
import type keys from './en/keys.ts';
import type me from './en/me.ts';
import type monitor from './en/monitor.ts';
import type palette from './en/palette.ts';
import type people from './en/people.ts';
import type replies from './en/replies.ts';
import type reports from './en/reports.ts';
import type routing from './en/routing.ts';
import type setup from './en/setup.ts';
import type system from './en/system.ts';
import type webhooks from './en/webhooks.ts';
import type widget from './en/widget.ts';

interface Tables {
  readonly base: typeof base;
  readonly chats: typeof chats;
  readonly data: typeof data;
  readonly figures: typeof figures;
  readonly forms: typeof forms;
  readonly keys: typeof keys;
  readonly me: typeof me;
  readonly monitor: typeof monitor;
  readonly palette: typeof palette;
  readonly people: typeof people;
  readonly replies: typeof replies;
  readonly reports: typeof reports;
  readonly routing: typeof routing;
  readonly setup: typeof setup;
  readonly system: typeof system;
  readonly webhooks: typeof webhooks;
  readonly widget: typeof widget;
}

export type Area = keyof Tables;

type KeysOf<T, Kind> = { [K in keyof T]: T[K] extends Kind ? K : never }[keyof T];
type InAll<Kind> = { [A in Area]: KeysOf<Tables[A], Kind> }[Area];

export type TextKey = InAll<string>;
export type PluralKey = InAll<Plural>;

/** A table in another language: the same keys, each a text, or the plural forms that the language has. */
export type Translation<T> = { readonly [K in keyof T]: T[K] extends string ? string : Plural };

export type Texts = Readonly<Record<TextKey, string> & Record<PluralKey, Plural>>;
