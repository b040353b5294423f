// Which chats of a list are wanted, and in which order, as the address says it.
import { computed } from '@preact/signals';

import { listQuery, type View, view } from '../place.ts';

const FILTERS = ['department', 'tag', 'channel', 'priority', 'agent'] as const;
export type Filter = (typeof FILTERS)[number];

/** The queue says no tags, and nobody has what is in it. */
const OF_LIST: Readonly<Record<View, readonly Filter[]>> = {
  mine: ['department', 'tag', 'channel', 'priority'],
  queue: ['department', 'channel', 'priority'],
  all: FILTERS,
};

/** What the list can be filtered by. */
export const filterable = computed(() => OF_LIST[view.value]);

/** What it is filtered by. */
export const filters = computed<ReadonlyMap<Filter, string>>(() => {
  const asked = new URLSearchParams(listQuery.value);
  return new Map(filterable.value.map((name) => [name, asked.get(name) ?? ''] as const).filter(([, wanted]) => wanted !== ''));
});

export const SORTS = ['latest', 'earliest', 'urgent'] as const;
export type Sort = (typeof SORTS)[number];

/** Nothing: each group has the order that fits it. */
export const sort = computed<Sort | undefined>(() => {
  const asked = new URLSearchParams(listQuery.value).get('sort');
  return SORTS.find((one) => one === asked);
});
