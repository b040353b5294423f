// What agents' clients write as `:smile:`, by the names that these clients know. The names are loaded
// when the first one is said; where that fails, the next one asks again.
import { signal } from '@preact/signals';

const names = signal((text: string): string => text);
let coming: Promise<void> | undefined;

/** A text with the emoji that it names; what is no name stays. */
export function withEmoji(text: string): string {
  if (/:[\w+-]+:/.test(text)) {
    coming ??= import('./pieces/emoji.tsx').then(
      ({ named }) => void (names.value = named),
      () => void (coming = undefined),
    );
  }
  return names.value(text);
}
