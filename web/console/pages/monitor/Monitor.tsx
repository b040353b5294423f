import './monitor.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { Unreachable } from '../../../shared/answers.ts';
import { millis } from '../../api/documents.ts';
import { weekdayOf } from '../../days.ts';
import { useKeys } from '../../keys.ts';
import { isUnset } from '../../live/endpoints.ts';
import type { Now } from '../../live/figures.ts';
import { departments } from '../../live/people.ts';
import { reason } from '../../live/reasons.ts';
import { Lanes } from '../../parts/charts/Lanes.tsx';
import { LineWithBand } from '../../parts/charts/LineWithBand.tsx';
import { StackedBars } from '../../parts/charts/StackedBars.tsx';
import { ask } from '../../parts/asking.ts';
import { Icon } from '../../parts/Icon.tsx';
import { LiveDot } from '../../parts/LiveDot.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { place } from '../../place.ts';
import { duration, number, t, time } from '../../texts.ts';
import { Agents } from './Agents.tsx';
import { Figures } from './Figures.tsx';
import { type Day, type Present, useMonitor } from './reading.ts';
import { barsOf, lanesOf, pointsOf } from './shown.ts';
import { WebhookState } from './WebhookState.tsx';

/** More departments are a list. */
const MOST_SEGMENTS = 5;

/** How it goes at this moment. */
export function Monitor() {
  const { query } = place.value;
  const department = query.get('department') ?? undefined;
  const isWall = query.has('wall');
  const isPaused = useSignal(false);
  const { present, day, error, again } = useMonitor(department, isPaused.value);
  useEffect(() => {
    document.title = `${t('liveMonitor')} · Hark`;
  }, []);
  useKeys(isWall ? { Escape: () => ask({ wall: '' }) } : {});
  const now = present.value?.now;
  return (
    <main id="main" tabIndex={-1} class={isWall ? 'page monitor-page is-wall' : 'page monitor-page'} aria-busy={now === undefined && error.value === undefined}>
      <header class="page-head">
        <h1>{t('liveMonitor')}</h1>
        {now === undefined ? null : (
          <State now={now} isPaused={isPaused.value} error={error.value} again={again} />
        )}
        <span class="push" />
        {isWall ? null : <Filter department={department} />}
        <button
          type="button"
          class="button"
          aria-pressed={isPaused.value}
          onClick={() => {
            isPaused.value = !isPaused.value;
          }}
        >
          <Icon name={isPaused.value ? 'play' : 'pause'} />
          {t(isPaused.value ? 'goOn' : 'holdOn')}
        </button>
        <button type="button" class="button" aria-pressed={isWall} onClick={() => ask({ wall: isWall ? '' : 'on' })}>
          <Icon name="desktop" />
          {t(isWall ? 'leaveWall' : 'wallMode')}
        </button>
      </header>
      <div class="page-body">
        {error.value === undefined || now !== undefined ? null : <NotRead error={error.value} again={again} />}
        {present.value === undefined && error.value === undefined ? <Skeleton rows={10} /> : null}
        {present.value === undefined ? null : <Whole present={present.value} day={day.value} department={department} />}
      </div>
    </main>
  );
}

interface StateProps {
  readonly now: Now;
  readonly isPaused: boolean;
  readonly error: unknown;
  readonly again: () => void;
}

/** Of which moment the figures are, in the place of which stands why there are no newer ones: what is read stays where it is. */
function State({ now, isPaused, error, again }: StateProps) {
  const at = time(millis(now.at), true);
  if (error !== undefined) {
    const isAway = error instanceof Unreachable && !error.tooFast;
    return (
      <span class="monitor-live meta" role="alert">
        <LiveDot state="paused" />
        {isAway ? t('lost', { time: at }) : reason(error)}
        <button type="button" class="button tiny" onClick={again}>
          {t('tryNow')}
        </button>
      </span>
    );
  }
  return (
    <span class="monitor-live meta">
      <LiveDot state={isPaused ? 'paused' : 'on'} />
      {t(isPaused ? 'pausedAt' : 'liveAt', { time: at })}
    </span>
  );
}

const choose = (id: string): void => ask({ department: id });

function Filter({ department }: { readonly department: string | undefined }) {
  const all = departments.value.filter(({ _id, enabled }) => enabled || _id === department);
  const choices = [['', t('all')], ...all.map(({ _id, name }) => [_id, name] as const)] as const;
  if (all.length < 2) {
    return null;
  }
  return all.length <= MOST_SEGMENTS ? (
    <span class="monitor-departments" role="group" aria-label={t('department')}>
      <Segments choices={choices} chosen={department ?? ''} choose={choose} />
    </span>
  ) : (
    <select class="select" aria-label={t('department')} value={department ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
      {choices.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface Props {
  readonly present: Present;
  readonly day: Day | undefined;
  readonly department: string | undefined;
}

function Whole({ present, day, department }: Props) {
  const { now } = present;
  const lanes = lanesOf(
    present,
    departments.value.filter(({ _id }) => department === undefined || _id === department),
  );
  const longest = now.longestWaitMs === null ? '–' : duration(now.longestWaitMs);
  return (
    <>
      <Figures now={now} day={day} />
      <div class="monitor-cols">
        <div>
          <Lanes title={t('queue')} lanes={lanes} sentence={t('queueSentence', { count: now.queued, time: longest })} />
          <Agents agents={now.agents} today={day?.agents.items} />
        </div>
        <div>{day === undefined ? <Skeleton rows={10} /> : <Today day={day} at={millis(now.at)} />}</div>
      </div>
    </>
  );
}

/** How the day went until this moment. */
function Today({ day, at }: { readonly day: Day; readonly at: number }) {
  const { hours } = day;
  const endpoints = day.endpoints?.filter((known) => !isUnset(known)) ?? [];
  const { total } = hours;
  const average = total.averageFirstResponseMs === null ? '–' : duration(total.averageFirstResponseMs);
  const left = total.chats - total.answered;
  return (
    <>
      <StackedBars
        title={t('chatsToday')}
        note={t('answeredAndNot', { answered: number(total.answered), left: number(left) })}
        series={[
          { name: t('answered'), look: 'plain' },
          { name: t('notAnswered'), look: 'hatched' },
        ]}
        bars={barsOf(day, at)}
        head={t('hourOfDay')}
        height={170}
        sentence={t('chatsTodaySentence', { chats: number(total.chats), answered: number(total.answered) })}
      />
      <LineWithBand
        title={t('firstAnswer')}
        note={t('averageOfHours')}
        points={pointsOf(day, at)}
        head={t('hourOfDay')}
        usual={t('usualOn', { day: weekdayOf(hours.firstDay) })}
        sentence={t('firstAnswerSentence', { time: average })}
      />
      {endpoints.length === 0 ? null : <WebhookState endpoints={endpoints} sent={day.sent} at={at} />}
    </>
  );
}
