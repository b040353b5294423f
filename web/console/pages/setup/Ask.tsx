import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

import { useKeys } from '../../keys.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultBanner } from '../../parts/FaultBanner.tsx';
import { Key } from '../../parts/Key.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly title: string;
  readonly more: string;
  readonly children: ComponentChildren;
  /** Does what was filled in; then the next step comes. */
  readonly save: () => Promise<void>;
  readonly done: () => void;
  readonly skip?: () => void;
}

/** One step: some fields, and on. */
export function Ask({ title, more, children, save, done, skip }: Props) {
  const { fault, isBusy, run } = useAttempt();
  const form = useRef<HTMLFormElement>(null);
  const act = (): void =>
    run(async () => {
      await save();
      done();
    });
  // Above the fields, where the step begins.
  useKeys({ Enter: () => form.current?.requestSubmit() });
  return (
    <main id="main" tabIndex={-1} class="steps">
      <form
        ref={form}
        class="ask"
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        <h1 tabIndex={-1}>{title}</h1>
        <p class="lead">{more}</p>
        <FaultBanner words={fault.value} />
        {children}
        <div class="line">
          <button type="submit" class="button primary" aria-disabled={isBusy.value}>
            <span>{t('continueOn')}</span>
            <Key keys="enter" />
          </button>
          {skip === undefined ? null : (
            <button type="button" class="button quiet" onClick={skip}>
              {t('skipStep')}
            </button>
          )}
        </div>
      </form>
    </main>
  );
}
