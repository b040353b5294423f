import './routing.css';

import { calledAs } from '../../api/documents.ts';
import { type Known, readDepartments, stateOf, type StateOf, isThere } from '../../live/departments.ts';
import { may } from '../../live/people.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Mark, type State } from '../../parts/Icon.tsx';
import { type Column, ListPage } from '../../parts/ListPage.tsx';
import { CHANGING_MS, useReading } from '../../parts/reading.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { DepartmentDrawer } from './DepartmentDrawer.tsx';

const STATES: Readonly<Record<StateOf, readonly [State, TextKey]>> = {
  open: ['delivered', 'departmentOpen'],
  closed: ['idle', 'departmentClosed'],
  off: ['paused', 'departmentOff'],
  archived: ['held', 'departmentArchived'],
};

/** So many faces, then a number. */
const FACES = 5;

export function Departments() {
  const read = useReading(readDepartments, '', CHANGING_MS);
  const all = read.value;
  const now = Date.now();
  const stateOfOne = (known: Known) => STATES[stateOf(known, all?.hoursHold === true, now)];
  const hoursOf = ({ hours }: Known): string => (all?.hoursHold !== true ? t('hoursAlways') : hours === undefined || hours.name === '' ? t('hoursOfAll') : hours.name);
  const columns: readonly [Column<Known>, ...Column<Known>[]] = [
    { key: 'name', name: t('department'), of: ({ department }) => department.name },
    {
      key: 'agents',
      name: t('agents'),
      of: ({ agents }) => agents.map(calledAs).join(', '),
      show: ({ agents }) => <Faces agents={agents} />,
      isWide: true,
    },
    {
      key: 'there',
      name: t('agentsOnline'),
      of: ({ agents }) => agents.filter(isThere).length,
      show: ({ agents }) => t('arrivedOf', { count: agents.filter(isThere).length, total: agents.length }),
      isNumber: true,
      isWide: true,
    },
    { key: 'waiting', name: t('deliveryWaits'), of: ({ waiting }) => waiting, isNumber: true },
    { key: 'hours', name: t('hours'), of: hoursOf, isWide: true },
    {
      key: 'state',
      name: t('stateOfChat'),
      of: (known) => t(stateOfOne(known)[1]),
      show: (known) => (
        <span class="state">
          <Mark state={stateOfOne(known)[0]} />
          {t(stateOfOne(known)[1])}
        </span>
      ),
    },
  ];
  return (
    <ListPage
      title={t('placeDepartments')}
      icon="place"
      path="/admin/departments"
      list={{ value: all?.known, error: read.error, again: read.again }}
      id={({ department }) => department._id}
      columns={columns}
      about={({ department }) => department.description ?? ''}
      placeholder={t('nameOrAgent')}
      create={may('manage-livechat-departments') ? t('newDepartment') : undefined}
      empty={[t('noDepartments'), t('noDepartmentsMore')]}
      drawer={(known, ways) => (all === undefined ? null : <DepartmentDrawer key={known?.department._id ?? 'new'} known={known} all={all} ways={ways} again={read.again} />)}
    />
  );
}

function Faces({ agents }: { readonly agents: Known['agents'] }) {
  return (
    <span class="stack" title={agents.map(calledAs).join(', ')}>
      {agents.slice(0, FACES).map((agent) => (
        <Avatar key={agent._id} name={calledAs(agent)} username={agent.username} size={22} />
      ))}
      {agents.length > FACES ? <span class="meta num">+{agents.length - FACES}</span> : null}
      <span class="unseen">{agents.map(calledAs).join(', ')}</span>
    </span>
  );
}
