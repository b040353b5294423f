import type { Filter, Wish } from '../../live/search.ts';
import { seesAll } from '../../live/lists.ts';
import { agentNamed, agents, departmentName, departments } from '../../live/people.ts';
import { ask } from '../../parts/asking.ts';
import { Icon } from '../../parts/Icon.tsx';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

/** As the server bounds it. */
const LONGEST = 200;

const STATES: readonly (readonly [value: string, name: TextKey])[] = [
  ['open', 'stateOpen'],
  ['queued', 'stateQueued'],
  ['held', 'stateHeld'],
  ['closed', 'stateClosed'],
];

const stateName = (value: string): string => {
  const found = STATES.find(([state]) => state === value);
  return found === undefined ? value : t(found[1]);
};

/** The filters that are set, in words. */
export function namesOf({ q, status, department, agent, tag, from, until }: Wish): readonly string[] {
  return [
    q,
    status === '' ? '' : stateName(status),
    department === '' ? '' : (departmentName(department) ?? department),
    agent === '' ? '' : agentNamed(agent),
    tag,
    from === '' ? '' : `${t('fromDay')} ${from}`,
    until === '' ? '' : `${t('untilDay')} ${until}`,
  ].filter((name) => name.trim() !== '');
}

export function FilterBar({ wish }: { readonly wish: Wish }) {
  const choice = (name: Filter, label: string, any: string, options: readonly (readonly [string, string])[]) => (
    <select
      class={wish[name] === '' ? 'filter' : 'filter is-set'}
      aria-label={label}
      value={wish[name]}
      onChange={(event) => ask({ [name]: event.currentTarget.value })}
    >
      <option value="">{any}</option>
      {options.map(([value, shown]) => (
        <option key={value} value={value}>
          {shown}
        </option>
      ))}
    </select>
  );
  const day = (name: 'from' | 'until', label: string) => (
    <label class={wish[name] === '' ? 'filter' : 'filter is-set'}>
      {label}
      <input type="date" value={wish[name]} onInput={(event) => ask({ [name]: event.currentTarget.value })} />
    </label>
  );
  return (
    <div class="filters" role="search" aria-label={t('filters')}>
      <span class="input find">
        <Icon name="search" />
        <input
          type="search"
          aria-label={t('searchChats')}
          placeholder={t('searchChats')}
          maxLength={LONGEST}
          value={wish.q}
          onInput={(event) => ask({ q: event.currentTarget.value })}
        />
      </span>
      {choice('status', t('stateOfChat'), t('anyState'), STATES.map(([value, name]) => [value, t(name)]))}
      {choice('department', t('department'), t('anyDepartment'), departments.value.map(({ _id, name }) => [_id, name]))}
      {seesAll.value
        ? choice('agent', t('agent'), t('anyAgent'), agents.value.map(({ _id }) => [_id, agentNamed(_id)]))
        : null}
      <label class={wish.tag === '' ? 'filter' : 'filter is-set'}>
        {t('tag')}
        <input value={wish.tag} onInput={(event) => ask({ tag: event.currentTarget.value })} />
      </label>
      {day('from', t('fromDay'))}
      {day('until', t('untilDay'))}
    </div>
  );
}
