import { type Signal, useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

import { speakOf, t } from '../texts.ts';
import type { Area } from '../texts/tables.ts';

type Page = ComponentType<Record<string, never>>;

interface Props {
  readonly page: () => Promise<Page>;
  readonly area: Area;
  /** Those of which it has parts. */
  readonly also?: readonly Area[];
}

const NONE: readonly Area[] = [];

/** A page of its own file, which comes with the texts of its area when it is opened. */
export function Later({ page, area, also = NONE }: Props) {
  const Loaded: Signal<Page | undefined> = useSignal(undefined);
  const isMissing = useSignal(false);
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        const [found] = await Promise.all([page(), ...[area, ...also].map(speakOf)]);
        Loaded.value = found;
      } catch {
        isMissing.value = true;
      }
    };
    void load();
  }, [page, area, also]);
  if (isMissing.value) {
    return (
      <main id="main" tabIndex={-1} class="nothing">
        <h1>{t('cannotRead')}</h1>
        <button type="button" class="button" onClick={() => location.reload()}>
          {t('tryNow')}
        </button>
      </main>
    );
  }
  const Shown = Loaded.value;
  return Shown === undefined ? <main id="main" tabIndex={-1} class="page" aria-busy="true" /> : <Shown />;
}
