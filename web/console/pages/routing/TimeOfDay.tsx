import { clock, MINUTES_OF_A_DAY, minutesOf } from '../../live/hours.ts';

interface Props {
  readonly label: string;
  readonly value: number;
  readonly change: (minutes: number) => void;
}

/** To the minute. The last one that a clock shows stands for the end of the day. */
export function TimeOfDay({ label, value, change }: Props) {
  return (
    <label class="line">
      {label}
      <input
        class="input"
        type="time"
        step={60}
        value={value === MINUTES_OF_A_DAY ? '23:59' : clock(value)}
        onChange={(event) => {
          if (event.currentTarget.value !== '') {
            change(minutesOf(event.currentTarget.value));
          }
        }}
      />
    </label>
  );
}
