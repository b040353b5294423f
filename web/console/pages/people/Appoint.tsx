import { useSignal } from '@preact/signals';

import { calledAs } from '../../api/documents.ts';
import { type Account, appoint, type Office, readAccounts } from '../../live/staff.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { ChoiceField } from '../../parts/Field.tsx';
import type { Ways } from '../../parts/ListPage.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address } from '../../place.ts';
import { t } from '../../texts.ts';

interface Props {
  readonly office: Office;
  readonly title: string;
  /** What the one who is chosen may do then. */
  readonly more: string;
  /** Those who have it already. */
  readonly has: ReadonlySet<string>;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

/** Gives somebody with an account an office. */
export function Appoint({ office, title, more, has, ways, again }: Props) {
  const read = useReading(readAccounts);
  const chosen = useSignal('');
  const { fault, isBusy, run } = useAttempt();
  const others = (read.value ?? []).filter(({ _id, active }: Account) => active && !has.has(_id));
  const account = others.find(({ _id }) => _id === chosen.value);
  const add = (): void => {
    if (account !== undefined) {
      run(async () => {
        await appoint(office, account.username);
        await again();
        ways.open(account._id);
      });
    }
  };
  return (
    <Drawer title={title} close={ways.close}>
      <p class="quiet">{more}</p>
      {read.error === undefined ? null : <NotRead error={read.error} again={() => void read.again()} />}
      {read.value === undefined && read.error === undefined ? <Skeleton rows={2} /> : null}
      {read.value === undefined ? null : (
        <>
          <ChoiceField
            label={t('person')}
            value={chosen.value}
            change={(id) => {
              chosen.value = id;
            }}
            choices={[['', t('choosePerson')], ...others.map((one) => [one._id, `${calledAs(one)} (${one.username})`] as const)]}
          />
          <p class="line">
            <button type="button" class="button primary" aria-disabled={account === undefined || isBusy.value} onClick={add}>
              {t('add')}
            </button>
          </p>
          <FaultLine words={fault.value} />
          <p class="meta">
            {t('notAmongThem')}{' '}
            <a href={address('/admin/users/new')} data-inside>
              {t('newUser')}
            </a>
          </p>
        </>
      )}
    </Drawer>
  );
}
