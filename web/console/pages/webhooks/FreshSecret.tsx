import { useEffect } from 'preact/hooks';

import { Copy } from '../../parts/Copy.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { dateOf, t, time } from '../../texts.ts';
import { fresh } from './fresh.ts';

/** A secret that was made a moment ago, which is shown this once. */
export function FreshSecret({ id }: { readonly id: string }) {
  useEffect(
    () => () => {
      // That of another one is shown elsewhere by now.
      if (fresh.peek()?.id === id) {
        fresh.value = undefined;
      }
    },
    [id],
  );
  const own = fresh.value;
  if (own === undefined || own.id !== id) {
    return null;
  }
  return (
    <section class="fresh-secret" aria-label={t('newSecret')}>
      <p class="line">
        <Icon name="key" />
        <code class="mono">{own.secret}</code>
        <span class="push" />
        <Copy text={own.secret} />
      </p>
      <p class="meta">
        {t(own.isTried === true ? 'secretOfTest' : 'shownOnce')}
        {own.overlap === undefined ? '' : ` ${t('oldIsGood', { time: `${dateOf(own.overlap)}, ${time(own.overlap)}` })}`}
      </p>
    </section>
  );
}
