import { useId } from 'preact/hooks';

import { Icon } from './Icon.tsx';

interface Props {
  readonly label: string;
  readonly on: boolean;
  readonly change: (on: boolean) => void;
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
        onClick={() => change(!on)}
      >
        <span class="knob">{on ? <Icon name="check" size={12} /> : null}</span>
      </button>
      <span id={id}>{label}</span>
    </div>
  );
}
