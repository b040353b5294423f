import './people.css';

import { useSignal } from '@preact/signals';

import { calledAs, type Permission } from '../../api/documents.ts';
import { me } from '../../live/people.ts';
import { type Account, giveRole, readAccounts, readPermissions, readRoles, type Role, takeRole } from '../../live/staff.ts';
import { say } from '../../live/toasts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { ChoiceField } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { address } from '../../place.ts';
import { count, t } from '../../texts.ts';
import { Person } from './Person.tsx';
import { ADMINISTRATOR, byMight, roleName } from './role-names.ts';
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

/** Who has a role: it is taken from them at once, which can be undone, and given with a button. */
function RoleDrawer({ known: { role, holders, permissions }, accounts, ways, again }: Props) {
  const { fault, isBusy, run } = useAttempt();
  const chosen = useSignal('');
  const name = roleName(role._id);
  const others = accounts.filter(({ active, roles }) => active && !roles.includes(role._id));
  const next = others.find(({ _id }) => _id === chosen.value);
  /** Without it, nobody could take that back. */
  const isOwn = ({ _id }: Account): boolean => role._id === ADMINISTRATOR && _id === me.value?._id;
  const give = ({ username }: Account): void =>
    run(async () => {
      await giveRole(role._id, username);
      chosen.value = '';
      await again();
    });
  const take = (one: Account): void =>
    run(async () => {
      await takeRole(role._id, one.username);
      say(t('roleTaken', { name: calledAs(one), role: name }), () => give(one));
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
            {isOwn(one) ? null : (
              <button
                type="button"
                class="icon-button small"
                aria-label={t('takeRoleFrom', { name: calledAs(one), role: name })}
                title={t('takeRoleFrom', { name: calledAs(one), role: name })}
                onClick={() => take(one)}
              >
                <Icon name="x" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {holders.some(isOwn) ? <p class="meta">{t('ownStays')}</p> : null}
      <ChoiceField
        label={t('giveRoleTo', { role: name })}
        value={chosen.value}
        change={(id) => {
          chosen.value = id;
        }}
        choices={[['', t('choosePerson')], ...others.map((one) => [one._id, `${calledAs(one)} (${one.username})`] as const)]}
      />
      <p class="line">
        <button type="button" class="button" aria-disabled={next === undefined || isBusy.value} onClick={() => (next === undefined ? undefined : give(next))}>
          {t('add')}
        </button>
      </p>
    </Drawer>
  );
}
