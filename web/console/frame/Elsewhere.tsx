import { useEffect } from 'preact/hooks';

import { Icon } from '../parts/Icon.tsx';
import { address, go, place } from '../place.ts';
import { t } from '../texts.ts';

/** Other addresses of pages, and their own. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^\/visitors\/([^/]+)$/, '/admin/visitors/$1'],
  [/^\/webhooks(\/new)?$/, '/webhooks/endpoints$1'],
  [/^\/webhooks\/tail$/, '/webhooks/live'],
  [/^\/webhooks\/signature$/, '/webhooks/check'],
  [/^\/webhooks\/([^/]+)\/(deliveries|secrets|changes|replay)$/, '/webhooks/endpoints/$1/$2'],
  [/^\/webhooks\/([^/]+)\/settings$/, '/webhooks/endpoints/$1'],
  [/^\/reports$/, '/reports/overview'],
];

/** The own address of what is elsewhere. */
function found(path: string, query: URLSearchParams): string | undefined {
  const other = OTHERS.find(([pattern]) => pattern.test(path));
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  return other && `${path.replace(...other)}${suffix}`;
}

/** No page has this address by itself. */
export function Elsewhere() {
  const { path, query } = place.value;
  const to = found(path, query);
  useEffect(() => {
    if (to !== undefined) {
      go(to, 'replace');
    }
  }, [to]);
  return to === undefined ? (
    <main id="main" tabIndex={-1} class="nothing">
      <h1>{t('notFound')}</h1>
      <a class="button" href={address('/inbox')} data-inside>
        <Icon name="inbox" />
        {t('toInbox')}
      </a>
    </main>
  ) : (
    <main id="main" tabIndex={-1} class="page" aria-busy="true" />
  );
}
