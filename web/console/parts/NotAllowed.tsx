import { mayAnswer, me } from '../live/people.ts';
import { address } from '../place.ts';
import { t } from '../texts.ts';
import { LetIn } from './LetIn.tsx';

interface Props {
  readonly page: string;
  /** What is missing. */
  readonly permission: string;
}

/** A page that is not for the one who looks, and who can change that. */
export function NotAllowed({ page, permission }: Props) {
  const own = me.value;
  return (
    <main id="main" tabIndex={-1} class="nothing">
      <h1>{t('notAllowedPage', { page })}</h1>
      <p>
        {t('notAllowedMore', { name: own?.name ?? own?.username ?? '' })} <LetIn permission={permission} />
      </p>
      {mayAnswer.value ? (
        <a class="button primary" href={address('/inbox')} data-inside>
          {t('toInbox')}
        </a>
      ) : null}
    </main>
  );
}
