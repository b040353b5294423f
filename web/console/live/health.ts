// How it goes with the server, by what it tells those who run it: its version, its metrics, and whether it is ready.
import { get, getText } from '../api/http.ts';

export interface Job {
  readonly name: string;
  readonly isUp: boolean;
  /** Otherwise another node has the work. */
  readonly isHere: boolean;
  readonly restarts: number;
  readonly succeededAt: number | undefined;
}

export interface Health {
  readonly version: string;
  readonly speaks: string;
  readonly engine: string;
  /** What is wrong or to be known, in the server's own words. */
  readonly said: readonly string[];
  readonly isReady: boolean;
  /** Nothing where something in front keeps metrics inside. */
  readonly figures: Figures | undefined;
  readonly jobs: readonly Job[];
}

export interface Figures {
  readonly startedAt: number;
  readonly memory: number;
  readonly openFiles: number;
  readonly events: number;
  readonly waitingWrites: number;
  readonly waitingReads: number;
  readonly sockets: number;
  readonly openChats: number;
  readonly queuedChats: number;
  readonly agents: number;
  readonly failingInboxes: number;
  readonly deliveries: number;
  /** Milliseconds. */
  readonly oldestDelivery: number;
  readonly givenUp: number;
  readonly disabledEndpoints: number;
}

interface Sample {
  readonly name: string;
  readonly label: string;
  readonly value: number;
}

/** `name{label="value"} 1`, as far as one label is enough. */
const SAMPLE = /^([a-z_]+)(?:\{[a-z_]+="([^"]*)"\})? (\S+)$/;

function samplesOf(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const found = SAMPLE.exec(line);
    return found === null ? [] : [{ name: found[1] ?? '', label: found[2] ?? '', value: Number(found[3]) }];
  });
}

const SECOND = 1000;

function figuresOf(samples: readonly Sample[]): Figures {
  const all = (name: string): readonly number[] => samples.filter((sample) => sample.name === name).map(({ value }) => value);
  const one = (name: string, label = ''): number => samples.find((sample) => sample.name === name && sample.label === label)?.value ?? 0;
  const sum = (name: string): number => all(name).reduce((total, value) => total + value, 0);
  return {
    startedAt: one('process_start_time_seconds') * SECOND,
    memory: one('process_resident_memory_bytes'),
    openFiles: one('process_open_fds'),
    events: one('hark_event_log_position'),
    waitingWrites: one('hark_store_waiting', 'write'),
    waitingReads: one('hark_store_waiting', 'read'),
    sockets: one('hark_sockets'),
    openChats: one('hark_chats_open'),
    queuedChats: one('hark_chats_queued'),
    agents: one('hark_agents_there'),
    failingInboxes: one('hark_email_inboxes_failing'),
    deliveries: sum('hark_webhook_backlog'),
    oldestDelivery: Math.max(0, ...all('hark_webhook_oldest_seconds')) * SECOND,
    givenUp: sum('hark_webhook_given_up_total'),
    disabledEndpoints: one('hark_webhook_endpoints_disabled'),
  };
}

function jobsOf(samples: readonly Sample[]): readonly Job[] {
  const of = (name: string, job: string): number | undefined => samples.find((sample) => sample.name === name && sample.label === job)?.value;
  return samples
    .filter(({ name }) => name === 'hark_job_up')
    .map(({ label, value }) => {
      const at = of('hark_job_last_success_timestamp_seconds', label);
      return {
        name: label,
        isUp: value === 1,
        isHere: of('hark_job_here', label) === 1,
        restarts: of('hark_job_restarts_total', label) ?? 0,
        succeededAt: at === undefined ? undefined : at * SECOND,
      };
    })
    .toSorted((one, other) => Number(one.isUp) - Number(other.isUp) || one.name.localeCompare(other.name));
}

const DONE = 200;

export async function readHealth(): Promise<Health> {
  const [{ version, info }, ready, metrics] = await Promise.all([
    get<{ readonly version: string; readonly info?: { readonly hark: string; readonly engine: string } }>('../info'),
    getText('readyz'),
    getText('metrics'),
  ]);
  const samples = metrics.status === DONE ? samplesOf(metrics.text) : [];
  const [, ...said] = ready.text.trim().split('\n');
  return {
    version: info?.hark ?? '',
    speaks: version,
    engine: info?.engine ?? '',
    isReady: ready.status === DONE,
    // Those of jobs are told by the metrics as well.
    said: said.filter((line) => samples.length === 0 || !line.startsWith('the job ')),
    figures: samples.length === 0 ? undefined : figuresOf(samples),
    jobs: jobsOf(samples),
  };
}
