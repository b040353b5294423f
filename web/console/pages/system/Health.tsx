import '../../parts/list-page.css';
import './system.css';

import { useEffect } from 'preact/hooks';

import { type Figures, type Health as Known, type Job, readHealth } from '../../live/health.ts';
import { saveTable } from '../../parts/csv.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address } from '../../place.ts';
import { bytes, count, duration, number, t, when } from '../../texts.ts';

const AGAIN_MS = 5000;
/** A delivery that waits for longer is behind. */
const BEHIND_MS = 3_600_000;

const ENGINES: Readonly<Record<string, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

interface Finding {
  readonly what: string;
  readonly todo: string;
  /** A page on which something is done about it. */
  readonly page?: string;
  /** The server's own words, which are English. */
  readonly isSaid?: boolean;
}

/** What somebody should look at, the worst first. */
function findings({ isReady, said, figures, jobs }: Known): readonly Finding[] {
  const found: Finding[] = isReady ? [] : [{ what: t('notReady'), todo: t('notReadyDo') }];
  found.push(
    ...jobs.filter(({ isUp }) => !isUp).map(({ name }) => ({ what: t('jobFails', { name }), todo: t('jobFailsDo') })),
    ...said.map((line) => ({ what: line, todo: '', isSaid: true })),
  );
  if (figures === undefined) {
    return found;
  }
  if (figures.disabledEndpoints > 0) {
    found.push({ what: count('endpointsDisabled', figures.disabledEndpoints), todo: t('endpointsDisabledDo'), page: '/webhooks/endpoints' });
  }
  if (figures.oldestDelivery > BEHIND_MS) {
    found.push({ what: t('deliveriesBehind', { time: duration(figures.oldestDelivery) }), todo: t('deliveriesBehindDo'), page: '/webhooks/endpoints' });
  }
  if (figures.failingInboxes > 0) {
    found.push({ what: count('inboxesFail', figures.failingInboxes), todo: t('inboxesFailDo') });
  }
  return found;
}

/** How it goes with the server. */
export function Health() {
  const read = useReading(readHealth);
  useEffect(() => {
    document.title = `${t('placeHealth')} · Hark`;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') {
        void read.again();
      }
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const { value, error } = read;
  return (
    <main id="main" tabIndex={-1} class="page he-page" aria-busy={value === undefined && error === undefined}>
      <header class="page-head">
        <h1>{t('placeHealth')}</h1>
        {value === undefined ? null : <Badge many={findings(value).length} />}
      </header>
      <div class="page-body">
        {value === undefined && error === undefined ? <Skeleton rows={8} /> : null}
        {error === undefined ? null : <NotRead error={error} again={() => void read.again()} />}
        {value === undefined ? null : (
          <>
            <ToDo all={findings(value)} />
            <Server known={value} />
            {value.figures === undefined ? <p class="quiet">{t('metricsInside')}</p> : <Waiting figures={value.figures} />}
            {value.jobs.length === 0 ? null : <Jobs jobs={value.jobs} />}
          </>
        )}
      </div>
    </main>
  );
}

function Badge({ many }: { readonly many: number }) {
  return (
    <span class={many === 0 ? 'badge badge-good' : 'badge badge-fault'}>
      <Mark state={many === 0 ? 'delivered' : 'failed'} />
      {many === 0 ? t('allIsWell') : count('thingsToLookAt', many)}
    </span>
  );
}

function ToDo({ all }: { readonly all: readonly Finding[] }) {
  return all.length === 0 ? null : (
    <ul class="he-findings" aria-label={t('whatToDo')}>
      {all.map(({ what, todo, page, isSaid }) => (
        <li key={what}>
          <Icon name="alert" />
          <div>
            <p class="strong" {...(isSaid === true ? { lang: 'en' } : {})}>
              {what}
            </p>
            <p>{todo}</p>
            {page === undefined ? null : (
              <a href={address(page)} data-inside>
                {t('lookThere')}
              </a>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

type Fact = readonly [name: string, value: string];

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <dl class="he-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="num">
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Server({ known: { version, speaks, engine, figures } }: { readonly known: Known }) {
  const facts: Fact[] = [
    [t('harkVersion'), version],
    [t('speaksApi'), speaks],
    [t('databaseEngine'), ENGINES[engine] ?? engine],
  ];
  if (figures !== undefined) {
    facts.push(
      [t('runsFor'), duration(Date.now() - figures.startedAt)],
      [t('memoryInUse'), bytes(figures.memory)],
      [t('openFilesNow'), number(figures.openFiles)],
      [t('eventsSoFar'), number(figures.events)],
      [t('socketsNow'), number(figures.sockets)],
    );
  }
  return <Facts title={t('serverFacts')} facts={facts} />;
}

function Waiting({ figures }: { readonly figures: Figures }) {
  return (
    <Facts
      title={t('whatWaits')}
      facts={[
        [t('chatsOpenNow'), number(figures.openChats)],
        [t('chatsInQueue'), number(figures.queuedChats)],
        [t('agentsThere'), number(figures.agents)],
        [t('deliveriesWaiting'), number(figures.deliveries)],
        [t('oldestWaits'), figures.deliveries === 0 ? '–' : duration(figures.oldestDelivery)],
        [t('givenUpInAll'), number(figures.givenUp)],
        [t('writesWaiting'), number(figures.waitingWrites)],
        [t('readsWaiting'), number(figures.waitingReads)],
      ]}
    />
  );
}

const stateOf = ({ isUp, isHere }: Job): string => t(isUp ? (isHere ? 'jobWorks' : 'jobElsewhere') : 'jobDown');
const lastOf = ({ succeededAt }: Job): string => (succeededAt === undefined ? '–' : t('agoTime', { time: duration(Date.now() - succeededAt) }));

function Jobs({ jobs }: { readonly jobs: readonly Job[] }) {
  const names = [t('job'), t('jobState'), t('jobLast'), t('jobRestarts')];
  const save = (): void =>
    saveTable(t('jobs'), [names, ...jobs.map((job) => [job.name, stateOf(job), job.succeededAt === undefined ? '' : new Date(job.succeededAt).toISOString(), job.restarts])]);
  return (
    <section>
      <header class="line">
        <h2>{t('jobs')}</h2>
        <span class="push" />
        <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={save}>
          <Icon name="download" />
        </button>
      </header>
      <table class="listed he-jobs">
        <thead>
          <tr>
            {names.map((name, at) => (
              <th key={name} scope="col" class={at === names.length - 1 ? 'num' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.name}>
              <th scope="row" class="mono">
                {job.name}
              </th>
              <td>
                <span class="state">
                  <Mark state={job.isUp ? (job.isHere ? 'delivered' : 'idle') : 'failed'} /> {stateOf(job)}
                </span>
              </td>
              <td title={job.succeededAt === undefined ? '' : when(job.succeededAt, Date.now())}>{lastOf(job)}</td>
              <td class="num">{number(job.restarts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
