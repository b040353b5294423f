import { removeReport, saveReport } from '../../live/reports.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { SaveAs } from '../../parts/SaveAs.tsx';
import { go } from '../../place.ts';
import { t } from '../../texts.ts';
import { addressOf, reportOf, type Wish } from './wish.ts';

/** A report that is looked at again is saved under a name; a saved one is removed. */
export function Keep({ wish }: { readonly wish: Wish }) {
  const { fault, isBusy, run } = useAttempt();
  const { saved } = wish;
  if (saved === undefined) {
    const save = async (name: string): Promise<void> => {
      go(`/reports/saved/${await saveReport(name, reportOf(wish))}`);
    };
    return <SaveAs verb={t('saveReport')} icon="star" look="button" label={t('nameOfReport')} save={save} />;
  }
  const remove = async (): Promise<void> => {
    await removeReport(saved);
    go(addressOf(wish));
  };
  return (
    <>
      <FaultLine words={fault.value} />
      <button type="button" class="button" aria-disabled={isBusy.value} onClick={() => run(remove)}>
        <Icon name="trash" />
        {t('removeReport')}
      </button>
    </>
  );
}
