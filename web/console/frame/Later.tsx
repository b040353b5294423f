import { type Signal, useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

import { t } from '../texts.ts';

type Page = ComponentType<Record<string, never>>;

/** A page of its own file, which comes when it is opened. */
export function Later({ page }: { readonly page: () => Promise<Page> }) {
  const Loaded: Signal<Page | undefined> = useSignal(undefined);
  const isMissing = useSignal(false);
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        Loaded.value = await page();
      } catch {
        isMissing.value = true;
      }
    };
    void load();
  }, [page]);
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
