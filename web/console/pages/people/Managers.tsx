import './people.css';

import { useSignal } from '@preact/signals';

import { calledAs } from '../../api/documents.ts';
import { may } from '../../live/people.ts';
import { dismiss, type Holder, readHolders } from '../../live/staff.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { Sure } from '../../parts/Sure.tsx';
import { address } from '../../place.ts';
import { t } from '../../texts.ts';
import { Appoint } from './Appoint.tsx';
import { Person } from './Person.tsx';

const emailOf = ({ emails }: Holder): string => emails?.[0]?.address ?? '';

export function Managers() {
  const read = useReading(async () => await readHolders('manager'));
  const columns: readonly [Column<Holder>, ...Column<Holder>[]] = [
    { key: 'name', name: t('name'), of: calledAs, show: (one) => <Person name={calledAs(one)} username={one.username} status={one.status} /> },
    { key: 'username', name: t('accountName'), of: ({ username }) => username },
    { key: 'email', name: t('email'), of: emailOf, isWide: true },
  ];
  return (
    <ListPage
      title={t('placeManagers')}
      icon="shield"
      path="/admin/managers"
      list={read}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('nameOrAddress')}
      create={may('manage-livechat-managers') ? t('newManager') : undefined}
      empty={[t('noManagers'), t('newManagerMore')]}
      drawer={(one, ways) =>
        one === undefined ? (
          <Appoint office="manager" title={t('newManager')} more={t('newManagerMore')} has={new Set(read.value?.map(({ _id }) => _id))} ways={ways} again={read.again} />
        ) : (
          <ManagerDrawer key={one._id} one={one} ways={ways} again={read.again} />
        )
      }
    />
  );
}

interface Props {
  readonly one: Holder;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

function ManagerDrawer({ one, ways, again }: Props) {
  const isSure = useSignal(false);
  const name = calledAs(one);
  return (
    <Drawer title={name} step={ways.step} close={ways.close}>
      <p class="meta">{[one.username, emailOf(one)].filter((text) => text !== '').join(' · ')}</p>
      <p>{t('newManagerMore')}</p>
      <p class="line">
        {may('view-d-room') ? (
          <a class="button" href={address(`/admin/users/${one._id}`)} data-inside>
            {t('toAccount')}
          </a>
        ) : null}
        {may('manage-livechat-managers') ? (
          <button
            type="button"
            class="button"
            onClick={() => {
              isSure.value = true;
            }}
          >
            {t('noLongerManager')}
          </button>
        ) : null}
      </p>
      {isSure.value ? (
        <Sure
          title={t('noLongerManagerTitle', { name })}
          verb={t('noLongerManager')}
          close={() => {
            isSure.value = false;
          }}
          act={async () => {
            await dismiss('manager', one);
            ways.close();
            await again();
          }}
        >
          <p>{t('noLongerManagerMore')}</p>
        </Sure>
      ) : null}
    </Drawer>
  );
}
