import type { ComponentChildren } from 'preact';

import { t } from '../texts.ts';
import { useAttempt } from './attempt.ts';
import { Dialog } from './Dialog.tsx';
import { FaultLine } from './FaultLine.tsx';

interface Props {
  readonly title: string;
  /** What becomes of it. */
  readonly children: ComponentChildren;
  /** What the button says. */
  readonly verb: string;
  readonly act: () => Promise<void>;
  readonly close: () => void;
}

/** Asks before something is done that takes something away. */
export function Sure({ title, children, verb, act, close }: Props) {
  const { fault, isBusy, run } = useAttempt();
  const go = (): void =>
    run(async () => {
      await act();
      close();
    });
  const foot = (
    <>
      <span class="push" />
      <button type="button" class="button quiet" onClick={close}>
        {t('cancel')}
      </button>
      <button type="button" class="button danger" aria-disabled={isBusy.value} onClick={go}>
        {verb}
      </button>
    </>
  );
  return (
    <Dialog title={title} close={close} act={go} foot={foot}>
      {children}
      <FaultLine words={fault.value} />
    </Dialog>
  );
}
