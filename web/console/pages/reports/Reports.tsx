import './reports.css';

import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { dayRange } from '../../days.ts';
import { reportZone } from '../../live/figures.ts';
import { departmentName, departments } from '../../live/people.ts';
import { readSavedReports } from '../../live/reports.ts';
import { savedReports } from '../../live/saved-reports.ts';
import { saveTable } from '../../parts/csv.ts';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address, place } from '../../place.ts';
import { longDay, number, t } from '../../texts.ts';
import { Content, fileOf } from './Content.tsx';
import { Keep } from './Keep.tsx';
import { Range } from './Range.tsx';
import { useReport } from './reading.ts';
import { type Order, USUAL_ORDER } from './Table.tsx';
import { ask, daysBefore, departmentOf, MOST_DAYS, type Wish, wishNow } from './wish.ts';

/** What the chats of some days were. */
export function Reports() {
  const wish = wishNow();
  const { value: found, error, again } = useReport(wish);
  useEffect(() => {
    const read = async (): Promise<void> => {
      // Without them there are no saved ones; the reports themselves are there.
      await readSavedReports().catch(() => {
        savedReports.value ??= [];
      });
    };
    void read();
  }, []);
  const own = savedReports.value?.find(({ id }) => id === wish?.saved)?.name;
  const title = own ?? (wish === undefined ? t('reports') : t(wish.kind));
  useEffect(() => {
    document.title = `${title} · Hark`;
  }, [title]);
  const isReading = error === undefined && (wish === undefined ? savedReports.value === undefined || reportZone.value === undefined : found === undefined);
  const order = useMemo(() => signal<Order>(USUAL_ORDER), [wish?.kind]);
  return (
      <main id="main" tabIndex={-1} class="page reports-page" aria-busy={isReading}>
        {wish === undefined && !isReading && error === undefined ? (
          <NoReport />
        ) : (
          <>
            <header class="page-head">
              <h1>
                <bdi>{title}</bdi>
              </h1>
              {wish === undefined ? null : <p class="reports-printed">{printed(wish)}</p>}
              <span class="push" />
              {wish === undefined ? null : <Controls wish={wish} />}
              {wish === undefined || found === undefined ? null : (
                <button
                  type="button"
                  class="button"
                  onClick={() => saveTable(`${wish.kind}-${wish.from}-${wish.until}`, fileOf(wish.kind, found, order.peek()))}
                >
                  <Icon name="download" />
                  CSV
                </button>
              )}
              {wish === undefined ? null : <Keep key={JSON.stringify(wish)} wish={wish} />}
            </header>
            <div class="page-body">
              {isReading ? <Skeleton rows={10} /> : null}
              {error === undefined ? null : <NotRead error={error} again={() => void again()} />}
              {wish?.isCut === true ? (
                <p class="reports-note quiet" role="status">
                  {t('rangeCut', { days: number(MOST_DAYS), day: longDay(Date.parse(`${wish.from}T12:00`)) })}
                </p>
              ) : null}
              {wish === undefined || found === undefined ? null : <Content kind={wish.kind} found={found} order={order} />}
            </div>
          </>
        )}
      </main>
  );
}

/** On paper, where nothing can be chosen. */
function printed(wish: Wish): string {
  const days = dayRange(wish.from, wish.until);
  const department = departmentOf(wish);
  const whose = department === undefined ? t('allDepartments') : (departmentName(department) ?? department);
  return wish.kind === 'webhooks' ? days : `${days} · ${whose}`;
}

function NoReport() {
  return (
    <div class="empty">
      <h1>{t(place.value.path.startsWith('/reports/saved/') ? 'noSuchReport' : 'notFound')}</h1>
      <a class="button" href={address('/reports/overview')} data-inside>
        {t('overview')}
      </a>
    </div>
  );
}

function Controls({ wish }: { readonly wish: Wish }) {
  const before = daysBefore(wish);
  const all = departments.value;
  return (
    <>
      <Range wish={wish} />
      <select
        class="select"
        aria-label={t('comparedWith')}
        title={before === undefined ? '' : dayRange(before.firstDay, before.lastDay)}
        value={wish.against}
        onChange={(event) => ask(wish, { against: event.currentTarget.value as Wish['against'] })}
      >
        <option value="before">{t('againstBefore')}</option>
        <option value="year">{t('againstYear')}</option>
        <option value="nothing">{t('againstNothing')}</option>
      </select>
      {all.length === 0 || wish.kind === 'webhooks' ? null : (
        <select
          class="select"
          aria-label={t('department')}
          value={wish.department ?? ''}
          onChange={({ currentTarget: { value } }) => ask(wish, { department: value === '' ? undefined : value })}
        >
          <option value="">{t('allDepartments')}</option>
          {all.map(({ _id, name }) => (
            <option key={_id} value={_id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
