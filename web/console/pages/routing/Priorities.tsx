import './routing.css';

import type { Priority } from '../../api/documents.ts';
import { may } from '../../live/people.ts';
import { readPriorities, renamePriority } from '../../live/promises.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { historyOf } from '../../parts/history.ts';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { MoreMenu } from '../../parts/MoreMenu.tsx';
import { useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { UrgencyTabs } from './Policies.tsx';

const CAME: Readonly<Record<string, TextKey>> = { Highest: 'priorityHighest', High: 'priorityHigh', Medium: 'priorityMedium', Low: 'priorityLow', Lowest: 'priorityLowest' };

const asItCame = ({ i18n }: Priority): string => t(CAME[i18n] ?? 'priority');

/** How urgent a chat can be: five steps, which can be called something else. */
export function Priorities() {
  const read = useReading(readPriorities);
  const columns: readonly [Column<Priority>, ...Column<Priority>[]] = [
    { key: 'name', name: t('priority'), of: (one) => one.name ?? asItCame(one) },
    { key: 'came', name: t('asItCame'), of: asItCame },
    { key: 'place', name: t('order'), of: ({ sortItem }) => sortItem, isNumber: true },
  ];
  return (
    <ListPage
      title={t('placeUrgency')}
      icon="flag"
      path="/admin/priorities"
      list={read}
      id={({ _id }) => _id}
      columns={columns}
      placeholder={t('name')}
      empty={[t('priority'), '']}
      tabs={<UrgencyTabs />}
      drawer={(one, ways) => (one === undefined ? null : <PriorityDrawer key={one._id} one={one} ways={ways} again={read.again} />)}
    />
  );
}

interface Props {
  readonly one: Priority;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

const draft = ({ name = '' }: Priority): { readonly name: string } => ({ name });

function PriorityDrawer({ one, ways, again }: Props) {
  const form = useForm({
    id: one._id,
    value: draft(one),
    read: async () => draft((await readPriorities()).find(({ _id }) => _id === one._id) ?? one),
    write: async ({ name }) => {
      await renamePriority(one._id, name);
      await again();
    },
  });
  const names = { name: t('calledHere') };
  return (
    <Drawer title={one.name ?? asItCame(one)} step={ways.step} close={ways.close} acts={<MoreMenu acts={historyOf(one._id)} />} foot={may('manage-livechat-priorities') ? <SaveBar form={form} names={names} /> : undefined}>
      <TextField label={names.name} help={t('calledHereMore', { name: asItCame(one) })} placeholder={asItCame(one)} value={form.value.name} {...form.of('name')} change={(name) => form.change({ name })} />
    </Drawer>
  );
}
