import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { type Trial, tryPattern } from '../../live/fields.ts';
import { reason } from '../../live/reasons.ts';
import { TextField } from '../../parts/Field.tsx';
import { Mark } from '../../parts/Icon.tsx';
import { milliseconds, t } from '../../texts.ts';

/** What is typed settles before it is asked for. */
const SETTLED_MS = 250;

/** A value on which a pattern is tried by the server, while both are typed. */
export function PatternTrial({ pattern }: { readonly pattern: string }) {
  const text = useSignal('');
  const trial = useSignal<Trial | undefined>(undefined);
  const fault = useSignal('');
  const tried = text.value;
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      try {
        const found = await tryPattern(pattern, tried);
        if (!isOver) {
          trial.value = found;
          fault.value = '';
        }
      } catch (error) {
        if (!isOver) {
          trial.value = undefined;
          fault.value = reason(error);
        }
      }
    };
    const timer = setTimeout(() => void look(), SETTLED_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [pattern, tried]);
  const fits = (trial.value?.found.length ?? 0) > 0;
  return (
    <div class="data-trial">
      <TextField
        label={t('tryValue')}
        value={tried}
        change={(next) => {
          text.value = next;
        }}
        error={fault.value}
      />
      <div role="status">
        {trial.value === undefined || tried === '' ? null : (
          <p class="state meta">
            <Mark state={fits ? 'delivered' : 'failed'} />
            {t(fits ? 'valueFits' : 'valueDoesNotFit')}
            <span class="quiet num">{milliseconds(Math.ceil(trial.value.micros / 1000))}</span>
          </p>
        )}
      </div>
    </div>
  );
}
