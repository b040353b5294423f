import { useSignal } from '@preact/signals';

import { clock, MINUTES_OF_A_DAY, minutesOf } from '../../live/hours.ts';

interface Props {
  /** When something ends: midnight is that of its day. */
  readonly isEnd?: boolean;
  readonly label: string;
  readonly value: number;
  /** What it may be; anything else is not taken. */
  readonly least?: number;
  readonly most?: number;
  readonly change: (minutes: number) => void;
}

/** To the minute. What somebody types is theirs until they leave the field: on the way to a time stand others. */
export function TimeOfDay({ label, value, isEnd = false, least = 0, most = MINUTES_OF_A_DAY, change }: Props) {
  const typed = useSignal<string | undefined>(undefined);
  return (
    <label class="line">
      {label}
      <input
        class="input"
        type="time"
        step={60}
        value={typed.value ?? clock(value % MINUTES_OF_A_DAY)}
        onInput={(event) => {
          const text = event.currentTarget.value;
          typed.value = text;
          const minutes = isEnd && text === '00:00' ? MINUTES_OF_A_DAY : minutesOf(text);
          if (text !== '' && minutes >= least && minutes <= most) {
            change(minutes);
          }
        }}
        onBlur={() => {
          typed.value = undefined;
        }}
      />
    </label>
  );
}
