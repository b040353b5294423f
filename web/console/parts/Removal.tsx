import { useSignal } from '@preact/signals';

import { say } from '../live/toasts.ts';
import { t } from '../texts.ts';
import { historyOf } from './history.ts';
import { MoreMenu } from './MoreMenu.tsx';
import { Sure } from './Sure.tsx';

interface Props {
  /** As the audit knows it. */
  readonly id?: string;
  readonly name: string;
  /** What becomes of what had to do with it. */
  readonly more: string;
  readonly remove: () => Promise<void>;
}

/** Deletes a row that is shown in full, and asks first; its history is beside that. */
export function Removal({ id, name, more, remove }: Props) {
  const isAsked = useSignal(false);
  const ask = (): void => {
    isAsked.value = true;
  };
  return (
    <>
      <MoreMenu acts={[...(id === undefined ? [] : historyOf(id)), { icon: 'trash', name: t('removeRow', { name }), act: ask }]} />
      {isAsked.value ? (
        <Sure
          title={t('removeRowAsk', { name })}
          verb={t('remove')}
          act={async () => {
            await remove();
            say(t('rowRemoved', { name }));
          }}
          close={() => {
            isAsked.value = false;
          }}
        >
          <p>{more}</p>
        </Sure>
      ) : null}
    </>
  );
}
