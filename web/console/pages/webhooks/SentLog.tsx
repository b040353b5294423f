import './log.css';

import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { Refused } from '../../../shared/answers.ts';
import { millis } from '../../api/documents.ts';
import { type Endpoint, type HalfHour, readHalfHours } from '../../live/endpoints.ts';
import { reason } from '../../live/reasons.ts';
import { PAGE, readOne, sendAgain, type SentOne, type Wanted } from '../../live/sent.ts';
import { sentLog } from '../../live/sent-log.ts';
import { complain } from '../../live/toasts.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import { useWidth } from '../../parts/charts/width.ts';
import type { Cell } from '../../parts/csv.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { ExportButton } from '../../parts/ExportButton.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { answerOf } from '../../parts/outcome.ts';
import { useReading } from '../../parts/reading.ts';
import { walking } from '../../parts/rows.ts';
import { Segments } from '../../parts/Segments.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { useWindow } from '../../parts/window.ts';
import { place } from '../../place.ts';
import { count, number, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { isNarrow as isNarrowWindow } from '../../width.ts';
import { barsOf, beginOf, BOTH, type Counted, DAYS, eachOf } from './bars.ts';
import { Brush } from './Brush.tsx';
import { Filters } from './Filters.tsx';
import { ResendAll } from './ResendAll.tsx';
import { resent } from './resending.ts';
import { rowHigh, Rows } from './Rows.tsx';
import { Sent } from './Sent.tsx';
import { daysOf, type Fixed, isWished, NO_FILTERS, stateName, wish } from './wish.ts';

const AGAIN_MS = 5000;
const CHART_AGAIN_MS = 60_000;
const SECOND_MS = 1000;
/** Each window that is not narrow leaves more room than that for the columns, unless letters are large. */
const ALL_COLUMNS = 600;
/** Rows that are still to come when the next are read. */
const AHEAD = 30;

interface Props {
  readonly fixed: Fixed;
  readonly endpoints: readonly Endpoint[];
}

/** What was sent, as a chart whose stretches can be chosen, and as a list of which each row can be looked at beside it. */
export function SentLog({ fixed, endpoints }: Props) {
  const wanted = wish(fixed);
  const open = place.value.query.get('open') ?? '';
  const log = useMemo(() => sentLog(wanted), [JSON.stringify(wanted)]);
  const now = useSignal(Date.now());
  const isOver = useRef(false);
  const scroller = useRef<HTMLDivElement>(null);
  const items = log.items.value;
  /** By their ids; what is on its way by now is not sent again. */
  const ticked = useSignal<ReadonlySet<string>>(new Set());
  const chosenIds = items.filter(({ id, state }) => ticked.value.has(id) && state !== 'pending').map(({ id }) => id);
  const [box, width] = useWidth();
  const isNarrow = isNarrowWindow.value || width.value < ALL_COLUMNS;
  const high = useRef(0);
  high.current = rowHigh(isNarrow);
  const [shown, top] = useWindow(scroller, items.length, high.current);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    ticked.value = new Set();
    void log.begin();
    const look = (): void => {
      if (document.visibilityState === 'visible') {
        const isRead = isOver.current || top.peek() > 0 || (place.peek().query.get('open') ?? '') !== '';
        void log.look(Math.floor(top.peek() / high.current), isRead);
      }
    };
    const timer = setInterval(look, AGAIN_MS);
    const clock = setInterval(() => {
      now.value = Date.now();
    }, SECOND_MS);
    return () => {
      clearInterval(timer);
      clearInterval(clock);
    };
  }, [log]);
  const isNearEnd = log.isRead.value && !log.isWhole.value && shown.until + AHEAD > items.length;
  useEffect(() => {
    if (isNearEnd) {
      void log.readOn();
    }
  }, [isNearEnd, log.turns.value]);

  const listed = items.find(({ id }) => id === open);
  // The one that is open may be further down than was read, or not among those that are looked for.
  const isApart = open !== '' && listed === undefined && log.isRead.value;
  const apart = useReading(async () => (isApart ? await readOne(open) : undefined), isApart ? open : '');
  const chosen = listed ?? (apart.value?.id === open ? apart.value : undefined);
  const renew = (one: SentOne): void => {
    log.renew(one);
    if (isApart) {
      void apart.again();
    }
  };
  const resend = async (one: SentOne): Promise<void> => {
    try {
      renew({ ...one, ...(await sendAgain(one.id)) });
    } catch (fault) {
      complain(reason(fault));
    }
  };
  const step = (by: 1 | -1): void => {
    const next = items.findIndex(({ id }) => id === open) + by;
    const to = items[next];
    if (to !== undefined) {
      ask({ open: to.id });
      showRow(scroller.current, next, high.current);
    }
  };
  useKeys({
    ...walking(step),
    x: () => tick(document.activeElement?.closest('tr')?.dataset['id'] ?? open),
    ...(open === '' ? (chosenIds.length === 0 ? {} : { Escape: () => (ticked.value = new Set()) }) : { Escape: () => ask({ open: '' }) }),
    ...(chosen !== undefined && chosen.state !== 'pending' ? { s: () => void resend(chosen) } : {}),
  });
  // Only what was given up is sent again; what waits is sent anyway.
  const givenUp = items.filter(({ state }) => state === 'given-up').length;
  const canResend = (wanted.state === 'given-up' || wanted.state === 'not-delivered') && (log.isWhole.value ? givenUp > 0 : items.length > 0);
  const tick = (id: string): void => {
    if (items.find((one) => one.id === id)?.state === 'pending') {
      return;
    }
    const next = new Set(ticked.peek());
    if (!next.delete(id)) {
      next.add(id);
    }
    ticked.value = next;
  };
  const takeFresh = (): void => {
    ticked.value = new Set();
    scroller.current?.scrollTo({ top: 0 });
    void log.begin();
  };
  const [counts, said] = countedIn(wanted);
  return (
    <div ref={box} class={isNarrow ? 'beside is-narrow' : 'beside'}>
      <section class="log-side" aria-label={t('deliveries')}>
        <Chart wanted={wanted} counts={counts} />
        {said === undefined ? null : <p class="meta log-about">{t(said)}</p>}
        <Filters wanted={wanted} fixed={fixed} endpoints={endpoints} items={items}>
          <Segments
            choices={DAYS.map((one) => [String(one), count('lastDays', one)] as const)}
            chosen={String(daysOf(place.value.query))}
            choose={(one) => ask({ days: one === '1' ? '' : one })}
          />
          {items.length === 0 ? null : <ExportButton name={t(fixed.state === 'given-up' ? 'givenUpOnes' : 'deliveries')} table={() => [HEAD.map((key) => t(key)), ...items.map(cellsOf)]} />}
          {canResend || chosenIds.length > 0 || resent.value !== undefined ? (
            <ResendAll wanted={wanted} chosen={chosenIds} known={chosenIds.length > 0 ? chosenIds.length : log.isWhole.value ? givenUp : undefined} done={takeFresh} />
          ) : null}
        </Filters>
        <div
          class="log-list"
          aria-busy={!log.isRead.value && log.error.value === undefined}
          onPointerEnter={() => {
            isOver.current = true;
          }}
          onPointerLeave={() => {
            isOver.current = false;
          }}
        >
          {log.fresh.value === 0 ? null : (
            <button type="button" class="button small log-fresh" onClick={takeFresh}>
              <Icon name="up" size={14} />
              {count('newOnes', log.fresh.value, log.fresh.value < PAGE ? {} : { count: `${number(PAGE)}+` })}
            </button>
          )}
          {!log.isRead.value && log.error.value === undefined ? <Skeleton rows={10} /> : null}
          {log.error.value === undefined ? null : <NotRead error={log.error.value} again={() => void log.begin()} />}
          {log.isRead.value && items.length === 0 && log.error.value === undefined ? <None isWhole={log.isWhole.value} fixed={fixed} /> : null}
          <Rows items={items} window={shown} open={open} endpoints={endpoints} isOfOne={fixed.endpoint !== undefined} isNarrow={isNarrow} now={now.value} scroller={scroller} ticked={ticked.value} tick={tick} />
        </div>
        <p class="log-foot meta" role="status">
          {items.length === 0
            ? ''
            : `${chosenIds.length === 0 ? '' : `${count('chosenCount', chosenIds.length)} `}${log.isWhole.value ? `${count('deliveriesCount', items.length)}.` : t('deliveriesSoFar', { count: number(items.length) })} ${t('newAtTop')}`}
        </p>
      </section>
      {chosen === undefined ? null : <Sent key={chosen.id} one={chosen} isOfOne={fixed.endpoint !== undefined} now={now.value} renew={renew} step={step} resend={() => void resend(chosen)} isAlone={chosenIds.length === 0} />}
      {isApart && apart.error !== undefined ? (
        <Drawer title={t('rowGone')} close={() => ask({ open: '' })}>
          {apart.error instanceof Refused ? <p class="quiet">{t('rowGoneMore')}</p> : <NotRead error={apart.error} again={() => void apart.again()} />}
        </Drawer>
      ) : null}
    </div>
  );
}

