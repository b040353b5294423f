import type { ComponentChildren } from 'preact';

/** A part in one of the states in which somebody may meet it. */
export interface State {
  readonly name: string;
  readonly draw: () => ComponentChildren;
  /** What has the focus, or is pointed at: a selector. */
  readonly focus?: string;
  readonly hover?: string;
  /** What is pressed for it, one after the other. */
  readonly press?: readonly string[];
  /** What floats, needs an address or is a page has a frame for itself, so high in pixels. */
  readonly high?: number;
  /** The address at which it stands. */
  readonly at?: string;
  /** It brings its own `main`. */
  readonly isPage?: boolean;
}

export interface Part {
  /** As its file in `console/parts` is called; without one, as the guide calls it. */
  readonly name: string;
  readonly states: readonly State[];
  /** It needs the width of the page. */
  readonly isWide?: boolean;
}

export interface Group {
  readonly name: string;
  readonly parts: readonly Part[];
}
