import { useEffect, useRef } from 'preact/hooks';

import { days, type HalfHour, readDay } from '../../live/endpoints.ts';
import { number, t } from '../../texts.ts';

const AGAIN_MS = 60_000;
const HIGH = 28;
const STEP = 3;

interface Props {
  readonly id: string;
  readonly name: string;
}

/** How it went with an endpoint in each half hour of a day: what arrived stands above the line, what failed below it. */
export function DayBars({ id, name }: Props) {
  const element = useRef<SVGSVGElement>(null);
  const day = days.value.get(id) ?? [];
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    // Nobody sees what it tells as long as it is not in the window.
    const look = (): void => void readDay(id).catch(() => undefined);
    const seen = new IntersectionObserver(([entry]) => {
      clearInterval(timer);
      if (entry?.isIntersecting === true) {
        look();
        timer = setInterval(look, AGAIN_MS);
      }
    });
    if (element.current !== null) {
      seen.observe(element.current);
    }
    return () => {
      clearInterval(timer);
      seen.disconnect();
    };
  }, [id]);
  const sum = (of: (half: HalfHour) => number): number => day.reduce((all, half) => all + of(half), 0);
  const most = Math.max(1, ...day.map(({ delivered }) => delivered));
  const mostFailed = Math.max(1, ...day.map(({ failedAttempts }) => failedAttempts));
  const failed = sum(({ failedAttempts }) => failedAttempts);
  const base = failed > 0 ? 19 : 27;
  const label = t('dayOfEndpoint', { name, delivered: number(sum(({ delivered }) => delivered)), failed: number(failed) });
  return (
    <svg ref={element} class="bars48" width="144" height={HIGH} viewBox={`0 0 144 ${HIGH}`} role="img" aria-label={label}>
      <path class="base" d={`M0 ${base + 0.5}H144`} />
      {day.map(({ from, delivered, failedAttempts }, place) => {
        const up = delivered === 0 ? 0 : Math.max(1, Math.round((delivered / most) * (base - 1)));
        const down = failedAttempts === 0 ? 0 : Math.max(2, Math.round((failedAttempts / mostFailed) * (HIGH - base - 1)));
        return (
          <g key={from}>
            {up === 0 ? null : <rect class="bar-good" x={place * STEP} y={base - up} width="2" height={up} />}
            {down === 0 ? null : <rect class="bar-bad" x={place * STEP} y={base + 1} width="2" height={down} />}
          </g>
        );
      })}
    </svg>
  );
}
