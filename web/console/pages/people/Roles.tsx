import './people.css';

import type { Permission } from '../../api/documents.ts';
import { type Account, calledAs, giveRole, readAccounts, readPermissions, readRoles, type Role, takeRole } from '../../live/staff.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { address } from '../../place.ts';
import { count, t } from '../../texts.ts';
import { Person } from './Person.tsx';
import { byMight, roleName } from './role-names.ts';
import { Tabs } from './Tabs.tsx';

interface Known {
  readonly role: Role;
  readonly holders: readonly Account[];
  readonly permissions: number;
}

interface Read {
  readonly known: readonly Known[];
  readonly accounts: readonly Account[];
}

async function readKnown(): Promise<Read> {
  const [roles, accounts, permissions] = await Promise.all([readRoles(), readAccounts(), readPermissions()]);
  const known = roles
    .toSorted((one, other) => byMight(one._id, other._id))
    .map((role) => ({
      role,
      holders: accounts.filter((account) => account.roles.includes(role._id)),
      permissions: permissions.filter(({ roles: granted }: Permission) => granted.includes(role._id)).length,
    }));
  return { known, accounts };
}

export function Roles() {
  const read = useReading(readKnown);
  const columns: readonly [Column<Known>, ...Column<Known>[]] = [
    { key: 'name', name: t('role'), of: ({ role }) => roleName(role._id) },
    { key: 'id', name: t('roleId'), of: ({ role }) => role._id, show: ({ role }) => <code class="mono">{role._id}</code>, isWide: true },
    { key: 'people', name: t('rolePeople'), of: ({ holders }) => holders.length, isNumber: true },
    { key: 'permissions', name: t('placePermissions'), of: ({ permissions }) => permissions, isNumber: true },
  ];
  return (
    <ListPage
      title={t('placeUsers')}
      icon="users"
      path="/admin/roles"
      list={{ value: read.value?.known, error: read.error, again: read.again }}
      id={({ role }) => role._id}
      columns={columns}
      alsoFoundBy={({ holders }) => holders.map(calledAs).join(' ')}
      placeholder={t('roleOrPerson')}
      empty={[t('noRoles'), '']}
      tabs={<Tabs />}
      drawer={(one, ways) => (one === undefined ? null : <RoleDrawer key={one.role._id} known={one} accounts={read.value?.accounts ?? []} ways={ways} again={read.again} />)}
    />
  );
}

interface Props {
  readonly known: Known;
  readonly accounts: readonly Account[];
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

/** Who has a role: each is given it, or it is taken from them, at once. */
function RoleDrawer({ known: { role, holders, permissions }, accounts, ways, again }: Props) {
  const { fault, run } = useAttempt();
  const name = roleName(role._id);
  const others = accounts.filter(({ active, roles }) => active && !roles.includes(role._id));
  const change = (act: typeof giveRole, username: string): void =>
    run(async () => {
      await act(role._id, username);
      await again();
    });
  return (
    <Drawer title={name} step={ways.step} close={ways.close}>
      <p>
        <a href={address('/admin/permissions')} data-inside>
          {count('permissionsOf', permissions)}
        </a>
      </p>
      <FaultLine words={fault.value} />
      <ul class="people-list" aria-label={t('rolePeople')}>
        {holders.map((one) => (
          <li key={one._id}>
            <Person name={calledAs(one)} username={one.username} />
            <span class="push" />
            <button
              type="button"
              class="icon-button small"
              aria-label={t('takeRoleFrom', { name: calledAs(one), role: name })}
              title={t('takeRoleFrom', { name: calledAs(one), role: name })}
              onClick={() => change(takeRole, one.username)}
            >
              <Icon name="x" />
            </button>
          </li>
        ))}
      </ul>
      <select class="input" aria-label={t('giveRoleTo', { role: name })} value="" onChange={(event) => change(giveRole, event.currentTarget.value)}>
        <option value="">{t('giveRoleTo', { role: name })}</option>
        {others.map((one) => (
          <option key={one._id} value={one.username}>
            {calledAs(one)}
          </option>
        ))}
      </select>
    </Drawer>
  );
}
