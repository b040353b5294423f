import { useSignal } from '@preact/signals';

import { Icon } from '../../parts/Icon.tsx';
import { t } from '../../texts.ts';

interface Props {
  readonly id: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly focused?: boolean;
  /** It is chosen here, not remembered. */
  readonly isNew?: boolean;
}

export function Password({ id, value, change, focused = false, isNew = false }: Props) {
  const shown = useSignal(false);
  const field = {
    id,
    autocomplete: isNew ? 'new-password' : 'current-password',
    required: true,
    autofocus: focused,
    value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => change(event.currentTarget.value),
  } as const;
  return (
    <span class="input">
      {shown.value ? <input {...field} type="text" /> : <input {...field} type="password" />}
      <button
        type="button"
        class="icon-button small"
        aria-label={t('showPassword')}
        aria-pressed={shown.value}
        onClick={() => {
          shown.value = !shown.value;
        }}
      >
        <Icon name="eye" />
      </button>
    </span>
  );
}
