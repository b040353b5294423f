import { useSignal } from '@preact/signals';

import { type Amount, readKept } from '../../live/visitors.ts';
import { saveFile } from '../../parts/csv.ts';
import { Icon } from '../../parts/Icon.tsx';
import { count, listed, t } from '../../texts.ts';
import { useProgress } from './progress.ts';
import { ProgressLine } from './ProgressLine.tsx';

interface Props {
  readonly id: string;
  readonly name: string;
}

/** All that is kept of a visitor, for those who ask for it. */
export function VisitorExport({ id, name }: Props) {
  const amount = useSignal<Amount | undefined>(undefined);
  const progress = useProgress();
  const begin = (): void =>
    progress.run(async (stop) => {
      const { visitor, conversations } = await readKept(
        id,
        (soFar) => {
          amount.value = soFar;
        },
        stop,
      );
      saveFile(`${name}.json`, JSON.stringify({ visitor, conversations }, undefined, 2), 'application/json');
    });
  return (
    <section class="data-export" aria-label={t('allThatIsKept')}>
      <h3>{t('allThatIsKept')}</h3>
      <p class="quiet">{t('allThatIsKeptMore')}</p>
      <p class="line">
        <button type="button" class="button" aria-disabled={progress.isBusy} onClick={begin}>
          <Icon name="download" />
          <span>{t('exportAs', { format: 'JSON' })}</span>
        </button>
      </p>
      <ProgressLine progress={progress} soFar={amount.value === undefined ? '' : amountInWords(amount.value)} />
    </section>
  );
}

export const amountInWords = ({ chats, messages, files, pages }: Amount): string =>
  listed([
    count('chatsOf', chats),
    count('messages', messages),
    ...(files === 0 ? [] : [count('filesOf', files)]),
    ...(pages === 0 ? [] : [count('pagesVisited', pages)]),
  ]);
