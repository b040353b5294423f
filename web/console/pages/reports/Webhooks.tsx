import type { Signal } from '@preact/signals';

import { dayOf } from '../../days.ts';
import type { HalfHour } from '../../live/endpoints.ts';
import type { Summed } from '../../live/figures.ts';
import { type Bar, StackedBars } from '../../parts/charts/StackedBars.tsx';
import type { Cell } from '../../parts/csv.ts';
import { firstRequestP95 } from '../../parts/first-requests.ts';
import { address } from '../../place.ts';
import { milliseconds, number, t } from '../../texts.ts';
import { marked } from './Charts.tsx';
import { endpointColumns } from './columns.tsx';
import { Figure, inPercent, inTime, morePoints, percentOrNone, shareOf } from './Figures.tsx';
import { type Found, isStillKnown, keptSince } from './reading.ts';
import { type Order, Table } from './Table.tsx';

interface Sent {
  readonly delivered: number;
  readonly failed: number;
  /** From events to their first requests, on average; nothing without any. */
  readonly waited: number | null;
}

function together(halves: readonly HalfHour[]): Sent {
  const sum = (of: (half: HalfHour) => number): number => halves.reduce((all, half) => all + of(half), 0);
  const first = sum(({ firstRequests }) => firstRequests);
  const waited = sum(({ firstRequests, firstRequestAfterMs }) => firstRequests * (firstRequestAfterMs ?? 0));
  return { delivered: sum((half) => half.delivered), failed: sum((half) => half.failedAttempts), waited: first === 0 ? null : waited / first };
}

const arrivedShare = ({ delivered, failed }: Sent): number | undefined => shareOf(delivered, delivered + failed);

/** What was sent on each day of which all is still counted, as the zone for reports has it. */
function byDay({ items, zone }: Summed, halves: readonly HalfHour[]): readonly (readonly [day: string, sent: Sent])[] {
  // As our own days are written.
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const named = halves.map((half) => [format.format(new Date(half.from)), half] as const);
  const before = format.format(keptSince());
  const days = items.flatMap(({ key }) => (key === null || key <= before ? [] : [key]));
  return days.map((key) => [key, together(named.filter(([day]) => day === key).map(([, half]) => half))] as const);
}

/** What endpoints were sent in the days, and how it goes with them. */
export function Webhooks({ found, order }: { readonly found: Found; readonly order: Signal<Order> }) {
  const { days, endpoints = [], sent = [], sentBefore } = found;
  if (endpoints.length === 0) {
    return (
      <div class="empty">
        <h2>{t('noEndpoints')}</h2>
        <p>{t('noEndpointsMore')}</p>
        <a class="button" href={address('/webhooks/endpoints')} data-inside>
          {t('webhooks')}
        </a>
      </div>
    );
  }
  const all = together(sent);
  const before = sentBefore && together(sentBefore);
  const within = firstRequestP95(sent);
  return (
    <>
      {isStillKnown(days) ? null : <p class="reports-note quiet">{t('webhooksCounted')}</p>}
      <dl class="figures-strip reports-figures">
        <Figure name={t('delivered')} value={number(all.delivered)} change={inPercent(all.delivered, before?.delivered)} />
        <Figure name={t('attemptsThatFailed')} value={number(all.failed)} change={inPercent(all.failed, before?.failed)} />
        <Figure name={t('requestsArrived')} value={percentOrNone(arrivedShare(all))} change={morePoints(arrivedShare(all), before && arrivedShare(before))} />
        <Figure name={t('firstRequestAfter')} value={all.waited === null ? '–' : milliseconds(all.waited)} note={within === undefined ? undefined : `p95 ${within}`} change={inTime(all.waited, before?.waited)} />
        <Figure name={t('deliveryWaits')} value={number(endpoints.reduce((sum, { stats }) => sum + stats.backlog, 0))} note={t('asOfNow')} />
      </dl>
      <SentByDay days={days} sent={sent} all={all} />
      <p class="reports-note quiet">{t('webhooksOfAllTime')}</p>
      <Table name={t('webhooks')} rows={endpoints} columns={endpointColumns()} order={order} />
    </>
  );
}

function SentByDay({ days, sent, all }: { readonly days: Summed; readonly sent: readonly HalfHour[]; readonly all: Sent }) {
  const each = byDay(days, sent);
  const bars = each.map(([day, { delivered, failed }], place): Bar => {
    const name = dayOf(day);
    return { name, ...(marked(each.length, place) ? { mark: name } : {}), parts: [delivered, failed] };
  });
  return (
    <StackedBars
      title={t('requestsADay')}
      series={[
        { name: t('delivered'), look: 'plain' },
        { name: t('attemptsThatFailed'), look: 'hatched' },
      ]}
      bars={bars}
      head={t('dayOfReport')}
      sentence={t('requestsADaySentence', { delivered: number(all.delivered), failed: number(all.failed) })}
    />
  );
}

/** The same as rows of a file. */
export const sentRows = ({ days, sent = [] }: Found): readonly (readonly Cell[])[] => [
  [t('dayOfReport'), t('delivered'), t('attemptsThatFailed')],
  ...byDay(days, sent).map(([day, { delivered, failed }]) => [day, delivered, failed]),
];
