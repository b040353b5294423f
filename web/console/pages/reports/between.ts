// Times are known by the stretch that they are in, whose bounds the server says.
import type { Between } from '../../live/figures.ts';
import { shortly, t } from '../../texts.ts';

export function betweenName(between: Between | null): string {
  if (between === null) {
    return '–';
  }
  const { fromMs, untilMs } = between;
  if (untilMs === null) {
    return t('overTime', { time: shortly(fromMs) });
  }
  return fromMs === 0 ? t('underTime', { time: shortly(untilMs) }) : t('fromTimeToTime', { from: shortly(fromMs), until: shortly(untilMs) });
}
