import './people.css';

import { calledAs } from '../../api/documents.ts';
import { isThere, mostOf, presenceOf } from '../../live/departments.ts';
import { departmentName, may } from '../../live/people.ts';
import { type Agent, readAgents } from '../../live/staff.ts';
import { Mark } from '../../parts/Icon.tsx';
import { type Column, ListPage } from '../../parts/ListPage.tsx';
import { CHANGING_MS, useReading } from '../../parts/reading.ts';
import { t } from '../../texts.ts';
import { AgentDrawer } from './AgentDrawer.tsx';
import { Appoint } from './Appoint.tsx';
import { Person } from './Person.tsx';

function stateOf({ agent }: Agent): string {
  if (agent.statusLivechat !== 'available') {
    return t('away');
  }
  return t(isThere(agent) ? 'available' : 'agentOffline');
}

export function Agents() {
  const read = useReading(readAgents, '', CHANGING_MS);
  const columns: readonly [Column<Agent>, ...Column<Agent>[]] = [
    {
      key: 'name',
      name: t('agent'),
      of: ({ agent }) => calledAs(agent),
      show: ({ agent }) => <Person name={calledAs(agent)} username={agent.username} status={presenceOf(agent)} />,
    },
    { key: 'username', name: t('accountName'), of: ({ agent }) => agent.username, isWide: true },
    { key: 'departments', name: t('departments'), of: ({ agent }) => (agent.departments ?? []).map((id) => departmentName(id) ?? '').filter((name) => name !== '').join(', '), isWide: true },
    { key: 'chats', name: t('chatsNow'), of: ({ chats }) => chats, isNumber: true },
    {
      key: 'most',
      name: t('atMostShort'),
      of: ({ agent }) => mostOf(agent) ?? '–',
      isNumber: true,
      isWide: true,
    },
    {
      key: 'state',
      name: t('stateOfChat'),
      of: stateOf,
      show: (one) => (
        <span class="state">
          <Mark state={one.agent.statusLivechat !== 'available' ? 'paused' : isThere(one.agent) ? 'delivered' : 'idle'} />
          {stateOf(one)}
        </span>
      ),
    },
  ];
  return (
    <ListPage
      title={t('placeAgents')}
      icon="user"
      path="/admin/agents"
      list={read}
      id={({ agent }) => agent._id}
      columns={columns}
      placeholder={t('nameOrDepartment')}
      create={may('manage-livechat-agents') ? t('newAgent') : undefined}
      empty={[t('noAgents'), t('noAgentsMore')]}
      drawer={(one, ways) =>
        one === undefined ? (
          <Appoint
            office="agent"
            title={t('newAgent')}
            more={t('newAgentMore')}
            has={new Set(read.value?.map(({ agent }) => agent._id))}
            ways={ways}
            again={read.again}
          />
        ) : (
          <AgentDrawer key={one.agent._id} one={one} ways={ways} again={read.again} />
        )
      }
    />
  );
}
