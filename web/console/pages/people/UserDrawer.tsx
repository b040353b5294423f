import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { calledAs } from '../../api/documents.ts';
import { may, me } from '../../live/people.ts';
import { reason } from '../../live/reasons.ts';
import { type Account, type AccountDraft, accountDraft, mailPassword, NOBODY, readAccountDraft, removeAccount, type Role, saveAccount } from '../../live/staff.ts';
import { complain, say } from '../../live/toasts.ts';
import { Checks } from '../../parts/Checks.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { historyOf } from '../../parts/history.ts';
import type { Ways } from '../../parts/ListPage.tsx';
import { type Act, MoreMenu } from '../../parts/MoreMenu.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Sure } from '../../parts/Sure.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { listed, t } from '../../texts.ts';
import { ADMINISTRATOR, byMight, roleName } from './role-names.ts';

interface Props {
  readonly account: Account | undefined;
  readonly roles: readonly Role[];
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

/** One account, or one that is made. */
export function UserDrawer({ account, roles, ways, again }: Props) {
  const made = useRef('');
  const isSure = useSignal(false);
  const form = useForm<AccountDraft>({
    id: account?._id,
    value: account === undefined ? NOBODY : accountDraft(account),
    read: async () => await readAccountDraft(account?._id ?? ''),
    write: async (all, changed) => {
      made.current = await saveAccount(account?._id, all, changed);
      await again();
    },
    wishes: () => ({
      username: 'needed',
      email: 'email',
      // Accounts of programs may have none.
      ...(account !== undefined && account.name === undefined ? {} : { name: 'needed' }),
      ...(account === undefined ? { password: 'needed' } : {}),
    }),
    whenSaved: () => {
      if (account === undefined) {
        ways.open(made.current);
      }
    },
  });
  const { value, change, of } = form;
  const names: Readonly<Record<keyof AccountDraft, string>> = {
    name: t('name'),
    username: t('accountName'),
    email: t('email'),
    roles: t('tabRoles'),
    active: t('mayLogIn'),
    password: t(account === undefined ? 'password' : 'newPassword'),
    mustChange: t('mustChange'),
  };
  const text = (key: 'name' | 'username' | 'email' | 'password') => ({
    label: names[key],
    value: value[key],
    ...of(key),
    change: (given: string) => change({ [key]: given }),
  });
  const isOwn = account !== undefined && account._id === me.value?._id;
  const acts: Act[] = [];
  if (account !== undefined) {
    const mail = async (): Promise<void> => {
      try {
        await mailPassword(account.username);
        say(t('passwordMailed', { name: calledAs(account) }));
      } catch (error) {
        complain(reason(error));
      }
    };
    acts.push(...historyOf(account._id), { icon: 'mail', name: t('mailPassword'), act: () => void mail() });
    if (may('delete-user') && !isOwn) {
      acts.push({
        icon: 'trash',
        name: t('remove'),
        act: () => {
          isSure.value = true;
        },
      });
    }
  }
  const title = account === undefined ? t('newUser') : calledAs(account);
  return (
    <Drawer
      title={title}
      close={ways.close}
      {...(account === undefined ? {} : { step: ways.step })}
      acts={<MoreMenu acts={acts} />}
      foot={<SaveBar form={form} names={names} shows={{ roles: (ids) => listed(ids.map(roleName)), password: (secret) => (secret === '' ? '' : '••••') }} />}
    >
      <div class="row2">
        <TextField {...text('name')} />
        <TextField {...text('username')} />
      </div>
      <TextField {...text('email')} kind="email" />
      <div>
        <Switch label={names.active} on={value.active} change={isOwn ? undefined : (active) => change({ active })} />
        {isOwn ? <p class="meta">{t('ownStays')}</p> : null}
      </div>
      {account === undefined || may('edit-other-user-password') ? (
        <div>
          <TextField {...text('password')} {...(account === undefined ? {} : { help: t('passwordEmpty') })} />
          {value.password === '' ? null : <Switch label={names.mustChange} on={value.mustChange} change={(mustChange) => change({ mustChange })} />}
        </div>
      ) : null}
      <Checks
        label={names.roles}
        choices={roles.map(({ _id }) => _id).toSorted(byMight).map((id) => [id, roleName(id)] as const)}
        chosen={value.roles}
        choose={(chosen) => change({ roles: chosen.toSorted() })}
        isFixed={!may('assign-roles')}
        fixed={isOwn && form.was.roles.includes(ADMINISTRATOR) ? [ADMINISTRATOR] : []}
      />
      {isSure.value && account !== undefined ? (
        <Sure
          title={t('removeUser', { name: title })}
          verb={t('remove')}
          close={() => {
            isSure.value = false;
          }}
          act={async () => {
            await removeAccount(account._id);
            form.discard();
            ways.close();
            await again();
          }}
        >
          <p>{t('removeUserMore')}</p>
        </Sure>
      ) : null}
    </Drawer>
  );
}
