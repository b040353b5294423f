import { t } from '../../texts.ts';
import type { useEntering } from './entering.ts';

/** The second factor: a code of an app, or one of those that were written down. */
export function Code({ entering }: { readonly entering: ReturnType<typeof useEntering> }) {
  return (
    <div class="field">
      <label for="code">{t('code')}</label>
      <input
        id="code"
        class="input"
        inputmode="numeric"
        autocomplete="one-time-code"
        required
        autofocus
        value={entering.code.value}
        onInput={(event) => {
          entering.code.value = event.currentTarget.value;
        }}
      />
    </div>
  );
}
