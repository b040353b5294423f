import { useId } from 'preact/hooks';

import { Icon } from './Icon.tsx';

interface Props {
  readonly label: string;
  readonly on: boolean;
  /** Nothing for those who may only look. */
  readonly change: ((on: boolean) => void) | undefined;
}

/** On or off, where something beside it says what. */
export function Toggle({ label, on, change }: Props) {
  return (
    <button type="button" class="switch" role="switch" aria-checked={on} aria-label={label} disabled={change === undefined} onClick={() => change?.(!on)}>
      <Knob on={on} />
    </button>
  );
}

export function Switch({ label, on, change }: Props) {
  const id = useId();
  return (
    <div class="choice">
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked={on}
        aria-labelledby={id}
        disabled={change === undefined}
        onClick={() => change?.(!on)}
      >
        <Knob on={on} />
      </button>
      <span id={id}>{label}</span>
    </div>
  );
}

function Knob({ on }: { readonly on: boolean }) {
  return <span class="knob">{on ? <Icon name="check" size={12} /> : null}</span>;
}
