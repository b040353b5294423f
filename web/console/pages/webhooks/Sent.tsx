import '../../parts/drawer.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import type { Attempt } from '../../live/crm.ts';
import { readOne, type SentInFull, type SentOne } from '../../live/sent.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import { Copy } from '../../parts/Copy.tsx';
import { copyAndSay } from '../../parts/copying.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { Key } from '../../parts/Key.tsx';
import { stateOf } from '../../parts/outcome.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { answerInFull } from '../../parts/statuses.ts';
import { address } from '../../place.ts';
import { duration, number, t, time, when } from '../../texts.ts';
import { curl } from './curl.ts';
import { Exchange } from './Exchange.tsx';
import { inMs, phasesOf } from './phases.ts';
import { stateName } from './wish.ts';

/** What is on its way is looked at again. */
const AGAIN_MS = 2000;

interface Props {
  readonly one: SentOne;
  /** The page is about its endpoint. */
  readonly isOfOne: boolean;
  readonly now: number;
  /** It is otherwise by now. */
  readonly renew: (one: SentOne) => void;
  readonly step: (by: 1 | -1) => void;
  readonly resend: () => void;
  /** No others are chosen, which the key of this one would send. */
  readonly isAlone: boolean;
}

/** One delivery beside the list: its attempts, what was sent, and what was answered. */
export function Sent({ one, isOfOne, now, renew, step, resend, isAlone }: Props) {
  const full = useSignal<SentInFull | undefined>(undefined);
  /** Of the attempt that is shown; nothing for the last one. */
  const chosen = useSignal<string | undefined>(undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const found = await readOne(one.id).catch(() => undefined);
      if (isOver) {
        return;
      }
      if (found !== undefined) {
        full.value = found;
        if (found.state !== one.state || found.attempts !== one.attempts) {
          const { body: _, attemptLog: __, ...known } = found;
          renew(known);
        }
      }
      if (found?.state === 'pending') {
        timer = setTimeout(() => void look(), AGAIN_MS);
      }
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [one.id, one.attempts, one.state]);
  const log = full.value?.attemptLog ?? [];
  const list = useRef<HTMLOListElement>(null);
  // The last one is shown, and the next one is below it: there may be more than there is room for.
  useEffect(() => {
    if (chosen.peek() === undefined) {
      list.current?.scrollTo({ top: list.current.scrollHeight });
    }
  }, [log.length]);
  const attempt = log.find((tried) => tried.at === chosen.value) ?? log.at(-1);
  const asCurl = attempt === undefined || full.value === undefined ? undefined : curl(attempt.url, attempt.requestHeaders, full.value.body);
  const copy = (): void => {
    if (asCurl !== undefined) {
      void copyAndSay(asCurl);
    }
  };
  useKeys({ c: copy });
  const isSettled = one.state !== 'pending';
  return (
    <aside class="drawer sent-one" aria-label={one.kind}>
      <header>
        <Mark state={stateOf(one)} label={stateName(one.state)} size={18} />
        <h2 class="mono cut-text">{one.kind}</h2>
        <span class="push" />
        <button type="button" class="icon-button" aria-label={t('rowBefore')} title={`${t('rowBefore')}  K`} onClick={() => step(-1)}>
          <Icon name="up" />
        </button>
        <button type="button" class="icon-button" aria-label={t('rowAfter')} title={`${t('rowAfter')}  J`} onClick={() => step(1)}>
          <Icon name="down" />
        </button>
        <button type="button" class="icon-button" aria-label={t('hideDrawer')} title={t('hideDrawer')} onClick={() => ask({ open: '' })}>
          <Icon name="x" />
        </button>
      </header>
      {isOfOne || one.endpoint === null ? null : (
        <p class="ids of-endpoint">
          <Icon name="hook" size={14} />
          <a class="cut-text" href={address(`/webhooks/endpoints/${one.endpoint.id}/deliveries`)} data-inside>
            <bdi>{one.endpoint.name}</bdi>
          </a>
        </p>
      )}
      <p class="ids">
        {one.conversation === null ? null : (
          <>
            <button type="button" class="link-button" dir="auto" title={t('onlyThisChat')} onClick={() => ask({ chat: one.conversation ?? '' })}>
              <bdi>{one.visitor ?? one.conversation}</bdi>
            </button>
            <span aria-hidden="true">·</span>
          </>
        )}
        <span>{t('eventNumber', { id: String(one.eventId) })}</span>
        {one.sequence === null ? null : <span>· {t('numberOfChat', { number: number(one.sequence) })}</span>}
        <span aria-hidden="true">·</span>
        <span class="mono cut-text">{one.id}</span>
        <Copy text={one.id} isSign />
      </p>
      <div class="acts">
        {isSettled ? (
          <button type="button" class={one.state === 'given-up' ? 'button primary small' : 'button small'} onClick={resend}>
            <Icon name="retry" size={14} />
            {t('resend')}
            {isAlone ? <Key keys="S" /> : null}
          </button>
        ) : null}
        <button type="button" class="button small" aria-disabled={asCurl === undefined} onClick={copy}>
          <Icon name="copy" size={14} />
          {t('copyAsCurl')}
          <Key keys="C" />
        </button>
        {one.conversation === null ? null : (
          <a class="button small" href={address(`/inbox/${one.conversation}`)} data-inside>
            <Icon name="chats" size={14} />
            {t('openChat')}
          </a>
        )}
      </div>
      <h3>
        {t('attempts')} <span class="meta">{outcome(one, now)}</span>
      </h3>
      {full.value === undefined ? <Skeleton rows={3} /> : null}
      <ol class="sent-attempts" ref={list} aria-label={t('attempts')}>
        {log.map((tried, index) => (
          <Tried
            key={tried.at}
            attempt={tried}
            number={index + 1}
            after={index === 0 ? undefined : millis(tried.at) - millis(log[index - 1]?.at ?? tried.at)}
            isShown={tried === attempt}
            show={() => {
              chosen.value = tried.at;
            }}
          />
        ))}
        {one.state === 'pending' && one.nextAttemptAt !== null ? (
          <li class="is-next">
            <Mark state="waiting" size={14} />
            <span class="num">{number(log.length + 1)}</span>
            <time>{time(millis(one.nextAttemptAt), true)}</time>
            <span class="meta">{t('nextAttempt')}</span>
            <span class="push num">{millis(one.nextAttemptAt) <= now ? t('rightNow') : duration(millis(one.nextAttemptAt) - now)}</span>
          </li>
        ) : null}
      </ol>
      {full.value === undefined ? null : attempt === undefined ? (
        <div class="panes">
          <Json value={shown(full.value.body)} label={t('eventBody')} />
        </div>
      ) : (
        <Exchange key={attempt.at} attempt={attempt} number={log.indexOf(attempt) + 1} body={shown(full.value.body)} />
      )}
    </aside>
  );
}

