import type { RefObject } from 'preact';

import { millis } from '../../api/documents.ts';
import type { Endpoint } from '../../live/endpoints.ts';
import type { SentOne } from '../../live/sent.ts';
import { ask } from '../../parts/asking.ts';
import { Mark } from '../../parts/Icon.tsx';
import { answerOf, stateOf } from '../../parts/outcome.ts';
import type { Window } from '../../parts/window.ts';
import { address, place } from '../../place.ts';
import { duration, number, t, time, when } from '../../texts.ts';
import { remInPx } from '../../width.ts';
import { stateName } from './wish.ts';

const HIGH_REM = 2.25;
/** With what else stands in columns below it. */
const TWO_LINES_HIGH_REM = 3.25;

/** How high a row is with its line, as its style has it. */
export const rowHigh = (isNarrow: boolean): number => (isNarrow ? TWO_LINES_HIGH_REM : HIGH_REM) * remInPx() + 1;

interface Props {
  readonly items: readonly SentOne[];
  readonly window: Window;
  readonly open: string;
  readonly endpoints: readonly Endpoint[];
  /** They go to one endpoint, which stands above them. */
  readonly isOfOne: boolean;
  /** There is no room for all columns. */
  readonly isNarrow: boolean;
  readonly now: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Chosen, to be sent again together. */
  readonly ticked: ReadonlySet<string>;
  readonly tick: (id: string) => void;
}

/** Deliveries, the newest first; drawn are those that can be seen. */
export function Rows({ items, window, open, endpoints, isOfOne, isNarrow, now, scroller, ticked, tick }: Props) {
  const { from, until, above, below } = window;
  return (
    <div class={ticked.size === 0 ? 'log-rows' : 'log-rows has-ticked'} ref={scroller}>
      {items.length === 0 ? null : (
        <table class="sent" aria-rowcount={items.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">{t('stateOfChat')}</th>
              <th scope="col">{t('event')}</th>
              {isOfOne || isNarrow ? null : <th scope="col">{t('endpoint')}</th>}
              {isNarrow ? null : <th scope="col">{t('ofChat')}</th>}
              <th scope="col" class="num">
                {t('happenedAt')}
              </th>
              {isNarrow ? null : (
                <>
                  <th scope="col">{t('answer')}</th>
                  <th scope="col" class="num">
                    {t('attempts')}
                  </th>
                  <th scope="col" class="num">
                    {t('nextIn')}
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {above === 0 ? null : <Room high={above} />}
            {items.slice(from, until).map((one, index) => (
              <Row
                key={one.id}
                one={one}
                at={from + index + 2}
                isOpen={one.id === open}
                isOfOne={isOfOne}
                isNarrow={isNarrow}
                behind={aheadOf(one, items, from + index)}
                most={mostOf(one, endpoints)}
                now={now}
                isTicked={ticked.has(one.id)}
                tick={() => tick(one.id)}
              />
            ))}
            {below === 0 ? null : <Room high={below} />}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Room({ high }: { readonly high: number }) {
  return (
    <tr class="room" aria-hidden="true">
      <td style={{ blockSize: `${high}px` }} />
    </tr>
  );
}

const mostOf = ({ endpoint }: SentOne, endpoints: readonly Endpoint[]): number | undefined => {
  const known = endpoints.find(({ id }) => id === endpoint?.id);
  return known === undefined ? undefined : known.schedule.delaysMs.length + 1;
};

/** An earlier one of the same chat that has to arrive before this one is sent: rows below, not far. */
const NEAR = 200;

function aheadOf(one: SentOne, items: readonly SentOne[], at: number): SentOne | undefined {
  if (one.state !== 'pending' || one.attempts > 0 || one.nextAttemptAt !== null || one.conversation === null) {
    return undefined;
  }
  return items
    .slice(at + 1, at + NEAR)
    .findLast((other) => other.state === 'pending' && other.conversation === one.conversation && other.endpoint?.id === one.endpoint?.id);
}

interface RowProps {
  readonly one: SentOne;
  readonly at: number;
  readonly isOpen: boolean;
  readonly isOfOne: boolean;
  readonly isNarrow: boolean;
  readonly behind: SentOne | undefined;
  readonly most: number | undefined;
  readonly now: number;
  readonly isTicked: boolean;
  readonly tick: () => void;
}

function Row({ one, at, isOpen, isOfOne, isNarrow, behind, most, now, isTicked, tick }: RowProps) {
  const happened = millis(one.happenedAt);
  const next = one.nextAttemptAt === null || one.state !== 'pending' ? undefined : millis(one.nextAttemptAt);
  const came = behind === undefined ? answerOf(one.status, one.error) : <span class="quiet">{t('behindKind', { kind: behind.kind })}</span>;
  const cameClass = one.error === null ? 'cut-text' : 'cut-text fault';
  const day = when(happened, now);
  const isToday = day === time(happened);
  const whose = [...(isOfOne ? [] : [one.endpoint?.name]), one.visitor].filter((name) => typeof name === 'string' && name !== '');
  return (
    <tr class={isOpen ? 'is-selected' : ''} data-id={one.id} aria-rowindex={at}>
      <td>
        {one.state === 'pending' ? null : (
          <label class="log-tick" title="X">
            <input type="checkbox" aria-label={`${one.kind} ${one.visitor ?? ''}`.trim()} checked={isTicked} onChange={tick} />
          </label>
        )}
        <span class="state">
          <Mark state={behind === undefined ? stateOf(one) : 'held'} />
          {behind === undefined ? stateName(one.state) : t('isHeld')}
        </span>
        {isNarrow ? <span class={`under ${cameClass}`}>{came}</span> : null}
      </td>
      <td class="mono">
        <a
          href={address(here(one.id))}
          aria-current={isOpen ? 'true' : undefined}
          onClick={(event) => {
            // With another button or a key it is the browser's.
            if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
              event.preventDefault();
              ask({ open: isOpen ? '' : one.id });
            }
          }}
        >
          {one.kind}
          {isNarrow ? (
            <span class="under cut-text">
              {whose.map((name) => (
                <bdi key={name}>{name}</bdi>
              ))}
            </span>
          ) : null}
        </a>
      </td>
      {isOfOne || isNarrow ? null : (
        <td class="cut-text">
          <bdi>{one.endpoint?.name ?? ''}</bdi>
        </td>
      )}
      {isNarrow ? null : (
        <td class="cut-text">
          <bdi>{one.visitor ?? ''}</bdi>
        </td>
      )}
      <td class="num">
        <time dateTime={one.happenedAt}>{isToday ? time(happened, true) : isNarrow ? time(happened) : `${day}, ${time(happened)}`}</time>
        {isToday || !isNarrow ? null : <span class="under">{day}</span>}
      </td>
      {isNarrow ? null : (
        <>
          <td class={cameClass}>{came}</td>
          <td class="num">{most === undefined || one.attempts > most ? number(one.attempts) : t('someOf', { some: number(one.attempts), all: number(most) })}</td>
          <td class="num quiet">{next === undefined ? '–' : next <= now ? t('rightNow') : duration(next - now)}</td>
        </>
      )}
    </tr>
  );
}

/** The address of the page with this row open. */
function here(id: string): string {
  const { path, query } = place.peek();
  const next = new URLSearchParams(query);
  next.set('open', id);
  return `${path}?${next.toString()}`;
}
