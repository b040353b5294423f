// Files that somebody lets go over a page, or pastes into it.

import type { Locator } from 'playwright-core';

/** Two by two, red. */
export const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==';

/** As if a file were let go over it, or pasted into it. */
export async function give(target: Locator, kind: 'drop' | 'paste', name: string): Promise<void> {
  await target.evaluate(
    (element, [type, file, bytes]) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (byte) => byte.charCodeAt(0));
      data.items.add(new File([content], file, { type: 'image/png' }));
      const shared = { bubbles: true, cancelable: true };
      element.dispatchEvent(
        type === 'drop'
          ? new DragEvent('drop', { ...shared, dataTransfer: data })
          : new ClipboardEvent('paste', { ...shared, clipboardData: data }),
      );
    },
    [kind, name, PICTURE] as const,
  );
}
