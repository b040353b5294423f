import { h } from 'preact';

import drawn from 'virtual:icons';

interface Props {
  readonly name: string;
  readonly size?: number;
  /** It points somewhere, so it is mirrored where lines run the other way. */
  readonly turns?: boolean;
}

/** Beside words, which say the same. */
export function Icon({ name, size = 16, turns = false }: Props) {
  return (
    <svg class={turns ? 'i turns' : 'i'} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {drawn[name]?.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}

export type State = 'delivered' | 'waiting' | 'failed' | 'slowed' | 'paused' | 'disabled' | 'sending' | 'held' | 'idle';

interface MarkProps {
  readonly state: State;
  /** The word for it, unless it stands beside. */
  readonly label?: string;
  readonly size?: number;
}

/** The state of something. */
export function Mark({ state, label, size = 16 }: MarkProps) {
  const named = label === undefined ? ({ 'aria-hidden': true } as const) : ({ role: 'img', 'aria-label': label } as const);
  return (
    <svg class={`mark mark-${state}`} width={size} height={size} viewBox="0 0 16 16" {...named}>
      {drawn[`mark-${state}`]?.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}

export function Logo({ size }: { readonly size: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 28 28" aria-hidden="true">
      <rect width="28" height="28" rx="8" fill="#1f6f54" />
      <path d="M9 7v14M19 7v14" stroke="#fff" stroke-width="2.6" stroke-linecap="round" fill="none" />
      <path
        d="M9 14c1.7-3.4 3.3-3.4 5 0s3.3 3.4 5 0"
        stroke="#fff"
        stroke-width="2.2"
        stroke-linecap="round"
        fill="none"
      />
    </svg>
  );
}
