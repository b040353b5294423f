// One thing at a time is done, and what was wrong is said beside it.
import { type Signal, useSignal } from '@preact/signals';

import { reason } from '../live/reasons.ts';

export interface Attempt {
  readonly fault: Signal<string>;
  readonly isBusy: Signal<boolean>;
  readonly run: (act: () => Promise<void>) => void;
}

export function useAttempt(): Attempt {
  const fault = useSignal('');
  const isBusy = useSignal(false);
  const work = async (act: () => Promise<void>): Promise<void> => {
    if (isBusy.peek()) {
      return;
    }
    isBusy.value = true;
    fault.value = '';
    try {
      await act();
    } catch (error) {
      fault.value = reason(error);
    }
    isBusy.value = false;
  };
  return { fault, isBusy, run: (act) => void work(act) };
}
