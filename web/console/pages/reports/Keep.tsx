import { reason } from '../../live/reasons.ts';
import { removeReport, saveReport } from '../../live/reports.ts';
import { type Saved, savedReports } from '../../live/saved-reports.ts';
import { complain, say } from '../../live/toasts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { SaveAs } from '../../parts/SaveAs.tsx';
import { go } from '../../place.ts';
import { t } from '../../texts.ts';
import { addressOf, reportOf, type Wish } from './wish.ts';

/** A report that is looked at again is saved under a name; a saved one is removed, and kept again by who did not mean it. */
export function Keep({ wish }: { readonly wish: Wish }) {
  const { fault, isBusy, run } = useAttempt();
  const { saved } = wish;
  if (saved === undefined) {
    const save = async (name: string): Promise<void> => {
      go(`/reports/saved/${await saveReport(name, reportOf(wish))}`);
    };
    return <SaveAs verb={t('saveReport')} icon="star" look="button" label={t('nameOfReport')} save={save} />;
  }
  const kept = savedReports.value?.find(({ id }) => id === saved);
  const remove = async (): Promise<void> => {
    await removeReport(saved);
    go(addressOf(wish), 'replace');
    if (kept !== undefined) {
      say(t('rowRemoved', { name: kept.name }), () => void keepAgain(kept));
    }
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

/** It is another one, under the name that it had. */
async function keepAgain({ name, report }: Saved): Promise<void> {
  try {
    go(`/reports/saved/${await saveReport(name, report)}`);
  } catch (error) {
    complain(reason(error));
  }
}