const HEAD: readonly TextKey[] = ['stateOfChat', 'event', 'endpoint', 'ofChat', 'happenedAt', 'answer', 'attempts'];

const cellsOf = ({ state, kind, endpoint, visitor, conversation, happenedAt, status, error, attempts }: SentOne): readonly Cell[] => [
  stateName(state),
  kind,
  endpoint?.name ?? '',
  visitor ?? conversation ?? '',
  happenedAt,
  answerOf(status, error),
  attempts,
];

/** Scrolls no further than it takes to see a row, below the head of the table. */
function showRow(element: HTMLElement | null, at: number, high: number): void {
  if (element !== null) {
    const begin = at * high;
    const end = begin + 2 * high;
    if (begin < element.scrollTop) {
      element.scrollTo({ top: begin });
    } else if (end > element.scrollTop + element.clientHeight) {
      element.scrollTo({ top: end - element.clientHeight });
    }
  }
}

/** What half hours are counted by can be told apart, and nothing else. */
function countedIn({ state, kinds, answers, chat }: Wanted): readonly [counts: readonly Counted[], said: TextKey | undefined] {
  if (kinds === '' && answers === '' && chat === '') {
    switch (state) {
      case '':
        return [BOTH, undefined];
      case 'delivered':
        return [['delivered'], 'chartOfArrived'];
      case 'given-up':
      case 'not-delivered':
        return [['failed'], 'chartOfFailed'];
    }
  }
  return [BOTH, 'chartOfAll'];
}

