import { useSignal } from '@preact/signals';

import { say } from '../live/toasts.ts';
import { t } from '../texts.ts';
import { MoreMenu } from './MoreMenu.tsx';
import { Sure } from './Sure.tsx';

interface Props {
  readonly name: string;
  /** What becomes of what had to do with it. */
  readonly more: string;
  readonly remove: () => Promise<void>;
}

/** Deletes a row that is shown in full, and asks first. */
export function Removal({ name, more, remove }: Props) {
  const isAsked = useSignal(false);
  const ask = (): void => {
    isAsked.value = true;
  };
  return (
    <>
      <MoreMenu acts={[{ icon: 'trash', name: t('removeRow', { name }), act: ask }]} />
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
