import '../../parts/figures.css';
import './webhooks.css';
import './endpoints.css';
import './log.css';

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { countGivenUp } from '../../live/given-up.ts';
import type { Tested } from '../../live/crm.ts';
import {
  type Dialect,
  type Endpoint,
  type HalfHour,
  isUnset,
  type Known,
  knownOf,
  pauseEndpoint,
  readEndpointList,
  readHalfHours,
  readPausers,
  readStatsInFull,
  resumeEndpoint,
  type StatsInFull,
  testEndpoint,
} from '../../live/endpoints.ts';
import { reason } from '../../live/reasons.ts';
import { complain } from '../../live/toasts.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import type { Cell } from '../../parts/csv.ts';
import { DayBars } from '../../parts/charts/DayBars.tsx';
import { DIALECTS, isInNeed, markOf, needOf, placeOf, shortOf } from '../../parts/endpoint-health.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { ExportButton } from '../../parts/ExportButton.tsx';
import { Icon, Mark, type State } from '../../parts/Icon.tsx';
import { type Act, MoreMenu } from '../../parts/MoreMenu.tsx';
import { NeedReason } from '../../parts/NeedReason.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { firstRequestP95 } from '../../parts/first-requests.ts';
import { lookAtRow, walking } from '../../parts/rows.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address, go, place } from '../../place.ts';
import { isPhone } from '../../width.ts';
import { duration, milliseconds, number, percent, t, time, when } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { Answer } from './Answer.tsx';
import { KindsOf, One, Option } from './Filters.tsx';
import { hears } from './wanted.ts';

const AGAIN_MS = 5000;
const DAY_MS = 86_400_000;

const needsYou = (known: Known): boolean => isInNeed(known) || needOf(known)?.isSlow === true;

/** What needs a person comes first. */
const GROUPS: readonly (readonly [state: string, name: TextKey, of: (known: Known) => boolean])[] = [
  ['needs', 'needsYou', needsYou],
  ['paused', 'pausedByPeople', (known) => !isInNeed(known) && known.endpoint.state === 'paused'],
  ['working', 'workingOnes', (known) => !needsYou(known) && known.endpoint.state === 'active' && !isUnset(known)],
  ['unset', 'notSetUp', (known) => !needsYou(known) && known.endpoint.state === 'active' && isUnset(known)],
];

/** Of the table as a file. */
const HEAD: readonly TextKey[] = ['endpoint', 'address', 'dialect', 'events', 'stateOfChat', 'shareInAll', 'answerP95', 'deliveryWaits', 'givenUpOnes'];

function isFound({ endpoint }: Known, words: string): boolean {
  const { name, url, events } = endpoint;
  return [name, url, ...events].some((text) => text.toLowerCase().includes(words.trim().toLowerCase()));
}

async function readInto<T>(kept: Signal<T | undefined>, reading: Promise<T>): Promise<void> {
  kept.value = await reading;
}

