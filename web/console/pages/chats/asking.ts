// What is asked for stands in the address, and changes there.
import { FILTERS } from '../../live/search.ts';
import { go, place } from '../../place.ts';

/** The address with something else in it. */
export function ask(changed: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(place.peek().query);
  for (const [name, value] of Object.entries(changed)) {
    if (value === '') {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  const text = query.toString();
  go(`/chats${text === '' ? '' : `?${text}`}`, 'replace');
}

export const removeFilters = (): void => ask(Object.fromEntries(FILTERS.map((name) => [name, ''])));
