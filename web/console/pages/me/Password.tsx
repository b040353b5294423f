import { useSignal } from '@preact/signals';

import { Refused } from '../../../shared/answers.ts';
import { changePassword } from '../../live/profile.ts';
import { say } from '../../live/toasts.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { t } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';

export function Password() {
  const before = useSignal('');
  const next = useSignal('');
  const { fault, isBusy, run } = useAttempt();
  const save = (): void =>
    run(async () => {
      try {
        await changePassword(before.peek(), next.peek());
      } catch (error) {
        if (error instanceof Refused && error.code === 'error-invalid-password') {
          fault.value = t('wrongCurrent');
          return;
        }
        throw error;
      }
      before.value = '';
      next.value = '';
      say(t('passwordChanged'));
    });
  const field = (id: string, label: string, text: typeof before, autocomplete: 'current-password' | 'new-password') => (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type="password"
        autocomplete={autocomplete}
        required
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
    </div>
  );
  return (
    <section aria-labelledby="own-password">
      <h2 id="own-password">{t('changePassword')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {field('password-before', t('currentPassword'), before, 'current-password')}
        {field('password-next', t('newPassword'), next, 'new-password')}
        <FaultLine words={fault.value} />
        <button type="submit" class="button" aria-disabled={isBusy.value}>
          {t('changePassword')}
        </button>
      </form>
    </section>
  );
}
