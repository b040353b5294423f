import { go, place } from '../place.ts';

/** Something else in the address of the page. What is empty is not asked for. */
export function ask(changed: Readonly<Record<string, string>>): void {
  const { path, query } = place.peek();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changed)) {
    if (value === '') {
      next.delete(name);
    } else {
      next.set(name, value);
    }
  }
  go(`${path}${next.size > 0 ? `?${next.toString()}` : ''}`, 'replace');
}
