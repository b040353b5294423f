// What can be done now, by its name. What is on the screen says which commands it has.
import { signal } from '@preact/signals';

import { type Layer, useLayer } from './layers.ts';
import { go } from './place.ts';

export interface Command {
  /** What it is about, if that is not everything. */
  /** `found`: of the open chat, and one of many, so that it is only there for those who type its name. */
  readonly of?: 'chat' | 'place' | 'found';
  readonly icon: string;
  readonly title: string;
  /** What it is one of, or a part of: it stands before the title, and it is found by that as well. */
  readonly whole?: string;
  /** What else is known of it; it is found by that as well. */
  readonly note?: string;
  /** The note is what machines read. */
  readonly isCode?: true;
  /** What it is now; a secret and a long text are not told. */
  readonly value?: string;
  /** Another name, which nobody sees. */
  readonly alias?: string;
  /** What tells it apart from others of its name. */
  readonly key?: string;
  /** The key that does the same. */
  readonly keys?: string;
  /** Where it leads, if it is to a page: that opens in another tab as well. */
  readonly path?: string;
  readonly act: () => void;
}

/** What a command does that leads to a page. */
export const leadTo = (path: string): Pick<Command, 'path' | 'act'> => ({ path, act: () => go(path) });

/** Where one looks for them, and for chats. */
export const paletteIsShown = signal(false);

const layers: Layer<readonly Command[]>[] = [];

/** Commands that there are as long as this part is on the screen. */
export function useCommands(commands: readonly Command[]): void {
  useLayer(layers, commands);
}

/** Those of the innermost part come first. */
export const commandsNow = (): readonly Command[] => layers.toReversed().flatMap(({ has }) => has);
