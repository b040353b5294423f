import '../../parts/list-page.css';
import './system.css';

import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { type Health as Known, type Job, readHealth } from '../../live/health.ts';
import { saveTable } from '../../parts/csv.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { CHANGING_MS, useReading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address } from '../../place.ts';
import { bytes, count, dateOf, number, t, when } from '../../texts.ts';
import { type Advice, advised } from './advice.ts';
import { Facts, sinceOf } from './Facts.tsx';

const ENGINES: Readonly<Record<string, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

/** How it goes with the server. */
export function Health() {
  const read = useReading(readHealth, '', CHANGING_MS);
  useEffect(() => {
    document.title = `${t('placeHealth')} · Hark`;
  }, []);
  const { value, error } = read;
  return (
    <main id="main" tabIndex={-1} class="page he-page" aria-busy={value === undefined && error === undefined}>
      <header class="page-head">
        <h1>{t('placeHealth')}</h1>
        {value === undefined ? null : <Badge many={advised(value).length} />}
      </header>
      <div class="page-body">
        {value === undefined && error === undefined ? <Skeleton rows={8} /> : null}
        {error === undefined ? null : <NotRead error={error} again={() => void read.again()} />}
        {value === undefined ? null : (
          <>
            <ToDo all={advised(value)} />
            <Server known={value} />
            <Waiting known={value} />
            <Jobs jobs={value.jobs} />
          </>
        )}
      </div>
    </main>
  );
}

function Badge({ many }: { readonly many: number }) {
  return (
    <span class={many === 0 ? 'badge badge-good' : 'badge badge-wait'}>
      <Mark state={many === 0 ? 'delivered' : 'waiting'} />
      {many === 0 ? t('allIsWell') : count('thingsToLookAt', many)}
    </span>
  );
}

function ToDo({ all }: { readonly all: readonly Advice[] }) {
  return all.length === 0 ? null : (
    <ul class="he-findings" aria-label={t('whatToDo')}>
      {all.map(({ key, what, said, todo, page }) => (
        <li key={key}>
          <Icon name="alert" />
          <div>
            <p class="strong">{what}</p>
            {said === undefined ? null : (
              <p lang="en" dir="ltr" class="he-said">
                {said}
              </p>
            )}
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

/** Those of PostgreSQL are made by its own programs, which tell Hark nothing. */
function backupOf({ backedUpAt, engine }: Known): string {
  if (backedUpAt !== null) {
    return t('agoTime', { time: sinceOf(backedUpAt) });
  }
  return t(engine === 'postgres' ? 'backupElsewhere' : 'noBackupYet');
}

function Server({ known }: { readonly known: Known }) {
  const { version, speaks, engine, begunAt, databaseBytes, diskFreeBytes, events, sockets } = known;
  return (
    <section>
      <h2>{t('serverFacts')}</h2>
      <Facts
        facts={[
          [t('harkVersion'), version.replace(/ .*/, ''), /\((.*)\)/.exec(version)?.[1]],
          [t('speaksApi'), speaks],
          [t('databaseEngine'), ENGINES[engine] ?? engine],
          [t('begunAt'), dateOf(millis(begunAt))],
          [t('databaseSize'), bytes(databaseBytes)],
          [t('diskFree'), diskFreeBytes === null ? '–' : bytes(diskFreeBytes)],
          [t('lastBackup'), backupOf(known)],
          [t('eventsSoFar'), number(events)],
          [t('socketsNow'), number(sockets)],
        ]}
      />
    </section>
  );
}

function Waiting({ known: { openChats, queuedChats, agents, webhooks, mail, search, waitingWrites, waitingReads } }: { readonly known: Known }) {
  return (
    <section>
      <h2>{t('whatWaits')}</h2>
      <Facts
        facts={[
          [t('chatsOpenNow'), number(openChats)],
          [t('chatsInQueue'), number(queuedChats)],
          [t('agentsThere'), number(agents)],
          [t('deliveriesWaiting'), number(webhooks.waiting)],
          [t('oldestWaits'), sinceOf(webhooks.oldestAt)],
          [t('givenUpInAll'), number(webhooks.givenUp)],
          [t('mailsWaiting'), number(mail.waiting)],
          [t('oldestMail'), sinceOf(mail.oldestAt)],
          [t('messagesToRead'), number(search.messagesLeft)],
          [t('writesWaiting'), number(waitingWrites)],
          [t('readsWaiting'), number(waitingReads)],
        ]}
      />
    </section>
  );
}

const STATES = {
  working: ['jobWorks', 'delivered'],
  elsewhere: ['jobElsewhere', 'idle'],
  failing: ['jobDown', 'failed'],
} as const;
const stateOf = ({ state }: Job): string => t(STATES[state][0]);
const lastOf = ({ succeededAt }: Job): string => (succeededAt === null ? '–' : t('agoTime', { time: sinceOf(succeededAt) }));

function Jobs({ jobs }: { readonly jobs: readonly Job[] }) {
  const names = [t('job'), t('jobState'), t('jobLast'), t('jobRestarts')];
  const save = (): void =>
    saveTable(t('jobs'), [names, ...jobs.map((job) => [job.name, stateOf(job), job.succeededAt ?? '', job.restarts])]);
  return (
    <section>
      <header class="line">
        <h2>{t('jobs')}</h2>
        <span class="push" />
        <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={save}>
          <Icon name="download" />
        </button>
      </header>
      <div class="wide-table">
        <table class="listed he-jobs">
          <thead>
            <tr>
              {names.map((name, at) => (
                <th key={name} scope="col" class={at === names.length - 1 ? 'num wide' : ''}>
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
                    <Mark state={STATES[job.state][1]} /> {stateOf(job)}
                  </span>
                  {job.error === null ? null : (
                    <p lang="en" dir="ltr" class="he-said">
                      {job.error}
                    </p>
                  )}
                </td>
                <td title={job.succeededAt === null ? '' : when(millis(job.succeededAt), Date.now())}>{lastOf(job)}</td>
                <td class="num wide">{number(job.restarts)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
