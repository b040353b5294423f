import { Dialog } from '../parts/Dialog.tsx';
import { leaving } from '../place.ts';
import { t } from '../texts.ts';

function stay(): void {
  leaving.value = undefined;
}

/** Asks whoever is about to leave a page with changes on it. */
export function Leaving({ leave }: { readonly leave: () => void }) {
  const go = (): void => {
    stay();
    leave();
  };
  const foot = (
    <>
      <span class="push" />
      <button type="button" class="button quiet" onClick={go}>
        {t('leaveWithout')}
      </button>
      <button type="button" class="button primary" onClick={stay}>
        {t('stay')}
      </button>
    </>
  );
  return (
    <Dialog title={t('notSavedYet')} close={stay} foot={foot}>
      <p>{t('notSavedYetMore')}</p>
    </Dialog>
  );
}
