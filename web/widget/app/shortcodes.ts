// What agents' clients write as `:smile:`, by the names that these clients know. The names are loaded
// when the first one is said; where that fails, the next one asks again.
import { signal } from '@preact/signals';

const asWritten = (text: string): string => text;
const names = signal(asWritten);
let coming: Promise<void> | undefined;

async function bring(): Promise<void> {
  try {
    const { named } = await import('./pieces/emoji.tsx');
    names.value = named;
  } catch {
    coming = undefined;
  }
}

/** A text with the emoji that it names; what is no name stays. */
export function withEmoji(text: string): string {
  if (/:[\w+-]+:/.test(text)) {
    coming ??= bring();
  }
  return names.value(text);
}

/** What is said once: when the names in it are there, or cannot be had. */
export async function whenNamed(say: () => string): Promise<string> {
  const said = say();
  if (coming === undefined || names.peek() !== asWritten) {
    return said;
  }
  await coming;
  return say();
}
