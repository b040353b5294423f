import './routing.css';

import { useRef } from 'preact/hooks';

import { may } from '../../live/people.ts';
import { NO_POLICY, type Policy, type PolicyDraft, policyDraft, readPolicies, readPolicyDraft, removePolicy, savePolicy } from '../../live/promises.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { useReading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import { count, t } from '../../texts.ts';

export function UrgencyTabs() {
  return (
    <Tabs
      label={t('placeUrgency')}
      tabs={[
        ['/admin/urgency', t('tabPolicies')],
        ['/admin/priorities', t('tabPriorities')],
      ]}
    />
  );
}

/** Within how many minutes an agent is to have a chat. */
export function Policies() {
  const read = useReading(readPolicies);
  const columns: readonly [Column<Policy>, ...Column<Policy>[]] = [
    { key: 'name', name: t('sla'), of: ({ name }) => name },
    { key: 'due', name: t('agentWithin'), of: ({ dueTimeInMinutes }) => dueTimeInMinutes, show: ({ dueTimeInMinutes }) => count('minutes', dueTimeInMinutes), isNumber: true },
  ];
  return (
    <ListPage
      title={t('placeUrgency')}
      icon="flag"
      path="/admin/urgency"
      list={read}
      id={({ _id }) => _id}
      columns={columns}
      about={({ description }) => description ?? ''}
      placeholder={t('name')}
      create={may('manage-livechat-sla') ? t('newPolicy') : undefined}
      empty={[t('noPolicies'), t('noPoliciesMore')]}
      tabs={<UrgencyTabs />}
      drawer={(policy, ways) => <PolicyDrawer key={policy?._id ?? 'new'} policy={policy} ways={ways} again={read.again} />}
    />
  );
}

interface Props {
  readonly policy: Policy | undefined;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

function PolicyDrawer({ policy, ways, again }: Props) {
  const made = useRef('');
  const form = useForm<PolicyDraft>({
    id: policy?._id,
    value: policy === undefined ? NO_POLICY : policyDraft(policy),
    read: async () => await readPolicyDraft(policy?._id ?? ''),
    write: async (wanted) => {
      made.current = await savePolicy(policy?._id, wanted);
      await again();
    },
    wishes: () => ({ name: 'needed', minutes: 1 }),
    whenSaved: () => {
      if (policy === undefined) {
        ways.open(made.current);
      }
    },
  });
  const { value, change, of } = form;
  const names = { name: t('name'), description: t('description'), minutes: t('agentWithinMinutes') };
  const remove = async (): Promise<void> => {
    await removePolicy(policy?._id ?? '');
    form.discard();
    ways.close();
    await again();
  };
  return (
    <Drawer
      title={policy?.name ?? t('newPolicy')}
      close={ways.close}
      {...(policy === undefined ? {} : { step: ways.step, acts: <Removal id={policy._id} name={policy.name} more={t('removePolicyMore')} remove={remove} /> })}
      foot={<SaveBar form={form} names={names} />}
    >
      <TextField label={names.name} value={value.name} {...of('name')} change={(name) => change({ name })} />
      <TextField label={names.description} value={value.description} {...of('description')} change={(description) => change({ description })} />
      <TextField
        label={names.minutes}
        help={t('agentWithinMore')}
        kind="number"
        value={String(value.minutes)}
        {...of('minutes')}
        change={(text) => change({ minutes: Math.max(0, Math.trunc(Number(text)) || 0) })}
      />
    </Drawer>
  );
}
