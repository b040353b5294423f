// Everything that is shown.
import { CHARTS } from './charts.tsx';
import { CONTROLS } from './controls.tsx';
import { FLOATING } from './floating.tsx';
import { FORMS } from './forms.tsx';
import { INBOX } from './inbox.tsx';
import { PAGES } from './pages.tsx';
import { SIGNS } from './signs.tsx';
import type { Group, Part, State } from './state.ts';

export const GROUPS: readonly Group[] = [CONTROLS, FORMS, SIGNS, FLOATING, INBOX, PAGES, CHARTS];

export const keyOf = (part: Part, state: State): string => `${part.name}, ${state.name}`;

/** Those that have a frame, by what is asked for in its address. */
export const framed: ReadonlyMap<string, State> = new Map(
  GROUPS.flatMap(({ parts }) => parts.flatMap((part) => part.states.filter(({ high }) => high !== undefined).map((state) => [keyOf(part, state), state] as const))),
);
