import './live-dot.css';

/** Whether a page follows what happens; a word stands beside it. */
export function LiveDot({ state }: { readonly state: 'on' | 'off' | 'paused' }) {
  return <i class={`live-dot is-${state}`} />;
}
