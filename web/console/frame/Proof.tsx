import { useSignal } from '@preact/signals';

import type { Asked } from '../api/proof.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { t } from '../texts.ts';

/** Whoever makes the change shows once more that it is them. */
export function Proof({ asked }: { readonly asked: Asked }) {
  const given = useSignal('');
  const isCode = asked.method === 'totp';
  const field = {
    id: 'proof',
    class: 'input',
    required: true,
    autofocus: true,
    'aria-describedby': 'proof-fault',
    value: given.value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => {
      given.value = event.currentTarget.value;
    },
  } as const;
  return (
    <Dialog title={t('proofTitle')} close={() => asked.answer(undefined)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          asked.answer(given.peek());
          given.value = '';
        }}
      >
        <p class="quiet">{t(isCode ? 'proofByCode' : 'proofByPassword')}</p>
        <div class="field">
          <label for="proof">{t(isCode ? 'code' : 'password')}</label>
          {isCode ? (
            <input {...field} inputmode="numeric" autocomplete="one-time-code" />
          ) : (
            <input {...field} type="password" autocomplete="current-password" />
          )}
          <p id="proof-fault" class="error" role="alert">
            {asked.wasWrong ? t(isCode ? 'wrongCode' : 'wrongCurrent') : ''}
          </p>
        </div>
        <div class="line">
          <button type="submit" class="button primary">
            {t('confirmCode')}
          </button>
          <button type="button" class="button quiet" onClick={() => asked.answer(undefined)}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
