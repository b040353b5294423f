// How much room there is.
import { type Signal, signal } from '@preact/signals';

function follow(query: string): Signal<boolean> {
  const list = matchMedia(query);
  const fits = signal(list.matches);
  list.addEventListener('change', () => {
    fits.value = list.matches;
  });
  return fits;
}

/** How many pixels one rem is: 16, unless somebody has larger letters. */
export const remInPx = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** One column, and a bar at the bottom. */
export const isPhone = follow('(max-width: 640px)');
/** The list or a chat, not both. */
export const isNarrow = follow('(max-width: 899px)');
/** Room for the list, a chat and what is beside it. */
export const isWide = follow('(min-width: 1200px)');
