// The places in a canned response that are for what is known of a chat: `{{contact.name}}`.

export const PLACES = ['contact.name', 'contact.email', 'contact.phone', 'agent.name', 'agent.email'] as const;
export type PlaceName = (typeof PLACES)[number];

export interface Part {
  readonly words: string;
  /** It stands where the text has a place; `missing` names one for what is not known. */
  readonly is: 'text' | 'filled' | 'missing';
}

/** A text with values in its places; a name for which there is no value stays as it was typed. */
export function partsWith(text: string, valueOf: (name: string) => string | undefined): readonly Part[] {
  return text.split(/(\{\{[^{}]*\}\})/).map((words): Part => {
    const name = /^\{\{(.*)\}\}$/s.exec(words)?.[1]?.trim();
    const value = name === undefined ? undefined : valueOf(name);
    if (name === undefined || value === undefined) {
      return { words, is: 'text' };
    }
    return value === '' ? { words: name, is: 'missing' } : { words: value, is: 'filled' };
  });
}
