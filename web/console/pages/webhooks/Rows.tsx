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
import { stateName } from './wish.ts';

/** How high a row is, as its style has it. */
export const ROW_HIGH = 37;

interface Props {
  readonly items: readonly SentOne[];
  readonly window: Window;
  readonly open: string;
  readonly endpoints: readonly Endpoint[];
  /** They go to one endpoint, which stands above them. */
  readonly isOfOne: boolean;
  readonly now: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Chosen, to be sent again together. */
  readonly ticked: ReadonlySet<string>;
  readonly tick: (id: string) => void;
}

/** Deliveries, the newest first; drawn are those that can be seen. */
export function Rows({ items, window, open, endpoints, isOfOne, now, scroller, ticked, tick }: Props) {
  const { from, until, above, below } = window;
  return (
    <div class={ticked.size === 0 ? 'log-rows' : 'log-rows has-ticked'} ref={scroller}>
      {items.length === 0 ? null : (
        <table class="sent" aria-rowcount={items.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">{t('stateOfChat')}</th>
              <th scope="col">{t('event')}</th>
              {isOfOne ? null : (
                <th scope="col" class="wide">
                  {t('endpoint')}
                </th>
              )}
              <th scope="col" class="of-chat">
                {t('ofChat')}
              </th>
              <th scope="col" class="num">
                {t('happenedAt')}
              </th>
              <th scope="col" class="of-answer">
                {t('answer')}
              </th>
              <th scope="col" class="num wide">
                {t('attempts')}
              </th>
              <th scope="col" class="num wide">
                {t('nextIn')}
              </th>
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
  readonly behind: SentOne | undefined;
  readonly most: number | undefined;
  readonly now: number;
  readonly isTicked: boolean;
  readonly tick: () => void;
}

function Row({ one, at, isOpen, isOfOne, behind, most, now, isTicked, tick }: RowProps) {
  const happened = millis(one.happenedAt);
  const next = one.nextAttemptAt === null || one.state !== 'pending' ? undefined : millis(one.nextAttemptAt);
  const answer = answerOf(one.status, one.error);
  const day = when(happened, now);
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
        </a>
      </td>
      {isOfOne ? null : (
        <td class="wide cut-text">
          <bdi>{one.endpoint?.name ?? ''}</bdi>
        </td>
      )}
      <td class="of-chat cut-text">
        <bdi>{one.visitor ?? ''}</bdi>
      </td>
      <td class="num">
        <time dateTime={one.happenedAt}>{day === time(happened) ? time(happened, true) : `${day}, ${time(happened)}`}</time>
      </td>
      <td class={one.error === null ? 'of-answer cut-text' : 'of-answer cut-text fault'}>
        {behind === undefined ? answer : <span class="quiet">{t('behindKind', { kind: behind.kind })}</span>}
      </td>
      <td class="num wide">{most === undefined || one.attempts > most ? number(one.attempts) : t('someOf', { some: number(one.attempts), all: number(most) })}</td>
      <td class="num wide quiet">{next === undefined ? '–' : next <= now ? t('rightNow') : duration(next - now)}</td>
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
