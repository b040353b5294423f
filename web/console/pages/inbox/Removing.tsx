import { Sure } from '../../parts/Sure.tsx';
import { t } from '../../texts.ts';
import type { Removed } from './editing.ts';

interface Props extends Removed {
  readonly close: () => void;
}

/** Asks before what one has said or noted is taken back. */
export function Removing({ words, act, close }: Props) {
  return (
    <Sure title={t('removeAsk')} verb={t('remove')} act={async () => void (await act())} close={close}>
      <blockquote class="quoted" dir="auto">
        {words}
      </blockquote>
      <p>{t('removeAskMore')}</p>
    </Sure>
  );
}