export function Endpoints() {
  const { query } = place.value;
  const words = query.get('q') ?? '';
  const dialect = query.get('dialect') ?? '';
  const state = query.get('state') ?? '';
  const chosen = GROUPS.find(([name]) => name === state);
  const kind = query.get('event') ?? '';
  const endpoints = useSignal<readonly Endpoint[] | undefined>(undefined);
  const stats = useSignal<readonly StatsInFull[] | undefined>(undefined);
  const day = useSignal<readonly HalfHour[] | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const at = useSignal('');
  const tested = useSignal<Tested | undefined>(undefined);

  const look = async (): Promise<void> => {
    const since = Date.now() - DAY_MS;
    // Which there are is known sooner than how it goes with them, for which many deliveries are looked at.
    const readings = [readInto(endpoints, readEndpointList()), readInto(stats, readStatsInFull()), readInto(day, readHalfHours('', since))];
    try {
      await Promise.all(readings);
      await readPausers(endpoints.peek() ?? []);
      countGivenUp(stats.peek() ?? []);
      error.value = undefined;
    } catch (fault) {
      error.value = fault;
    }
  };
  useEffect(() => {
    document.title = `${t('endpoints')} · Hark`;
    void look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') {
        void look();
      }
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const isCounted = stats.value !== undefined;
  const all = knownOf(endpoints.value ?? [], stats.value ?? []);
  const isEmpty = all.every(isUnset);
  const isShown = (one: Known): boolean =>
    isFound(one, words) &&
    (dialect === '' || one.endpoint.dialect === dialect) &&
    (kind === '' || hears(one.endpoint.events, kind)) &&
    (state === '' || chosen?.[2](one) === true);
  const groups = GROUPS.map(([, name, of]) => [name, all.filter((one) => of(one) && isShown(one))] as const);
  const rows = groups.flatMap(([, of]) => of);
  const step = (by: 1 | -1): void => {
    const next = rows[rows.findIndex(({ endpoint }) => endpoint.id === at.peek()) + by];
    if (next !== undefined) {
      at.value = next.endpoint.id;
      lookAtRow(`endpoint-${next.endpoint.id}`);
    }
  };
  const act = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      await look();
    } catch (fault) {
      complain(reason(fault));
    }
  };
  const pauseOrResume = (id: string): void => {
    const found = rows.find(({ endpoint }) => endpoint.id === id)?.endpoint;
    if (found !== undefined && found.origin !== 'workspace') {
      void act(async () => void (await (found.state === 'active' ? pauseEndpoint(id) : resumeEndpoint(id))));
    }
  };
  useKeys({
    ...walking(step),
    n: () => go('/webhooks/endpoints/new'),
    ...(at.value === '' ? {} : { Enter: () => go(`/webhooks/endpoints/${at.peek()}/deliveries`), p: () => pauseOrResume(at.peek()) }),
  });
  const actsOf = ({ id, origin, state: now }: Endpoint): Acts => {
    const resume = (): void => void act(async () => void (await resumeEndpoint(id)));
    return {
      resume,
      more: [
        ...(now === 'active' ? [] : [{ icon: 'play', name: t('resumeIt'), act: resume }]),
        {
          icon: 'send',
          name: t('sendTest'),
          act: () =>
            void act(async () => {
              tested.value = await testEndpoint(id, '');
            }),
        },
        { icon: 'history', name: t('replayIt'), act: () => go(`/webhooks/endpoints/${id}/replay`) },
        { icon: 'sliders', name: t('settingsTab'), act: () => go(`/webhooks/endpoints/${id}`) },
        ...(origin === 'workspace' || now !== 'active' ? [] : [{ icon: 'pause', name: t('pauseIt'), act: () => void act(async () => void (await pauseEndpoint(id))) }]),
      ],
    };
  };
  const table = (): readonly (readonly Cell[])[] => [
    HEAD.map((key) => t(key)),
    ...rows.map(({ endpoint, stats: own }) => [
      endpoint.name,
      endpoint.url,
      DIALECTS[endpoint.dialect],
      endpoint.events.join(' '),
      endpoint.state,
      own.successShare ?? '',
      own.latencyMs.p95 ?? '',
      own.backlog,
      own.givenUp,
    ]),
  ];
  return (
    <main id="main" tabIndex={-1} class="page endpoints-page" aria-busy={(endpoints.value === undefined || !isCounted) && error.value === undefined}>
      <header class="page-head">
        <h1>{t('endpoints')}</h1>
        <span class="push" />
        {isEmpty || rows.length === 0 ? null : <ExportButton name={t('endpoints')} table={table} />}
        <a class="button primary" href={address('/webhooks/endpoints/new')} data-inside>
          <Icon name="plus" />
          {t('addEndpoint')}
        </a>
      </header>
      {isEmpty ? null : <Figures all={all} isCounted={isCounted} day={day.value} />}
      {isEmpty ? null : (
        <div class="filters">
          <span class="input">
            <Icon name="search" />
            <input
              aria-label={t('searchEndpoints')}
              placeholder={t('nameHostOrEvent')}
              value={words}
              onInput={(event) => ask({ q: event.currentTarget.value })}
            />
          </span>
          <One name="state" label={t('stateOfChat')} shown={chosen === undefined ? '' : t(chosen[1])}>
            {(choose) => GROUPS.map(([value, name]) => <Option key={value} name={t(name)} choose={() => choose(value)} />)}
          </One>
          <One name="dialect" label={t('dialect')} shown={DIALECTS[dialect as Dialect] ?? ''}>
            {(choose) => Object.entries(DIALECTS).map(([value, name]) => <Option key={value} name={name} choose={() => choose(value)} />)}
          </One>
          <One name="event" label={t('event')} shown={kind}>
            {(choose) => <KindsOf choose={choose} />}
          </One>
          <span class="push" />
          <span class="legend">
            <i class="good" />
            {t('arrived')}
          </span>
          <span class="legend">
            <i class="bad" />
            {t('failedBelow')}
          </span>
        </div>
      )}
      <div class="page-body">
        {endpoints.value === undefined && error.value === undefined ? <Skeleton rows={8} /> : null}
        {error.value === undefined ? null : <NotRead error={error.value} again={() => void look()} />}
        {endpoints.value !== undefined && isEmpty ? (
          <div class="empty">
            <Icon name="hook" size={24} />
            <h2>{t('noEndpoints')}</h2>
            <p>{t('noEndpointsMore')}</p>
            <a class="button" href={address('/webhooks/crm')} data-inside>
              {t('crmIntegration')}
            </a>
          </div>
        ) : null}
        {!isEmpty && rows.length === 0 ? (
          <div class="empty">
            <h2>{t('noEndpointFits')}</h2>
          </div>
        ) : null}
        {isEmpty || rows.length === 0 ? null : (
          <table class="hooks">
            <thead>
              <tr>
                <th scope="col">{t('endpoint')}</th>
                <th scope="col" class="wide">
                  {t('events')}
                </th>
                <th scope="col" class="wide">
                  {t('last24Hours')}
                </th>
                <th scope="col" class="num wide">
                  {t('shareInAll')}
                </th>
                <th scope="col" class="num wide">
                  {t('answerP95')}
                </th>
                <th scope="col" class="num">
                  {t('deliveryWaits')}
                </th>
                <th scope="col">
                  <span class="unseen">{t('actions')}</span>
                </th>
              </tr>
            </thead>
            {groups.map(([name, of]) =>
              of.length === 0 ? null : (
                <tbody key={name}>
                  <tr class="head">
                    <td colSpan={7}>
                      {t(name)} <span class="num">{number(of.length)}</span>
                    </td>
                  </tr>
                  {of.map((one) => (
                    <Row key={one.endpoint.id} known={one} isCounted={isCounted} isAt={one.endpoint.id === at.value} acts={actsOf(one.endpoint)} />
                  ))}
                </tbody>
              ),
            )}
          </table>
        )}
      </div>
      {tested.value === undefined ? null : (
        <Dialog
          title={t('testAnswer')}
          close={() => {
            tested.value = undefined;
          }}
        >
          <Answer tested={tested.value} />
        </Dialog>
      )}
    </main>
  );
}