/** How it ended, and how long that took. */
function outcome({ state, happenedAt, settledAt }: SentOne, now: number): string {
  if (settledAt === null || state === 'pending') {
    return t('waitsFor', { time: duration(now - millis(happenedAt)) });
  }
  const settled = millis(settledAt);
  const day = when(settled, now);
  const values = {
    at: day === time(settled) ? time(settled, true) : `${day}, ${time(settled, true)}`,
    time: duration(settled - millis(happenedAt)),
  };
  return state === 'given-up' ? t('givenUpAfter', values) : t('deliveredAfter', values);
}

function shown(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

interface TriedProps {
  readonly attempt: Attempt;
  readonly number: number;
  /** Since the one before. */
  readonly after: number | undefined;
  readonly isShown: boolean;
  readonly show: () => void;
}

function Tried({ attempt, number: place, after, isShown, show }: TriedProps) {
  const { at, status, error, phasesMs } = attempt;
  const phases = phasesOf(attempt);
  const moment = millis(at);
  return (
    <li>
      <button type="button" class={isShown ? 'is-current' : ''} aria-pressed={isShown} onClick={show}>
        <Mark state={error === null ? 'delivered' : 'failed'} size={14} label={t(error === null ? 'delivered' : 'hasFailed')} />
        <span class="num">{number(place)}</span>
        <time>{time(moment, true)}</time>
        <span class="meta num">{after === undefined ? t('atOnce') : `+ ${duration(after)}`}</span>
        <span class={error === null ? 'cut-text' : 'cut-text fault'}>{answerInFull(status, error)}</span>
        <span class={error === null ? 'took' : 'took is-bad'} aria-hidden="true">
          {phases.map(([name, ms]) => (
            <i key={name} style={{ inlineSize: `${Math.max(2, (ms / Math.max(phasesMs.total, 1)) * 100)}%` }} />
          ))}
        </span>
        <span class="num">{t('ms', { ms: inMs(phasesMs.total) })}</span>
      </button>
    </li>
  );
}
