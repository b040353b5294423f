import { type Signal, useSignal } from '@preact/signals';

import { reason } from '../../live/reasons.ts';

export interface Sending {
  readonly fault: Signal<string>;
  readonly isBusy: Signal<boolean>;
  readonly submit: (event: Event) => void;
}

/** A form that is sent once at a time, and says why it was not taken. */
export function useSending(send: () => Promise<void>): Sending {
  const fault = useSignal('');
  const isBusy = useSignal(false);
  const sent = async (): Promise<void> => {
    isBusy.value = true;
    fault.value = '';
    try {
      await send();
    } catch (error) {
      fault.value = reason(error);
    }
    isBusy.value = false;
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!isBusy.peek()) {
      void sent();
    }
  };
  return { fault, isBusy, submit };
}
