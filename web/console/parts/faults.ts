// What is wrong with what somebody has filled in: found before it is sent, or said by the server. It is loaded when something is
// changed, with its texts when something is wrong.
import { Refused } from '../../shared/answers.ts';
import { lastChanger, remover } from '../live/changers.ts';
import { speakOf, t, when } from '../texts.ts';
import type { TextKey } from '../texts/tables.ts';
import type { Wish, Wishes } from './form.ts';

export { lastChanger };

/** Before anything of this is said. */
export const speak = async (): Promise<void> => await speakOf('forms');

/** A domain without a dot is one of this machine, to which no mail goes. */
const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text.trim());
const isUrl = (text: string): boolean => /^https?:\/\/[^/\s]+/.test(text.trim());

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}

/** What one thing is not that it should be. */
function lacks(value: unknown, wish: Wish): string {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = all.map(String).filter((text) => text.trim() !== '');
  if (typeof wish === 'number') {
    return texts.some((text) => Number(text) >= wish && Number.isFinite(Number(text))) ? '' : t('fieldNoNumber', { least: wish });
  }
  if (texts.length === 0) {
    return wish === 'needed' || wish === 'url' ? t('fieldNeeded') : '';
  }
  if (wish === 'email') {
    return texts.every(isEmail) ? '' : t('fieldNoEmail');
  }
  if (wish === 'url') {
    return texts.every(isUrl) ? '' : t('fieldNoUrl');
  }
  return wish === 'needed' || texts.every(isPattern) ? '' : t('fieldNoPattern');
}

/** By its fields, what is wrong with it. */
export function check<T extends object>(value: T, wishes: Wishes<T>): Readonly<Record<string, string>> {
  const found = Object.entries(wishes).map(([key, wish]) => [key, lacks(value[key as keyof T], wish as Wish)] as const);
  return Object.fromEntries(found.filter(([, words]) => words !== ''));
}

/** What the server says of a single field; and how that is called, where neither details nor the code name it. */
const REFUSALS: Readonly<Record<string, readonly [words: TextKey, ...fields: string[]]>> = {
  'error-the-field-is-required': ['fieldNeeded'],
  'error-input-is-not-a-valid-field': ['fieldNotTaken'],
  'error-field-unavailable': ['fieldInUse'],
  'error-invalid-email': ['fieldNoEmail', 'emails'],
  'error-invalid-shortcut': ['fieldInUse'],
  'error-duplicate-priority-name': ['fieldInUse'],
  'error-custom-field-name-already-exists': ['fieldInUse', 'field'],
  'error-invalid-custom-field-name': ['fieldLetters', 'field'],
  'error-invalid-regexp': ['fieldNoPattern', 'regexp', 'value'],
  'error-validating-department-chat-closing-tags': ['fieldNeeded', 'chatClosingTags'],
  'error-fallback-department-circular': ['fieldNotTaken', 'fallbackForwardDepartment'],
  'error-department-of-another-unit': ['fieldOtherUnit', 'departments'],
};

export interface FieldRefusal {
  readonly field: string;
  readonly words: string;
}

/** Of which of these fields the server says no; nothing where it means all of them. */
export function refusedField(error: unknown, fields: readonly string[]): FieldRefusal | undefined {
  if (!(error instanceof Refused)) {
    return undefined;
  }
  // What a setting may be is said with its id in front.
  if (error.code === 'error-invalid-setting-value') {
    const words = error.message.replace(/ \[[^\]]*\]$/, '');
    const field = fields.find((id) => words.startsWith(`${id} `));
    return field === undefined ? undefined : { field, words };
  }
  const [words, ...called] = REFUSALS[error.code] ?? [];
  const details = error.body['details'] as { readonly field?: string } | undefined;
  const named = details?.field?.toLowerCase();
  const field = fields.find((key) => key.toLowerCase() === named || called.includes(key) || error.code.endsWith(`-${key}`));
  return words === undefined || field === undefined ? undefined : { field, words: t(words) };
}

/** The first one on the page. */
export function focusFault(): void {
  const wrong = document.querySelector<HTMLElement>('main .is-invalid');
  const control = wrong?.matches('input, select, textarea') === true ? wrong : wrong?.querySelector<HTMLElement>('input:not([type="color"]), select, textarea');
  wrong?.closest('details')?.setAttribute('open', '');
  control?.focus();
}

/** Whether what was read by its id is not there any more. */
export const isGone = (error: unknown): boolean => error instanceof Refused && [400, 404].includes(error.status);

/** Who deleted it, as far as that may be known. */
export async function goneWords(id: string): Promise<string> {
  const who = await remover(id).catch(() => undefined);
  return who === undefined ? t('deletedMeanwhile') : t('deletedMeanwhileBy', { name: who.name, time: when(who.at, Date.now()) });
}
