import './filtering.css';

import { useMemo, useRef } from 'preact/hooks';

import { calledAs } from '../../api/documents.ts';
import { type Filter, filterable, filters, type Sort, sort, SORTS } from '../../live/list-filter.ts';
import { everything, mine } from '../../live/lists.ts';
import { agentNamed, agents, departmentName, departments } from '../../live/people.ts';
import type { Channel } from '../../live/row.ts';
import { tagNames } from '../../live/tags.ts';
import { priorities, priorityName } from '../../live/urgency.ts';
import { FilterChip } from '../../parts/FilterChip.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { go, listWith, place, view } from '../../place.ts';
import { language, listed, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { isAnswered, rows, sizeOf } from './rows.ts';

type Asked = Readonly<Partial<Record<Filter | 'sort', string>>>;

const ask = (changed: Asked): void => go(`${place.peek().path}${listWith(changed)}`, 'replace');

const removeFilters = (): void => ask(Object.fromEntries([...filters.peek().keys()].map((name) => [name, ''])));

const CHANNELS: readonly (readonly [Channel, TextKey])[] = [
  ['widget', 'channelWidget'],
  ['email', 'channelEmail'],
  ['sms', 'channelSms'],
  ['api', 'channelApi'],
];

const SORT_NAMES: Readonly<Record<Sort, TextKey>> = { latest: 'sortLatest', earliest: 'sortOldest', urgent: 'sortUrgent' };

function channelName(value: string): string {
  const found = CHANNELS.find(([one]) => one === value);
  return found === undefined ? value : t(found[1]);
}

function nameOfPriority(id: string): string {
  const found = priorities.value.find(({ _id }) => _id === id);
  // They come after the chats.
  return found === undefined ? (priorities.value.length === 0 ? '' : id) : priorityName(found);
}

/** How each filter is called, what stands where it is not set, and how what is asked for is called. */
const NAMES: Readonly<Record<Filter, readonly [label: TextKey, any: TextKey, nameOf: (value: string) => string]>> = {
  department: ['department', 'anyDepartment', (id) => departmentName(id) ?? id],
  tag: ['tag', 'anyTag', (tag) => tag],
  channel: ['channelOfChat', 'anyChannel', channelName],
  priority: ['priority', 'anyPriority', nameOfPriority],
  agent: ['agent', 'anyAgent', agentNamed],
};

type Option = readonly [value: string, name: string];

/** What can be chosen, as it was when one began to: tags of chats that are shown, too. */
function optionsOf(name: Filter): readonly Option[] {
  if (name === 'department') {
    return departments.peek().map(({ _id, name: called }) => [_id, called]);
  }
  if (name === 'tag') {
    const there = [...mine.peek(), ...(everything.peek()?.rooms ?? [])].flatMap(({ tags = [] }) => tags);
    return [...new Set([...tagNames(), ...there])].toSorted(new Intl.Collator(language.peek()).compare).map((tag) => [tag, tag]);
  }
  if (name === 'channel') {
    return CHANNELS.map(([value, key]) => [value, t(key)]);
  }
  return name === 'priority'
    ? priorities.peek().map((one) => [one._id, priorityName(one)])
    : agents.peek().map((one) => [one._id, calledAs(one)]);
}

interface OneProps {
  readonly name: Filter | 'sort';
  readonly label: string;
  /** Where it is not set. */
  readonly any: string;
  readonly value: string;
  readonly options: readonly Option[];
}

function One({ name, label, any, value, options }: OneProps) {
  const isSet = value !== '';
  // What the address asks for may be known to nobody.
  const all = isSet && !options.some(([one]) => one === value) ? [...options, [value, value] as const] : options;
  return (
    <label>
      <span>{label}</span>
      <select class={isSet ? 'select is-set' : 'select'} value={value} onChange={(event) => ask({ [name]: event.currentTarget.value })}>
        <option value="">{any}</option>
        {all.map(([one, shown]) => (
          <option key={one} value={one}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Choice({ close }: { readonly close: () => void }) {
  const first = useRef<HTMLDivElement>(null);
  const choices = useMemo(() => filterable.value.map((name) => [name, optionsOf(name)] as const).filter(([, options]) => options.length > 0), [filterable.value]);
  const sorts = SORTS.filter((one) => one !== 'urgent' || priorities.value.length > 0);
  return (
    <Popover label={t('filterAndSort')} kind="filtering" close={close}>
      <div ref={first} class="fields">
        {choices.map(([name, options]) => (
          <One key={name} name={name} label={t(NAMES[name][0])} any={t(NAMES[name][1])} value={filters.value.get(name) ?? ''} options={options} />
        ))}
        <hr />
        <One name="sort" label={t('sortBy')} any={t('sortUsual')} value={sort.value ?? ''} options={sorts.map((one) => [one, t(SORT_NAMES[one])])} />
      </div>
      <div class="foot">
        <span class="meta" role="status">
          {isAnswered.value ? t('shownOf', { count: rows.value.length, total: sizeOf(view.value) }) : ''}
        </span>
        <span class="push" />
        {filters.value.size === 0 ? null : (
          <button
            type="button"
            class="link-button"
            onClick={() => {
              first.current?.querySelector('select')?.focus();
              removeFilters();
            }}
          >
            {t('removeFilters')}
          </button>
        )}
      </div>
    </Popover>
  );
}

const focusButton = (): void => document.getElementById('filter-and-sort')?.focus();

/** What is set, each part of which can be taken away. */
export function Chips() {
  const list = useRef<HTMLUListElement>(null);
  const chosen = [
    ...[...filters.value].map(([name, value]) => [name, t(NAMES[name][0]), NAMES[name][2](value)] as const),
    ...(sort.value === undefined ? [] : [['sort', t('sortBy'), t(SORT_NAMES[sort.value])] as const]),
  ];
  const remove = (name: Filter | 'sort', at: number): void => {
    const all = [...(list.current?.querySelectorAll('button') ?? [])];
    const next = all[at + 1] ?? all[at - 1];
    if (next === undefined) {
      focusButton();
    } else {
      next.focus();
    }
    ask({ [name]: '' });
  };
  return (
    <ul ref={list} class="filter-chips" aria-label={t('filterAndSort')}>
      {chosen.map(([name, label, shown], at) => (
        <li key={name}>
          <FilterChip label={label} shown={shown} remove={() => remove(name, at)} />
        </li>
      ))}
    </ul>
  );
}

/** Where no chat of the list has all that is asked for. */
export function NothingLikeIt() {
  return (
    <div class="empty-list">
      <p class="strong">{t('noChatsMatch')}</p>
      <p>{t('noChatsMatchMore', { filters: listed([...filters.value].map(([name, value]) => NAMES[name][2](value))) })}</p>
      <p>
        <button
          type="button"
          class="button"
          onClick={() => {
            focusButton();
            removeFilters();
          }}
        >
          {t('removeFilters')}
        </button>
      </p>
    </div>
  );
}
