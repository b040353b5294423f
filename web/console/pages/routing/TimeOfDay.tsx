import { clock, MINUTES_OF_A_DAY, minutesOf } from '../../live/hours.ts';

interface Props {
  /** When something ends: midnight is that of its day. */
  readonly isEnd?: boolean;
  readonly label: string;
  readonly value: number;
  readonly change: (minutes: number) => void;
}

/** To the minute. */
export function TimeOfDay({ label, value, isEnd = false, change }: Props) {
  return (
    <label class="line">
      {label}
      <input
        class="input"
        type="time"
        step={60}
        value={clock(value % MINUTES_OF_A_DAY)}
        onChange={(event) => {
          if (event.currentTarget.value !== '') {
            const minutes = minutesOf(event.currentTarget.value);
            change(isEnd && minutes === 0 ? MINUTES_OF_A_DAY : minutes);
          }
        }}
      />
    </label>
  );
}
