import './people.css';

import { calledAs, millis } from '../../api/documents.ts';
import { may } from '../../live/people.ts';
import { type Account, readAccounts, readRoles, type Role } from '../../live/staff.ts';
import { Mark } from '../../parts/Icon.tsx';
import { type Column, ListPage } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { t, when } from '../../texts.ts';
import { Person } from './Person.tsx';
import { roleName } from './role-names.ts';
import { Tabs } from './Tabs.tsx';
import { UserDrawer } from './UserDrawer.tsx';

interface Read {
  readonly accounts: readonly Account[];
  readonly roles: readonly Role[];
}

async function readBoth(): Promise<Read> {
  const [accounts, roles] = await Promise.all([readAccounts(), readRoles()]);
  return { accounts, roles };
}

const stateOf = ({ active }: Account): string => t(active ? 'mayLogIn' : 'switchedOff');

export function Users() {
  const read = useReading(readBoth);
  const columns: readonly [Column<Account>, ...Column<Account>[]] = [
    { key: 'name', name: t('name'), of: calledAs, show: (one) => <Person name={calledAs(one)} username={one.username} status={one.status} /> },
    { key: 'username', name: t('accountName'), of: ({ username }) => username },
    { key: 'email', name: t('email'), of: ({ emails }) => emails?.[0]?.address ?? '', isWide: true },
    { key: 'roles', name: t('tabRoles'), of: ({ roles }) => roles.map(roleName).join(', '), isWide: true },
    { key: 'last', name: t('lastLogIn'), of: ({ lastLogin = '' }) => lastLogin, show: ({ lastLogin }) => (lastLogin === undefined ? '–' : when(millis(lastLogin), Date.now())), isWide: true },
    {
      key: 'state',
      name: t('stateOfChat'),
      of: stateOf,
      show: (one) => (
        <span class="state">
          <Mark state={one.active ? 'delivered' : 'paused'} />
          {stateOf(one)}
        </span>
      ),
    },
  ];
  return (
    <ListPage
      title={t('placeUsers')}
      icon="users"
      path="/admin/users"
      list={{ value: read.value?.accounts, error: read.error, again: read.again }}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('nameOrAddress')}
      create={may('create-user') ? t('newUser') : undefined}
      empty={[t('noUsers'), '']}
      tabs={<Tabs />}
      drawer={(one, ways) => <UserDrawer key={one?._id ?? 'new'} account={one} roles={read.value?.roles ?? []} ways={ways} again={read.again} />}
    />
  );
}
