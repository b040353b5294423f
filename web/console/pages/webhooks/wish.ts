// Which deliveries somebody looks for, by the address of the page.
import type { Wanted } from '../../live/sent.ts';
import { place } from '../../place.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { DAYS, type Days } from './bars.ts';

/** What a page looks at in any case. */
export type Fixed = Partial<Pick<Wanted, 'endpoint' | 'state'>>;

export const FILTERS = ['state', 'endpoint', 'kind', 'answer', 'from', 'until', 'chat'] as const;
export type Filter = (typeof FILTERS)[number];

export const STATES: readonly (readonly [state: string, name: TextKey])[] = [
  ['not-delivered', 'notDelivered'],
  ['given-up', 'givenUpOnes'],
  ['pending', 'deliveryWaits'],
  ['delivered', 'delivered'],
];

export function stateName(state: string): string {
  const name = STATES.find(([one]) => one === state)?.[1];
  return name === undefined ? state : t(name);
}

/** What may have come of a request, as the API names it. Statuses are names, too. */
export const ANSWERS: readonly string[] = ['2xx', 'redirect', '4xx', '429', '5xx', 'timeout', 'connect', 'broken', 'tls', 'dns', 'protocol', 'forbidden'];

const moment = (text: string | null): string => (text !== null && Number.isFinite(Date.parse(text)) ? text : '');

/** By the address; what is fixed counts first. */
export function wish(fixed: Fixed): Wanted {
  const { query } = place.value;
  return {
    state: query.get('state') ?? '',
    endpoint: query.get('endpoint') ?? '',
    kinds: query.get('kind') ?? '',
    answers: query.get('answer') ?? '',
    from: moment(query.get('from')),
    until: moment(query.get('until')),
    chat: query.get('chat') ?? '',
    ...fixed,
  };
}

export const isWished = (query: URLSearchParams): boolean => FILTERS.some((name) => (query.get(name) ?? '') !== '');

/** How many days the chart shows. */
export function daysOf(query: URLSearchParams): Days {
  const asked = Number(query.get('days'));
  return DAYS.find((one) => one === asked) ?? 1;
}

export const NO_FILTERS: Readonly<Record<Filter | 'open', string>> = {
  state: '',
  endpoint: '',
  kind: '',
  answer: '',
  from: '',
  until: '',
  chat: '',
  open: '',
};
