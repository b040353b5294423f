import type { Presence } from '../api/documents.ts';
import { pictureOf } from '../live/pictures.ts';

const HUES = 6;

function hueOf(name: string): number {
  let mixed = 7;
  for (const letter of name) {
    mixed = (mixed * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  }
  return (mixed % HUES) + 1;
}

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const letters = words.slice(0, 2).map((word) => /^./u.exec(word)?.[0] ?? '');
  return letters.join('').toUpperCase() || '?';
}

interface Props {
  readonly name: string;
  /** Of one who works here, and may show a picture. */
  readonly username?: string | undefined;
  readonly size: number;
  readonly presence?: Presence | undefined;
}

/** Beside the name, which it repeats. */
export function Avatar({ name, username, size, presence }: Props) {
  const picture = pictureOf(username);
  const shown = presence === 'busy' ? 'away' : presence;
  return (
    <span class={`avatar hue-${hueOf(name)}`} style={{ '--size': `${size}px` }} aria-hidden="true">
      {picture === undefined ? initials(name) : <img src={picture} alt="" />}
      {shown === undefined ? null : <i class={`presence presence-${shown}`} />}
    </span>
  );
}
