import { millis } from '../../api/documents.ts';
import { readSeenSites, type SeenSite } from '../../live/appearance.ts';
import { saveTable } from '../../parts/csv.ts';
import { Icon, Mark, type State } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { dateOf, t, when } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

/** A site on which nobody saw the widget for so long has perhaps taken it out. */
const LONG_AGO_MS = 30 * 86_400_000;

/** Its mark, what looks it has, and the word for it. */
function stateOf({ current, lastSeenAt }: SeenSite, now: number): readonly [mark: State, badge: string, word: TextKey] {
  if (now - millis(lastSeenAt) > LONG_AGO_MS) {
    return ['idle', 'badge', 'seenLongAgo'];
  }
  return current ? ['delivered', 'badge badge-good', 'scriptCurrent'] : ['waiting', 'badge badge-wait', 'scriptOld'];
}

/** Where the widget was seen, and by which script. */
export function SeenSites() {
  const { value: sites, error, again } = useReading(readSeenSites);
  const now = Date.now();
  const save = (): void =>
    saveTable(t('seenSites'), [
      [t('seenSite'), t('seenVersion'), t('seenState'), t('seenFirst'), t('seenLast')],
      ...(sites ?? []).map((site) => [site.origin, site.loader ?? '', t(stateOf(site, now)[2]), site.firstSeenAt, site.lastSeenAt]),
    ]);
  return (
    <section class="wg-seen">
      <header class="line">
        <h2>{t('seenSites')}</h2>
        <span class="push" />
        {sites === undefined || sites.length === 0 ? null : (
          <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={save}>
            <Icon name="download" />
          </button>
        )}
      </header>
      <p class="quiet">{t('seenSitesMore')}</p>
      {error === undefined ? null : <NotRead error={error} again={() => void again()} />}
      {sites === undefined ? null : sites.length === 0 ? (
        <p>{t('seenNowhere')}</p>
      ) : (
        <table class="listed">
          <thead>
            <tr>
              <th scope="col">{t('seenSite')}</th>
              <th scope="col">{t('seenVersion')}</th>
              <th scope="col">{t('seenState')}</th>
              <th scope="col" class="wg-seen-first">
                {t('seenFirst')}
              </th>
              <th scope="col">{t('seenLast')}</th>
            </tr>
          </thead>
          <tbody>
            {sites.map((site) => {
              const [mark, badge, word] = stateOf(site, now);
              return (
                <tr key={site.origin}>
                  <th scope="row">
                    <bdi dir="ltr">{site.origin}</bdi>
                  </th>
                  <td>
                    <bdi dir="ltr">{site.loader ?? '–'}</bdi>
                  </td>
                  <td>
                    <span class={badge}>
                      <Mark state={mark} size={14} />
                      {t(word)}
                    </span>
                  </td>
                  <td class="wg-seen-first">{dateOf(millis(site.firstSeenAt))}</td>
                  <td>{when(millis(site.lastSeenAt), now)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