const momentOf = (text: string): number | undefined => (text === '' ? undefined : millis(text));
const textOf = (moment: number | undefined): string => (moment === undefined ? '' : new Date(moment).toISOString());

function Chart({ wanted, counts }: { readonly wanted: Wanted; readonly counts: readonly Counted[] }) {
  const { query } = place.value;
  const days = daysOf(query);
  const halves = useSignal<readonly HalfHour[]>([]);
  const now = useSignal(Date.now());
  useEffect(() => {
    const look = async (): Promise<void> => {
      const at = Date.now();
      const found = await readHalfHours(wanted.endpoint, beginOf(days, at)).catch(() => halves.peek());
      now.value = at;
      halves.value = found;
    };
    void look();
    const timer = setInterval(() => void look(), CHART_AGAIN_MS);
    return () => clearInterval(timer);
  }, [wanted.endpoint, days]);
  return (
    <Brush
      bars={barsOf(halves.value, days, now.value)}
      counts={counts}
      each={eachOf(days)}
      from={momentOf(wanted.from)}
      until={momentOf(wanted.until)}
      choose={(from, until) => ask({ from: textOf(from), until: textOf(until), open: '' })}
    />
  );
}

function None({ isWhole, fixed }: { readonly isWhole: boolean; readonly fixed: Fixed }) {
  if (!isWhole) {
    return <p class="meta log-looks">{t('looksBack')}</p>;
  }
  const isFiltered = isWished(place.value.query);
  if (isFiltered) {
    return (
      <div class="empty">
        <Icon name="filter" size={24} />
        <h2>{t('noDeliveries')}</h2>
        <button type="button" class="button" onClick={() => ask(NO_FILTERS)}>
          {t('removeFilters')}
        </button>
      </div>
    );
  }
  const isGivenUp = fixed.state === 'given-up';
  return (
    <div class="empty">
      <Icon name={isGivenUp ? 'done' : 'hook'} size={24} />
      <h2>{t(isGivenUp ? 'noneGivenUp' : 'nothingSent')}</h2>
      <p>{t(isGivenUp ? 'noneGivenUpMore' : 'nothingSentMore')}</p>
    </div>
  );
}
