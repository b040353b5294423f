import type { CannedResponse } from '../../api/documents.ts';
import { partsOf } from '../../live/canned.ts';

/** Some clients write the sign into it. */
export const shortcutOf = ({ shortcut }: CannedResponse): string => shortcut.replace(/^[!/]/, '');

/** In one line, with a gap for what is not known. */
export const saidOf = ({ text }: CannedResponse): string =>
  partsOf(text)
    .map(({ words, is }) => (is === 'missing' ? '…' : words))
    .join('');
