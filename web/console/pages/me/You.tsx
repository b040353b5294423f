import { useSignal } from '@preact/signals';

import type { Me } from '../../api/documents.ts';
import { saveName } from '../../live/profile.ts';
import { say } from '../../live/toasts.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { t } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Picture } from './Picture.tsx';

export function You({ own }: { readonly own: Me }) {
  const name = useSignal(own.name ?? '');
  const { fault, isBusy, run } = useAttempt();
  const isChanged = name.value.trim() !== '' && name.value.trim() !== own.name;
  const save = (): void =>
    run(async () => {
      if (isChanged) {
        await saveName(name.peek().trim());
        say(t('savedIt'));
      }
    });
  return (
    <section aria-labelledby="about-you">
      <h2 id="about-you">{t('aboutYou')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Picture own={own} />
        <div class="line who">
          <dl class="facts">
            <dt>{t('loginName')}</dt>
            <dd>
              <bdi>{own.username}</bdi>
            </dd>
            {own.email === undefined ? null : (
              <>
                <dt>{t('email')}</dt>
                <dd>
                  <bdi>{own.email}</bdi>
                </dd>
              </>
            )}
          </dl>
        </div>
        <div class="field">
          <label for="own-name">{t('name')}</label>
          <input
            id="own-name"
            class={isChanged ? 'input is-changed' : 'input'}
            autocomplete="name"
            required
            dir="auto"
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </div>
        <FaultLine words={fault.value} />
        <button type="submit" class="button" aria-disabled={!isChanged || isBusy.value}>
          {t('save')}
        </button>
      </form>
    </section>
  );
}
