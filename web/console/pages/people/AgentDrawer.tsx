import { useSignal } from '@preact/signals';

import { calledAs } from '../../api/documents.ts';
import { may } from '../../live/people.ts';
import { type Agent, type AgentDraft, agentDraft, departmentsToChoose, dismiss, readAgentDraft, saveAgentDraft } from '../../live/staff.ts';
import { Checks } from '../../parts/Checks.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { historyOf } from '../../parts/history.ts';
import type { Ways } from '../../parts/ListPage.tsx';
import { MoreMenu } from '../../parts/MoreMenu.tsx';
import { named } from '../../parts/named.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Sure } from '../../parts/Sure.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { count, t } from '../../texts.ts';

interface Props {
  readonly one: Agent;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

export function AgentDrawer({ one: { agent, chats }, ways, again }: Props) {
  const isSure = useSignal(false);
  const name = calledAs(agent);
  const form = useForm<AgentDraft>({
    id: agent._id,
    value: agentDraft(agent),
    read: async () => await readAgentDraft(agent._id),
    write: async (all, changed) => {
      await saveAgentDraft(agent._id, all, changed);
      await again();
    },
  });
  const { value, change, of } = form;
  const names = { isAvailable: t('takesChatsNow'), most: t('chatsAtOnce'), departments: t('departments') };
  const remove = {
    icon: 'trash',
    name: t('noLongerAgent'),
    act: () => {
      isSure.value = true;
    },
  };
  return (
    <Drawer title={name} step={ways.step} close={ways.close} acts={<MoreMenu acts={[...historyOf(agent._id), ...(may('view-livechat-manager') ? [remove] : [])]} />} foot={<SaveBar form={form} names={names} shows={{ departments: named(departmentsToChoose()) }} />}>
      <p class="meta">
        {agent.username} · {count('chatsOf', chats)}
      </p>
      <Switch label={names.isAvailable} on={value.isAvailable} change={(isAvailable) => change({ isAvailable })} />
      <TextField
        label={names.most}
        help={t('chatsAtOnceMore')}
        kind="number"
        value={value.most === 0 ? '' : String(value.most)}
        {...of('most')}
        change={(text) => change({ most: Math.max(0, Math.trunc(Number(text)) || 0) })}
      />
      <Checks label={names.departments} choices={departmentsToChoose()} chosen={value.departments} choose={(departments) => change({ departments: departments.toSorted() })} />
      {isSure.value ? (
        <Sure
          title={t('noLongerAgentTitle', { name })}
          verb={t('noLongerAgent')}
          close={() => {
            isSure.value = false;
          }}
          act={async () => {
            await dismiss('agent', agent);
            form.discard();
            ways.close();
            await again();
          }}
        >
          <p>{t('noLongerAgentMore')}</p>
        </Sure>
      ) : null}
    </Drawer>
  );
}
