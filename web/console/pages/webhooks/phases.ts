// The parts of the time until an answer was there, one after the other.
import type { Attempt } from '../../live/crm.ts';
import { number } from '../../texts.ts';

export const PHASES = { dns: 'phaseName', connect: 'phaseConnect', tls: 'phaseTls', firstByte: 'phaseFirstByte', rest: 'phaseBody' } as const;

export type Phase = readonly [name: keyof typeof PHASES, ms: number];

export function phasesOf({ phasesMs: { dns, connect, tls, firstByte, total } }: Attempt): readonly Phase[] {
  const opening: readonly (readonly [name: keyof typeof PHASES, ms: number | null])[] = [
    ['dns', dns],
    ['connect', connect],
    ['tls', tls],
  ];
  const known = opening.flatMap(([name, ms]): readonly Phase[] => (ms === null ? [] : [[name, ms]]));
  if (firstByte === null) {
    return known;
  }
  const opened = known.reduce((sum, [, ms]) => sum + ms, 0);
  return [...known, ['firstByte', Math.max(0, firstByte - opened)], ['rest', Math.max(0, total - firstByte)]];
}

/** Of a time in milliseconds as much as can be told apart. */
export const inMs = (ms: number): string => number(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms));
