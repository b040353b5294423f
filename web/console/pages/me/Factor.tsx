import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { Refused } from '../../../shared/answers.ts';
import { codesLeft, confirmFactor, endFactor, type Offer, offerFactor, renewCodes } from '../../live/profile.ts';
import { Copy } from '../../parts/Copy.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { count, t } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';

/** What a code is asked for. */
type Step = 'nothing' | 'confirm' | 'end' | 'renew';

export function Factor({ isOn }: { readonly isOn: boolean }) {
  const offer = useSignal<Offer | undefined>(undefined);
  const step = useSignal<Step>('nothing');
  const code = useSignal('');
  const codes = useSignal<readonly string[]>([]);
  const left = useSignal<number | undefined>(undefined);
  const { fault, run } = useAttempt();
  useEffect(() => {
    const look = async (): Promise<void> => {
      left.value = await codesLeft().catch(() => undefined);
    };
    if (isOn) {
      void look();
    }
  }, [isOn, codes.value]);
  const isFirst = useRef(true);
  // The button that had the focus makes way for another step.
  useEffect(() => {
    if (!isFirst.current) {
      document.getElementById(step.value === 'nothing' ? 'factor' : 'factor-code')?.focus();
    }
    isFirst.current = false;
  }, [step.value]);
  const begin = (): void =>
    run(async () => {
      offer.value = await offerFactor();
      step.value = 'confirm';
    });
  const act = async (given: string): Promise<boolean> => {
    if (step.peek() === 'end') {
      return await endFactor(given);
    }
    codes.value = await (step.peek() === 'confirm' ? confirmFactor(given) : renewCodes(given));
    return true;
  };
  const enter = (): void =>
    run(async () => {
      try {
        if (await act(code.peek().replaceAll(/\s/g, ''))) {
          step.value = 'nothing';
          offer.value = undefined;
        } else {
          fault.value = t('wrongCode');
        }
      } catch (error) {
        if (!(error instanceof Refused)) {
          throw error;
        }
        fault.value = t('wrongCode');
      }
      code.value = '';
    });
  const ask = (next: Step): void => {
    codes.value = [];
    fault.value = '';
    step.value = next;
  };
  return (
    <section aria-labelledby="factor">
      <h2 id="factor" tabIndex={-1}>{t('secondFactor')}</h2>
      <p>{t(isOn ? 'factorOn' : 'factorOff')}</p>
      {isOn && left.value !== undefined ? <p class="meta">{count('codesLeft', left.value)}</p> : null}
      {offer.value === undefined ? null : (
        <>
          <p>{t('factorSecret')}</p>
          <p class="once">
            <span class="mono">{offer.value.secret}</span>
            <Copy text={offer.value.secret} />
          </p>
          <p>
            <a href={offer.value.url}>{t('openInApp')}</a>
          </p>
        </>
      )}
      {codes.value.length === 0 ? null : (
        <div class="once codes">
          <p>
            <b class="strong">{t('backupCodes')}</b> {t('backupCodesMore')}
          </p>
          <ul class="mono">
            {codes.value.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          <Copy text={codes.value.join('\n')} />
        </div>
      )}
      {step.value === 'nothing' ? (
        <div class="line">
          {isOn ? (
            <>
              <button type="button" class="button" onClick={() => ask('renew')}>
                {t('newCodes')}
              </button>
              <button type="button" class="button" onClick={() => ask('end')}>
                {t('turnOff')}
              </button>
            </>
          ) : (
            <button type="button" class="button" onClick={begin}>
              {t('turnOn')}
            </button>
          )}
        </div>
      ) : (
        <form
          class="by-code"
          onSubmit={(event) => {
            event.preventDefault();
            enter();
          }}
        >
          <div class="field">
            <label for="factor-code">{t('code')}</label>
            <input
              id="factor-code"
              class="input"
              inputmode="numeric"
              autocomplete="one-time-code"
              required
              value={code.value}
              onInput={(event) => {
                code.value = event.currentTarget.value;
              }}
            />
          </div>
          <button type="submit" class="button">
            {t(step.value === 'end' ? 'turnOff' : 'confirmCode')}
          </button>
          <button
            type="button"
            class="button quiet"
            onClick={() => {
              ask('nothing');
              offer.value = undefined;
            }}
          >
            {t('cancel')}
          </button>
        </form>
      )}
      <FaultLine words={fault.value} />
    </section>
  );
}
