// Nothing is known of the visitor any more, and the way to a new chat.
import { useState } from 'preact/hooks';

import { startAnew } from '../chat/chat.ts';
import { forgotten } from '../chat/state.ts';
import { t } from '../texts.ts';
import { Problem, said } from '../ui/form.tsx';
import { Icon } from '../ui/icons.tsx';

export function Forgotten() {
  const [problem, setProblem] = useState<string>();
  return (
    <div class="card place" role="status">
      <span class="tick">
        <Icon name="check" />
      </span>
      <p>{t('forgotten')}</p>
      <Problem text={problem} />
      <button
        class="primary"
        type="button"
        onClick={() => {
          forgotten.value = false;
          startAnew().catch((error: unknown) => setProblem(said(error)));
        }}
      >
        {t('newChat')}
      </button>
    </div>
  );
}
