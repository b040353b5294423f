// Where events go: the endpoints of webhooks, how it goes with them, and what is changed of them.
import { signal } from '@preact/signals';

import { millis } from '../api/documents.ts';
import type { AuditLine, AuditLinePage, CatalogueDialect, CatalogueKind, Endpoint as EndpointSaid, HalfHour as HalfHourSaid, Looked, Schedule, StatsOfEndpoint as Stats, Tested, Tried } from '../api/generated/hark.ts';
import { erase, get, patch, post } from '../api/http.ts';
import { whoOf } from './audit.ts';
import { wholeInPages } from './whole.ts';

export type Dialect = EndpointSaid['dialect'];
export type { Looked, Schedule, Tried };

/** By a secret, by a pair of keys, or not at all. */
export type Signing = 'v1' | 'v1a' | 'none';

export interface Endpoint extends Omit<EndpointSaid, 'policy'> {
  /** What was chosen by hand of how it is tried. */
  readonly policy: Policy;
}

/** What is left out is as the dialect has it. */
export type Policy = Partial<Pick<Schedule, 'success' | 'timeoutMs' | 'delaysMs'>>;

/** A policy that somebody types: a text is what cannot be read so far. */
export interface PolicyDraft {
  readonly success?: Schedule['success'];
  readonly timeoutMs?: number | string;
  readonly delaysMs?: readonly number[] | string;
}

export type StatsInFull = Stats;

export interface Known {
  readonly endpoint: Endpoint;
  readonly stats: StatsInFull;
}

/** The workspace's webhook is always there, also without an address. */
export const isUnset = ({ endpoint }: Known): boolean => endpoint.url === '';

export interface Kind extends Omit<CatalogueKind, 'dialects'> {
  readonly dialects: Readonly<Partial<Record<Dialect, CatalogueDialect>>>;
}

/** What can be said of an endpoint. */
export interface Draft {
  readonly name: string;
  readonly url: string;
  readonly dialect: Dialect;
  readonly events: readonly string[];
  /** Nothing: as the dialect does it. */
  readonly policy: PolicyDraft | null;
}

