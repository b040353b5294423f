import type { ComponentChildren } from 'preact';

import { Icon } from './Icon.tsx';

/** What is wrong with what was typed, below its field. */
export function Wrong({ id, words }: { readonly id: string; readonly words: ComponentChildren }) {
  return (
    <p id={id} class="error">
      <Icon name="alert" size={14} />
      {words}
    </p>
  );
}
