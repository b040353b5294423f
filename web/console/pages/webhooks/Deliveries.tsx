import '../../parts/drawer.css';
import './webhooks.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { type Attempt, readStats } from '../../live/crm.ts';
import { countGivenUp } from '../../live/given-up.ts';
import { reason } from '../../live/reasons.ts';
import { PAGE, readOne, readSent, sendAgain, type SentInFull, type SentOne, type SentPage } from '../../live/sent.ts';
import { complain } from '../../live/toasts.ts';
import { useKeys } from '../../keys.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { answerOf, stateOf, wordOf } from '../../parts/outcome.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address, place } from '../../place.ts';
import { number, t, time, when } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { ask } from './asking.ts';
import { curl } from './curl.ts';

const AGAIN_MS = 5000;

const STATES: readonly (readonly [state: string, name: TextKey])[] = [
  ['delivered', 'delivered'],
  ['pending', 'deliveryWaits'],
  ['given-up', 'givenUpOnes'],
];

/** What was sent to endpoints, the newest first; or of that only what was given up. */
export function Deliveries() {
  const { path, query } = place.value;
  const isGivenUp = path === '/webhooks/given-up';
  const state = isGivenUp ? 'given-up' : (query.get('state') ?? '');
  const open = query.get('open') ?? '';
  const endpoint = query.get('endpoint') ?? '';
  const title = t(isGivenUp ? 'givenUpOnes' : 'deliveries');
  const found = useSignal<SentPage | undefined>(undefined);
  const error = useSignal<unknown>(undefined);

  const look = async (cursor?: string): Promise<void> => {
    try {
      const [page, stats] = await Promise.all([readSent({ state, endpoint }, cursor), readStats()]);
      const before = cursor === undefined ? [] : (found.peek()?.items ?? []);
      found.value = { items: [...before, ...page.items], nextCursor: page.nextCursor };
      countGivenUp(stats);
      error.value = undefined;
    } catch (fault) {
      error.value = fault;
    }
  };
  useEffect(() => {
    document.title = `${title} · Hark`;
    found.value = undefined;
    void look();
    let isFirst = true;
    const timer = setInterval(() => {
      // Whoever has gone back further goes on reading there.
      isFirst &&= (found.peek()?.items.length ?? 0) <= PAGE;
      if (isFirst && document.visibilityState === 'visible') {
        void look();
      }
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [path, state, endpoint]);
  const items = found.value?.items ?? [];
  const resend = async (one: SentOne): Promise<void> => {
    try {
      await sendAgain(one.id);
      await look();
    } catch (fault) {
      complain(reason(fault));
    }
  };
  const step = (by: number) => (): void => {
    const next = items[items.findIndex(({ id }) => id === open) + by];
    if (next !== undefined) {
      ask({ open: next.id });
    }
  };
  const chosen = items.find(({ id }) => id === open);
  useKeys({
    j: step(1),
    k: step(-1),
    ...(open === '' ? {} : { Escape: () => ask({ open: '' }) }),
    ...(chosen?.state === 'given-up' ? { s: () => void resend(chosen) } : {}),
  });
  return (
    <main id="main" tabIndex={-1} class="page sent-page" aria-busy={found.value === undefined && error.value === undefined}>
      <header class="page-head">
        <h1>{title}</h1>
        <span class="push" />
        {endpoint === '' ? null : (
          <button type="button" class="filter is-set" onClick={() => ask({ endpoint: '', open: '' })}>
            <bdi>{items[0]?.endpoint?.name ?? t('endpoint')}</bdi>
            <Icon name="x" size={14} />
            <span class="unseen">{t('allEndpoints')}</span>
          </button>
        )}
        {isGivenUp ? null : (
          <select
            class={state === '' ? 'filter' : 'filter is-set'}
            aria-label={t('stateOfChat')}
            value={state}
            onChange={(event) => ask({ state: event.currentTarget.value, open: '' })}
          >
            <option value="">{t('anyState')}</option>
            {STATES.map(([value, name]) => (
              <option key={value} value={value}>
                {t(name)}
              </option>
            ))}
          </select>
        )}
      </header>
      <div class="beside">
        <div class="page-body">
          {found.value === undefined && error.value === undefined ? <Skeleton rows={10} /> : null}
          {error.value === undefined ? null : <NotRead error={error.value} again={() => void look()} />}
          {found.value !== undefined && items.length === 0 ? (
            <div class="empty">
              <Icon name="hook" size={24} />
              <h2>{t(state === '' ? 'nothingSent' : 'noDeliveries')}</h2>
              <p>{t(isGivenUp ? 'noneGivenUpMore' : 'nothingSentMore')}</p>
            </div>
          ) : null}
          {items.length === 0 ? null : (
            <table class="sent">
              <thead>
                <tr>
                  <th>{t('stateOfChat')}</th>
                  <th>{t('event')}</th>
                  <th class="wide">{t('endpoint')}</th>
                  <th class="wide">{t('answer')}</th>
                  <th class="num wide">{t('attempts')}</th>
                  <th class="num">{t('happenedAt')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <Row key={one.id} one={one} isOpen={one.id === open} />
                ))}
              </tbody>
            </table>
          )}
          {(found.value?.nextCursor ?? null) === null ? null : (
            <p class="foot">
              <button type="button" class="button small" onClick={() => void look(found.peek()?.nextCursor ?? undefined)}>
                {t('showMore')}
              </button>
            </p>
          )}
        </div>
        {chosen === undefined ? null : <One key={chosen.id} one={chosen} resend={() => void resend(chosen)} />}
      </div>
    </main>
  );
}

function Row({ one, isOpen }: { readonly one: SentOne; readonly isOpen: boolean }) {
  return (
    <tr class={isOpen ? 'is-selected' : ''}>
      <td>
        <span class="state">
          <Mark state={stateOf(one)} />
          {wordOf(one)}
        </span>
      </td>
      <td>
        <button type="button" class="link-button mono" aria-pressed={isOpen} onClick={() => ask({ open: isOpen ? '' : one.id })}>
          {one.kind}
        </button>
      </td>
      <td class="wide">
        <bdi>{one.endpoint?.name ?? ''}</bdi>
      </td>
      <td class="wide">{answerOf(one, Date.now())}</td>
      <td class="num wide">{number(one.attempts)}</td>
      <td class="num">{when(new Date(one.happenedAt).getTime(), Date.now())}</td>
    </tr>
  );
}

/** One delivery beside the table: its attempts, and what was sent. */
function One({ one, resend }: { readonly one: SentOne; readonly resend: () => void }) {
  const full = useSignal<SentInFull | undefined>(undefined);
  useEffect(() => {
    const look = async (): Promise<void> => {
      full.value = await readOne(one.id).catch(() => full.peek());
    };
    void look();
  }, [one.id, one.attempts, one.state]);
  const last = full.value?.attemptLog.at(-1);
  return (
    <aside class="drawer" aria-label={one.kind}>
      <header>
        <h2 class="mono cut-text">{one.kind}</h2>
        <span class="push" />
        {one.state === 'given-up' ? (
          <button type="button" class="button small" onClick={resend}>
            <Icon name="retry" size={14} />
            {t('resend')}
          </button>
        ) : null}
        <button type="button" class="icon-button" aria-label={t('hideDrawer')} title={t('hideDrawer')} onClick={() => ask({ open: '' })}>
          <Icon name="x" />
        </button>
      </header>
      <dl class="facts">
        <dt>{t('endpoint')}</dt>
        <dd>
          <bdi>{one.endpoint?.name ?? ''}</bdi>
        </dd>
        <dt>{t('address')}</dt>
        <dd class="mono">{last?.url}</dd>
      </dl>
      {one.conversation === null ? null : (
        <a href={address(`/inbox/${one.conversation}`)} data-inside>
          {t('openChat')}
        </a>
      )}
      {full.value === undefined ? <Skeleton rows={4} /> : null}
      <ol class="attempts" aria-label={t('attempts')}>
        {full.value?.attemptLog.map((attempt) => (
          <Tried key={attempt.at} attempt={attempt} />
        ))}
      </ol>
      {full.value === undefined ? null : (
        <>
          <p class="line">
            <b class="strong">{t('eventBody')}</b>
            <span class="push" />
            {last === undefined ? null : <Copy text={curl(last.url, last.requestHeaders, full.value.body)} label={t('asCurl')} />}
          </p>
          <Json value={shown(full.value.body)} label={t('eventBody')} />
        </>
      )}
    </aside>
  );
}

function shown(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

function Tried({ attempt: { at, status, error, detail, phasesMs } }: { readonly attempt: Attempt }) {
  return (
    <li class="line">
      <time class="meta">{time(new Date(at).getTime(), true)}</time>
      <span>{status ?? error}</span>
      <span class="meta cut-text">{detail}</span>
      <span class="push meta num">{t('inMs', { ms: number(Math.round(phasesMs.total)) })}</span>
    </li>
  );
}
