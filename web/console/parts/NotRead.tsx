import { Refused } from '../../shared/answers.ts';
import { reason } from '../live/reasons.ts';
import { t } from '../texts.ts';
import { Icon, Mark } from './Icon.tsx';
import { LetIn } from './LetIn.tsx';

interface Props {
  readonly error: unknown;
  readonly again: () => void;
}

/** What was to be on the page did not come; the rest of the page stays. */
export function NotRead({ error, again }: Props) {
  const status = error instanceof Refused ? String(error.status) : undefined;
  return (
    <div class="empty" role="alert">
      <Mark state="failed" size={22} />
      <h2>{t('couldNotRead')}</h2>
      <p>
        {reason(error)} {status === '403' ? <LetIn permission="access-permissions" /> : null}
      </p>
      <div class="line">
        {status === undefined ? null : <span class="mono quiet">{status}</span>}
        <button type="button" class="button" onClick={again}>
          <Icon name="retry" />
          {t('tryNow')}
        </button>
      </div>
    </div>
  );
}
