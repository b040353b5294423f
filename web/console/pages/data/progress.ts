// Something that takes a while and can be stopped; with its page it ends.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { reason } from '../../live/reasons.ts';

export type Phase = 'none' | 'busy' | 'done' | 'stopped';

export interface Progress {
  readonly phase: Phase;
  readonly isBusy: boolean;
  readonly fault: string;
  readonly run: (act: (stop: AbortSignal) => Promise<void>) => void;
  readonly stop: () => void;
}

export function useProgress(): Progress {
  const phase = useSignal<Phase>('none');
  const fault = useSignal('');
  const current = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const work = async (act: (stop: AbortSignal) => Promise<void>): Promise<void> => {
    if (phase.peek() === 'busy') {
      return;
    }
    const own = new AbortController();
    current.current = own;
    phase.value = 'busy';
    fault.value = '';
    try {
      await act(own.signal);
      phase.value = 'done';
    } catch (error) {
      phase.value = own.signal.aborted ? 'stopped' : 'none';
      fault.value = own.signal.aborted ? '' : reason(error);
    }
  };
  return {
    phase: phase.value,
    isBusy: phase.value === 'busy',
    fault: fault.value,
    run: (act) => void work(act),
    stop: () => current.current?.abort(),
  };
}