interface FiguresProps {
  readonly all: readonly Known[];
  readonly isCounted: boolean;
  readonly day: readonly HalfHour[] | undefined;
}

/** What is not read yet. */
const NOTHING = '–';

/** All endpoints together. */
function Figures({ all, isCounted, day }: FiguresProps) {
  const sum = (of: (known: Known) => number): number => all.reduce((total, one) => total + of(one), 0);
  const made = sum(({ stats }) => stats.delivered + stats.givenUp);
  const oldest = all.flatMap(({ stats }) => stats.oldestPendingAt ?? []).map(millis);
  const givenUp = all.filter(({ stats }) => stats.givenUp > 0);
  return (
    <dl class="figures-strip hooks-figures">
      <div>
        <dt>{t('deliveredInDay')}</dt>
        <dd>{day === undefined ? NOTHING : number(day.reduce((total, { delivered }) => total + delivered, 0))}</dd>
      </div>
      <div>
        <dt>{t('shareInAll')}</dt>
        <dd>{made === 0 ? NOTHING : percent(sum(({ stats }) => stats.delivered) / made)}</dd>
      </div>
      <div>
        <dt>{t('toFirstRequest')}</dt>
        <dd>{firstRequestP95(day ?? []) ?? NOTHING}</dd>
      </div>
      <div>
        <dt>{t('deliveryWaits')}</dt>
        <dd>
          {isCounted ? number(sum(({ stats }) => stats.backlog)) : NOTHING}
          {oldest.length === 0 ? null : <span class="wait">{t('oldestIs', { time: duration(Date.now() - Math.min(...oldest)) })}</span>}
        </dd>
      </div>
      <div>
        <dt>{t('givenUpOnes')}</dt>
        <dd>
          {isCounted ? number(sum(({ stats }) => stats.givenUp)) : NOTHING}
          {givenUp.length === 1 ? (
            <a href={address('/webhooks/given-up')} data-inside>
              <bdi>{givenUp[0]?.endpoint.name}</bdi>
            </a>
          ) : null}
        </dd>
      </div>
    </dl>
  );
}

interface Acts {
  readonly resume: () => void;
  readonly more: readonly Act[];
}

interface RowProps {
  readonly known: Known;
  readonly isCounted: boolean;
  readonly isAt: boolean;
  readonly acts: Acts;
}

