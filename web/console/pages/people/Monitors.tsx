import './people.css';

import { calledAs } from '../../api/documents.ts';
import { dismiss, type Holder, readHolders } from '../../live/staff.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { type Column, ListPage } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { t } from '../../texts.ts';
import { Appoint } from './Appoint.tsx';
import { Person } from './Person.tsx';
import { UnitTabs } from './UnitTabs.tsx';

/** Those who look after units. */
export function Monitors() {
  const read = useReading(async () => await readHolders('monitor'));
  const columns: readonly [Column<Holder>, ...Column<Holder>[]] = [
    { key: 'name', name: t('name'), of: calledAs, show: (one) => <Person name={calledAs(one)} username={one.username} status={one.status} /> },
    { key: 'username', name: t('accountName'), of: ({ username }) => username },
    { key: 'email', name: t('email'), of: ({ emails }) => emails?.[0]?.address ?? '', isWide: true },
  ];
  return (
    <ListPage
      title={t('placeUnits')}
      icon="user"
      path="/admin/monitors"
      list={read}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('nameOrAddress')}
      create={t('newMonitor')}
      empty={[t('noMonitors'), t('newMonitorMore')]}
      tabs={<UnitTabs />}
      drawer={(one, ways) =>
        one === undefined ? (
          <Appoint office="monitor" title={t('newMonitor')} more={t('newMonitorMore')} has={new Set(read.value?.map(({ _id }) => _id))} ways={ways} again={read.again} />
        ) : (
          <Drawer
            key={one._id}
            title={calledAs(one)}
            step={ways.step}
            close={ways.close}
            acts={
              <Removal
                name={calledAs(one)}
                more={t('removeMonitorMore')}
                remove={async () => {
                  await dismiss('monitor', one);
                  ways.close();
                  await read.again();
                }}
              />
            }
          >
            <p class="meta">{one.username}</p>
            <p>{t('newMonitorMore')}</p>
          </Drawer>
        )
      }
    />
  );
}
