import { useSignal } from '@preact/signals';

import { departments, me } from '../../live/people.ts';
import { makeDepartment } from '../../live/setup.ts';
import { t } from '../../texts.ts';
import { Ask } from './Ask.tsx';

export function FirstDepartment({ done }: { readonly done: () => void }) {
  const [first] = departments.value;
  const name = useSignal(first?.name ?? t('support'));
  const email = useSignal(me.value?.email ?? '');
  const save = async (): Promise<void> => {
    const wanted = name.peek().trim();
    // Whoever comes back makes no second one of the same name.
    if (!departments.peek().some((department) => department.name === wanted)) {
      await makeDepartment(wanted, email.peek().trim());
    }
  };
  return (
    <Ask title={t('departmentTitle')} more={t('departmentMore')} save={save} done={done} skip={done}>
      <div class="field">
        <label for="department">{t('departmentName')}</label>
        <input
          id="department"
          class="input"
          required
          dir="auto"
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
      </div>
      <div class="field">
        <label for="email">{t('departmentEmail')}</label>
        <input
          id="email"
          class="input"
          type="email"
          value={email.value}
          onInput={(event) => {
            email.value = event.currentTarget.value;
          }}
        />
      </div>
    </Ask>
  );
}