function Row({ known, isCounted, isAt, acts }: RowProps) {
  const { endpoint, stats } = known;
  const need = needOf(known);
  const [mark, word] = markOf(known);
  // Until it is counted nobody knows whether something was sent.
  const label = mark === 'idle' && !isCounted ? t('workingOnes') : word;
  const p95 = stats.latencyMs.p95;
  const waits = stats.oldestPendingAt === null ? undefined : duration(Date.now() - millis(stats.oldestPendingAt));
  return (
    <tr id={`endpoint-${endpoint.id}`} class={isAt ? 'is-focused' : ''}>
      <td>
        <div class="name">
          <Mark state={mark satisfies State} label={label} />
          <span class="who">
            <a href={address(`/webhooks/endpoints/${endpoint.id}/deliveries`)} data-inside>
              <bdi>{endpoint.name}</bdi>
            </a>
            <span class="chip">{DIALECTS[endpoint.dialect]}</span>
            <span class="host cut-text">
              <bdi>{placeOf(endpoint.url)}</bdi>
            </span>
          </span>
          <span class="how cut-text">
            {need === undefined ? (
              <Calm known={known} isCounted={isCounted} />
            ) : (
              <>
                <b class={need.isFault ? 'fault' : need.isSlow === true ? 'wait' : ''}>{shortOf(need)}</b>
                <NeedReason need={need} isShort />
              </>
            )}
          </span>
          {isPhone.value && (need !== undefined || isUnset(known)) ? <First known={known} acts={acts} /> : null}
        </div>
      </td>
      <td class="kinds wide">
        {endpoint.events[0] === '*' ? t('everything') : <bdi dir="ltr">{endpoint.events[0]}</bdi>}
        {endpoint.events.length > 1 ? ` +${number(endpoint.events.length - 1)}` : ''}
      </td>
      <td class="wide">
        <DayBars id={endpoint.id} name={endpoint.name} />
      </td>
      <td class={(stats.successShare ?? 1) < 0.99 ? 'num wide fault' : 'num wide'}>{stats.successShare === null ? NOTHING : percent(stats.successShare)}</td>
      <td class="num wide">{p95 === null || endpoint.complaint !== null ? NOTHING : milliseconds(p95)}</td>
      <td class="num">
        {isCounted ? number(stats.backlog) : NOTHING}
        {waits === undefined ? null : <span class="sub">{waits}</span>}
      </td>
      <td class="go">
        {isPhone.value ? null : <First known={known} acts={acts} />}
        <MoreMenu acts={acts.more} />
      </td>
    </tr>
  );
}

/** The one thing to do about it. */
function First({ known, acts }: Pick<RowProps, 'known' | 'acts'>) {
  const { endpoint } = known;
  if (endpoint.state !== 'active') {
    return (
      <button type="button" class="button tiny" onClick={acts.resume}>
        <Icon name="play" size={14} turns />
        {t('resumeIt')}
      </button>
    );
  }
  const own = `/webhooks/endpoints/${endpoint.id}`;
  const need = needOf(known);
  const [to, name]: readonly [string, TextKey] = isUnset(known)
    ? ['/webhooks/crm', 'crmIntegration']
    : endpoint.complaint !== null
      ? [endpoint.origin === 'workspace' ? '/webhooks/crm' : own, 'howToFix']
      : need?.isFault === true
        ? [`${own}/deliveries?state=not-delivered`, 'seeWhy']
        : [`${own}/deliveries`, 'deliveries'];
  return (
    <a class="button tiny" href={address(to)} data-inside>
      {t(name)}
    </a>
  );
}

/** With the day, when that is another one. */
function clockOf(at: number): string {
  const day = when(at, Date.now());
  return day === time(at) ? time(at, true) : `${day}, ${time(at)}`;
}

/** Nothing is to be done. */
function Calm({ known: { endpoint, stats }, isCounted }: Pick<RowProps, 'known' | 'isCounted'>) {
  const whose: Readonly<Record<Endpoint['origin'], TextKey>> = {
    workspace: 'workspaceWebhook',
    comm100: 'madeByComm100',
    hark: endpoint.secrets[0]?.scheme === 'v1a' ? 'signedByKey' : endpoint.secrets.length > 0 ? 'signedBySecret' : 'notSigned',
  };
  const last = stats.lastSuccessAt;
  const at = last === null ? t('nothingYet') : t('lastAt', { time: clockOf(millis(last)) });
  return isCounted ? `${t(whose[endpoint.origin])} · ${at}` : t(whose[endpoint.origin]);
}