export interface WithSecret extends Endpoint {
  /** Shown this once. */
  readonly secret: string | null;
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** One that nobody has given a name is called as its host is. */
const named = <E extends Endpoint>(endpoint: E): E => (endpoint.name === '' ? { ...endpoint, name: hostOf(endpoint.url) } : endpoint);

export const readEndpointList = async (): Promise<readonly Endpoint[]> => (await wholeInPages<Endpoint>('endpoints')).map(named);

/** How it goes with each endpoint. */
export const readStatsInFull = (): Promise<readonly StatsInFull[]> => wholeInPages<StatsInFull>('stats');

const UNCOUNTED: Omit<StatsInFull, 'endpoint' | 'name' | 'state'> = {
  backlog: 0,
  givenUp: 0,
  lastSuccessAt: null,
  failingSince: null,
  oldestPendingAt: null,
  made: 0,
  delivered: 0,
  successShare: null,
  attempts: 0,
  failedAttempts: 0,
  lastFailureAt: null,
  latencyMs: { attempts: 0, p50: null, p95: null, max: null },
};

/** Each endpoint with how it goes with it, as far as that was read. */
export const knownOf = (endpoints: readonly Endpoint[], stats: readonly StatsInFull[]): readonly Known[] =>
  endpoints.map((endpoint) => {
    const { id, name, state } = endpoint;
    return { endpoint, stats: stats.find((one) => one.endpoint === id) ?? { ...UNCOUNTED, endpoint: id, name, state } };
  });

/** All endpoints, with how it goes with each. */
export const readEndpoints = async (): Promise<readonly Known[]> => knownOf(...(await Promise.all([readEndpointList(), readStatsInFull()])));

export async function readEndpoint(id: string): Promise<Known> {
  const found = await get<Endpoint & { readonly stats: StatsInFull }>(`endpoints/${id}`, {}, 'hark/v1');
  return { endpoint: named(found), stats: { ...found.stats, endpoint: id } };
}

export interface Catalogue {
  readonly kinds: readonly Kind[];
  /** How deliveries of each dialect are tried, unless an endpoint wants it otherwise. */
  readonly schedules: Readonly<Record<Dialect, Schedule>>;
}

export const readCatalogue = (): Promise<Catalogue> => get<Catalogue>('catalogue', {}, 'hark/v1');

export const readKinds = async (): Promise<readonly Kind[]> => (await readCatalogue()).kinds;

export const lookAt = (url: string): Promise<Looked> => post<Looked>('endpoints/look', { url }, 'hark/v1');

/** What one request changed of an endpoint. */
export type Change = AuditLine;

export type ChangePage = AuditLinePage;

/** The latest first. */
export const readChanges = (id: string, cursor?: string): Promise<ChangePage> =>
  get<ChangePage>(`endpoints/${id}/changes`, { cursor }, 'hark/v1');

/** Who has paused those that are paused, by the id of each and the moment; empty where nobody is known. */
export const pausers = signal<ReadonlyMap<string, string>>(new Map());

export async function readPausers(endpoints: readonly Endpoint[]): Promise<void> {
  const unknown = endpoints.filter(({ id, state, stateSince }) => state === 'paused' && !pausers.peek().has(`${id} ${stateSince}`));
  for (const { id, stateSince } of unknown) {
    const { items } = await readChanges(id);
    const by = items.find(({ changes }) => changes.some(({ subject, kind }) => subject === id && kind === 'endpoint.paused'))?.by;
    pausers.value = new Map([...pausers.peek(), [`${id} ${stateSince}`, by === null || by === undefined ? '' : whoOf(by)]]);
  }
}

export type HalfHour = Omit<HalfHourSaid, 'longestMs'>;

/** The half hours of a day of each endpoint that is looked at, the oldest first, by its id. */
export const days = signal<ReadonlyMap<string, readonly HalfHour[]>>(new Map());

const HALF_HOUR_MS = 1_800_000;
const HALF_HOURS = 48;

/** Since a moment, of one endpoint or of all together, the latest first. What nothing was sent in is left out. */
export async function readHalfHours(id: string, since: number): Promise<readonly HalfHour[]> {
  const path = id === '' ? 'stats/half-hours' : `endpoints/${id}/half-hours`;
  return (await get<{ readonly items: readonly HalfHour[] }>(path, { from: new Date(since).toISOString() }, 'hark/v1')).items;
}

export async function readDay(id: string): Promise<void> {
  const last = Math.floor(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS;
  const first = last - (HALF_HOURS - 1) * HALF_HOUR_MS;
  const items = await readHalfHours(id, first);
  const known = new Map(items.map((half) => [millis(half.from), half]));
  const day = Array.from({ length: HALF_HOURS }, (_, place) => {
    const at = first + place * HALF_HOUR_MS;
    return known.get(at) ?? { from: new Date(at).toISOString(), delivered: 0, failedAttempts: 0, firstRequests: 0, firstRequestAfterMs: null, firstRequestsWithin: [] };
  });
  days.value = new Map([...days.peek(), [id, day]]);
}

/** Without a name it is called as its host is. Without a secret it gets a fresh one. */
export const makeEndpoint = ({ name, ...rest }: Draft, signing: Signing, secret: string | undefined): Promise<WithSecret> =>
  post<WithSecret>('endpoints', { ...bodyOf(rest, signing, secret), name: name.trim() === '' ? hostOf(rest.url) : name }, 'hark/v1');

/** Sends a sample as an endpoint would that nobody has made yet. */
export const tryEndpoint = ({ name: _name, ...rest }: Draft, signing: Signing, secret: string | undefined, kind: string): Promise<Tried> =>
  post<Tried>('endpoints/try', { ...bodyOf(rest, signing, secret), kind }, 'hark/v1');

function bodyOf({ policy, ...rest }: Omit<Draft, 'name'>, signing: Signing, secret: string | undefined): Readonly<Record<string, unknown>> {
  return { ...rest, signing, ...(policy === null ? {} : { policy }), ...(secret === undefined ? {} : { secret }) };
}

export const changeEndpoint = (id: string, draft: Partial<Draft>): Promise<Endpoint> =>
  patch<Endpoint>(`endpoints/${id}`, draft, 'hark/v1');
export const pauseEndpoint = (id: string): Promise<Endpoint> => post<Endpoint>(`endpoints/${id}:pause`, {}, 'hark/v1');
export const resumeEndpoint = (id: string): Promise<Endpoint> => post<Endpoint>(`endpoints/${id}:resume`, {}, 'hark/v1');
/** The old secrets stay good for so many seconds. */
export const rotateSecret = (id: string, overlapSeconds: number, signing: Exclude<Signing, 'none'>): Promise<WithSecret> =>
  post<WithSecret>(`endpoints/${id}:rotate-secret`, { overlapSeconds, signing }, 'hark/v1');
export const removeEndpoint = (id: string): Promise<unknown> => erase(`endpoints/${id}`, 'hark/v1');
/** Without a kind: the first that the endpoint asks for. */
export const testEndpoint = (id: string, kind: string): Promise<Tested> => post<Tested>(`endpoints/${id}:test`, kind === '' ? {} : { kind }, 'hark/v1');
