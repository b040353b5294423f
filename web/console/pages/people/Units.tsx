import './people.css';

import { useRef } from 'preact/hooks';

import { calledAs } from '../../api/documents.ts';
import { NO_UNIT, readUnitDraft, readUnits, removeUnit, saveUnit, type Unit, type UnitDraft, type Units as Read } from '../../live/units.ts';
import { Checks } from '../../parts/Checks.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { named } from '../../parts/named.ts';
import { NotRead } from '../../parts/NotRead.tsx';
import { type Reading, useReading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { t } from '../../texts.ts';
import { UnitTabs } from './UnitTabs.tsx';

/** Departments that belong together. */
export function Units() {
  const read = useReading(readUnits);
  const columns: readonly [Column<Unit>, ...Column<Unit>[]] = [
    { key: 'name', name: t('unitName'), of: ({ name }) => name },
    { key: 'departments', name: t('departments'), of: ({ numDepartments }) => numDepartments, isNumber: true },
    { key: 'monitors', name: t('tabMonitors'), of: ({ numMonitors }) => numMonitors, isNumber: true },
  ];
  return (
    <ListPage
      title={t('placeUnits')}
      icon="place"
      path="/admin/units"
      list={{ value: read.value?.units, error: read.error, again: read.again }}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('name')}
      create={t('newUnit')}
      empty={[t('noUnits'), t('noUnitsMore')]}
      tabs={<UnitTabs />}
      drawer={(unit, ways) => (read.value === undefined ? null : <UnitDrawer key={unit?._id ?? 'new'} unit={unit} all={read.value} ways={ways} again={read.again} />)}
    />
  );
}

interface Props {
  readonly unit: Unit | undefined;
  readonly all: Read;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

function UnitDrawer(props: Props) {
  const { unit, ways } = props;
  const read: Reading<UnitDraft> = useReading(async () => (unit === undefined ? NO_UNIT : await readUnitDraft(unit._id)));
  if (read.value !== undefined) {
    return <Filled {...props} draft={read.value} reread={read.again} />;
  }
  return (
    <Drawer title={unit?.name ?? t('newUnit')} close={ways.close}>
      {read.error === undefined ? <Skeleton rows={4} /> : <NotRead error={read.error} again={() => void read.again()} />}
    </Drawer>
  );
}

interface FilledProps extends Props {
  readonly draft: UnitDraft;
  readonly reread: () => Promise<void>;
}

function Filled({ unit, all, ways, again, draft, reread }: FilledProps) {
  const made = useRef('');
  const form = useForm<UnitDraft>({
    id: unit?._id,
    value: draft,
    read: async () => await readUnitDraft(unit?._id ?? ''),
    write: async (wanted) => {
      made.current = await saveUnit(unit?._id, wanted, all.monitors);
      await Promise.all([again(), unit === undefined ? undefined : reread()]);
    },
    wishes: () => ({ name: 'needed', departments: 'needed', monitors: 'needed' }),
    whenSaved: () => {
      if (unit === undefined) {
        ways.open(made.current);
      }
    },
  });
  const { value, change, of } = form;
  const names = { name: t('name'), monitors: t('tabMonitors'), departments: t('departments') };
  const places = all.departments.map(({ _id, name }) => [_id, name] as const);
  const people = all.monitors.map((one) => [one._id, calledAs(one)] as const);
  const remove = async (): Promise<void> => {
    await removeUnit(unit?._id ?? '');
    form.discard();
    ways.close();
    await again();
  };
  return (
    <Drawer
      title={unit?.name ?? t('newUnit')}
      close={ways.close}
      {...(unit === undefined ? {} : { step: ways.step, acts: <Removal id={unit._id} name={unit.name} more={t('removeUnitMore')} remove={remove} /> })}
      foot={<SaveBar form={form} names={names} shows={{ departments: named(places), monitors: named(people) }} />}
    >
      <TextField label={names.name} value={value.name} {...of('name')} change={(name) => change({ name })} />
      <Checks
        label={names.departments}
        help={t('unitDepartmentsMore')}
        choices={places}
        chosen={value.departments}
        error={of('departments').error}
        choose={(departments) => change({ departments: departments.toSorted() })}
      />
      <Checks
        label={names.monitors}
        help={t('unitMonitorsMore')}
        choices={people}
        chosen={value.monitors}
        error={of('monitors').error}
        choose={(monitors) => change({ monitors: monitors.toSorted() })}
      />
    </Drawer>
  );
}
