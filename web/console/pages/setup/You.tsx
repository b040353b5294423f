import { useSignal } from '@preact/signals';

import { calledAs, type Me } from '../../api/documents.ts';
import { saveYou } from '../../live/setup.ts';
import { Switch } from '../../parts/Switch.tsx';
import { t } from '../../texts.ts';
import { Ask } from './Ask.tsx';

export function You({ own, done }: { readonly own: Me; readonly done: () => void }) {
  const name = useSignal(calledAs(own));
  const answers = useSignal(true);
  return (
    <Ask title={t('youTitle')} more={t('youMore')} save={() => saveYou(name.peek().trim(), answers.peek())} done={done}>
      <div class="field">
        <label for="name">{t('name')}</label>
        <input
          id="name"
          class="input"
          autocomplete="name"
          required
          dir="auto"
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
      </div>
      <Switch
        label={t('youAnswer')}
        on={answers.value}
        change={(on) => {
          answers.value = on;
        }}
      />
    </Ask>
  );
}
