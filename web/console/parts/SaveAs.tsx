import './save-as.css';

import { useSignal } from '@preact/signals';

import { t } from '../texts.ts';
import { useAttempt } from './attempt.ts';
import { FaultLine } from './FaultLine.tsx';
import { TextField } from './Field.tsx';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';

interface Props {
  /** What the button says. */
  readonly verb: string;
  readonly icon: string;
  readonly look: 'button' | 'filter';
  readonly label: string;
  readonly suggested?: string;
  readonly save: (name: string) => Promise<void>;
}

/** What is looked at again and again is saved under a name. */
export function SaveAs({ verb, icon, look, label, suggested = '', save }: Props) {
  /** Nothing while it is not asked for. */
  const name = useSignal<string | undefined>(undefined);
  const { fault, isBusy, run } = useAttempt();
  const close = (): void => {
    name.value = undefined;
  };
  const act = async (): Promise<void> => {
    await save((name.peek() ?? '').trim());
    close();
  };
  return (
    <span class="save-as">
      <button
        type="button"
        class={look}
        aria-expanded={name.value !== undefined}
        onClick={() => {
          name.value = name.peek() === undefined ? suggested : undefined;
        }}
      >
        <Icon name={icon} size={look === 'filter' ? 14 : 16} />
        {verb}
      </button>
      {name.value === undefined ? null : (
        <Popover label={verb} kind="" close={close}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (name.peek()?.trim() !== '') {
                run(act);
              }
            }}
          >
            <TextField
              label={label}
              value={name.value}
              change={(text) => {
                name.value = text;
              }}
            />
            <FaultLine words={fault.value} />
            <button type="submit" class="button primary" aria-disabled={isBusy.value}>
              {t('save')}
            </button>
          </form>
        </Popover>
      )}
    </span>
  );
}
