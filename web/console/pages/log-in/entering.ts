// A log-in on its way: what was typed, which step it is, and what was wrong.
import { useSignal } from '@preact/signals';

import { type Entered, logIn } from '../../api/entry.ts';
import { isKept } from '../../api/session.ts';
import { t } from '../../texts.ts';

export function useEntering(known = '') {
  const login = useSignal(known);
  const password = useSignal('');
  const code = useSignal('');
  const step = useSignal<'password' | 'code'>('password');
  const fault = useSignal('');
  const busy = useSignal(false);
  const stays = useSignal(isKept());

  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value) {
      return;
    }
    busy.value = true;
    fault.value = '';
    try {
      became(await logIn(login.value.trim(), password.value, code.value.replaceAll(/\s/g, ''), stays.value));
    } catch {
      fault.value = t('unreachable');
    }
    busy.value = false;
  };

  const became = (entered: Entered): void => {
    switch (entered) {
      case 'in':
        break;
      case 'code wanted':
        step.value = 'code';
        break;
      case 'wrong code':
        code.value = '';
        fault.value = t('wrongCode');
        break;
      case 'wrong':
        step.value = 'password';
        fault.value = t('wrongPassword');
        break;
      case 'inactive':
        fault.value = t('inactive');
        break;
      case 'blocked':
        fault.value = t('blocked');
        break;
    }
  };

  const back = (): void => {
    step.value = 'password';
    code.value = '';
    fault.value = '';
  };

  return { login, password, code, step, fault, busy, stays, enter, back };
}
