import { isMac } from '../keys.ts';

const SIGNS: Readonly<Record<string, string>> = {
  mod: isMac ? '⌘' : 'Ctrl',
  shift: '⇧',
  enter: '↵',
  escape: 'esc',
};

/** How a key is called beside what it does: `mod k`, `shift enter`. */
export const signs = (keys: string): string[] => keys.split(' ').map((key) => SIGNS[key] ?? key);

export function Key({ keys }: { readonly keys: string }) {
  return <kbd aria-hidden="true">{signs(keys).join(isMac ? '' : ' ')}</kbd>;
}
