import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { whoMay } from '../live/people.ts';
import { count, listed, t } from '../texts.ts';

/** Who can help somebody whose roles lack a permission, by name as far as accounts may be listed. */
export function LetIn({ permission }: { readonly permission: string }) {
  const names = useSignal<readonly string[] | undefined>(undefined);
  useEffect(() => {
    const look = async (): Promise<void> => {
      names.value = await whoMay(permission).catch(() => []);
    };
    void look();
  }, [permission]);
  const known = names.value;
  if (known === undefined) {
    return null;
  }
  return <>{known.length === 0 ? t('adminCanLetIn') : count('canLetIn', known.length, { names: listed(known) })}</>;
}
