import { millis } from '../../api/documents.ts';
import type { HalfHour, Known } from '../../live/endpoints.ts';
import { DayBars } from '../../parts/charts/DayBars.tsx';
import { isInNeed, markOf } from '../../parts/endpoint-health.ts';
import { firstRequestP95 } from '../../parts/first-requests.ts';
import { Mark } from '../../parts/Icon.tsx';
import { address } from '../../place.ts';
import { count, duration, number, t } from '../../texts.ts';

/** Of those that are named; the others are one row. */
const MOST_NAMED = 6;

const isCalm = (known: Known): boolean => !isInNeed(known) && known.endpoint.state === 'active' && known.stats.backlog === 0;

const oldestOf = (all: readonly Known[]): number | undefined => {
  const moments = all.flatMap(({ stats }) => (stats.oldestPendingAt === null ? [] : millis(stats.oldestPendingAt)));
  return moments.length === 0 ? undefined : Math.min(...moments);
};

interface Props {
  readonly endpoints: readonly Known[];
  /** What was sent to all of them in a day. */
  readonly sent: readonly HalfHour[];
  readonly at: number;
}

/** Endpoints to which something does not go as it should, and how many others there are. */
export function WebhookState({ endpoints, sent, at }: Props) {
  const within = firstRequestP95(sent);
  const named = endpoints
    .filter((known) => !isCalm(known))
    .toSorted((one, other) => Number(isInNeed(other)) - Number(isInNeed(one)))
    .slice(0, MOST_NAMED);
  const others = endpoints.filter((known) => !named.includes(known));
  const waits = (all: readonly Known[]) => {
    const oldest = oldestOf(all);
    return (
      <>
        <span class="num">{number(all.reduce((sum, { stats }) => sum + stats.backlog, 0))}</span>
        <span class="num">{oldest === undefined ? '–' : duration(Math.max(0, at - oldest))}</span>
      </>
    );
  };
  return (
    <section class="block" aria-label={t('webhooks')}>
      <h2 class="monitor-health-head">
        <span>
          {t('webhooks')}
          {within === undefined ? null : <span class="meta">{t('firstRequestAfterEvent', { time: within })}</span>}
        </span>
        <span class="meta">{t('deliveryWaits')}</span>
        <span class="meta monitor-oldest">{t('oldest')}</span>
      </h2>
      <ul class="monitor-health">
        {named.map((known) => {
          const [mark, word] = markOf(known);
          const { id, name } = known.endpoint;
          return (
            <li key={id}>
              <Mark state={mark} label={word} />
              <a class="cut-text" href={address(`/webhooks/endpoints/${id}`)} data-inside>
                <bdi>{name}</bdi>
              </a>
              <DayBars id={id} name={name} />
              {waits([known])}
            </li>
          );
        })}
        {others.length === 0 ? null : (
          <li>
            <Mark state={others.some(isInNeed) ? 'failed' : 'delivered'} label={t(others.some(isInNeed) ? 'failing' : 'workingOnes')} />
            <a class="cut-text" href={address('/webhooks/endpoints')} data-inside>
              {count(named.length === 0 ? 'endpointsCount' : 'otherEndpoints', others.length)}
            </a>
            <span />
            {waits(others)}
          </li>
        )}
      </ul>
    </section>
  );
}
