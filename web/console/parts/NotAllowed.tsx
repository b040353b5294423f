import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { me, whoMay } from '../live/people.ts';
import { address } from '../place.ts';
import { count, listed, t } from '../texts.ts';

interface Props {
  readonly page: string;
  /** What is missing. */
  readonly permission: string;
}

/** A page that is not for the one who looks, and who can change that. */
export function NotAllowed({ page, permission }: Props) {
  const names = useSignal<readonly string[]>([]);
  useEffect(() => {
    const look = async (): Promise<void> => {
      names.value = await whoMay(permission).catch(() => []);
    };
    void look();
  }, [permission]);
  const own = me.value;
  return (
    <main id="main" tabIndex={-1} class="nothing">
      <h1>{t('notAllowedPage', { page })}</h1>
      <p>
        {t('notAllowedMore', { name: own?.name ?? own?.username ?? '' })}{' '}
        {names.value.length === 0 ? '' : count('canLetIn', names.value.length, { names: listed(names.value) })}
      </p>
      <a class="button primary" href={address('/inbox')} data-inside>
        {t('toInbox')}
      </a>
    </main>
  );
}
