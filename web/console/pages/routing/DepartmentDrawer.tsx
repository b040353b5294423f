import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import {
  archiveDepartment,
  type DepartmentDraft,
  EMPTY,
  type Everything,
  type Known,
  readDraft,
  removeDepartment,
  saveDepartment,
  unarchiveDepartment,
} from '../../live/departments.ts';
import { may } from '../../live/people.ts';
import { reason } from '../../live/reasons.ts';
import { complain, say } from '../../live/toasts.ts';
import { Checks } from '../../parts/Checks.tsx';
import { ChipsField } from '../../parts/ChipsField.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { historyOf } from '../../parts/history.ts';
import type { Ways } from '../../parts/ListPage.tsx';
import { type Act, MoreMenu } from '../../parts/MoreMenu.tsx';
import { named } from '../../parts/named.ts';
import { NotRead } from '../../parts/NotRead.tsx';
import { type Reading, useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { Sure } from '../../parts/Sure.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { number, t } from '../../texts.ts';
import { AgentsOf, nameIn } from './AgentsOf.tsx';

interface Props {
  readonly known: Known | undefined;
  readonly all: Everything;
  readonly ways: Ways;
  readonly again: () => Promise<void>;
}

/** One department, or one that is made. */
export function DepartmentDrawer(props: Props) {
  const { known, ways } = props;
  const id = known?.department._id;
  const read: Reading<DepartmentDraft> = useReading(async () => (id === undefined ? EMPTY : await readDraft(id)));
  const title = known?.department.name ?? t('newDepartment');
  if (read.value !== undefined) {
    return <Filled {...props} draft={read.value} reread={read.again} />;
  }
  return (
    <Drawer title={title} close={ways.close} {...(known === undefined ? {} : { step: ways.step })}>
      {read.error === undefined ? <Skeleton rows={6} /> : <NotRead error={read.error} again={() => void read.again()} />}
    </Drawer>
  );
}

interface FilledProps extends Props {
  readonly draft: DepartmentDraft;
  readonly reread: () => Promise<void>;
}

function Filled({ known, all, ways, again, draft, reread }: FilledProps) {
  const department = known?.department;
  const made = useRef('');
  const isSure = useSignal(false);
  const form = useForm<DepartmentDraft>({
    id: department?._id,
    value: draft,
    read: async () => await readDraft(department?._id ?? ''),
    write: async (wanted, changed) => {
      made.current = await saveDepartment(department?._id, wanted, changed);
      await Promise.all([again(), department === undefined ? undefined : reread()]);
    },
    wishes: () => ({ name: 'needed', email: 'email' }),
    whenSaved: () => {
      if (department === undefined) {
        ways.open(made.current);
      }
    },
  });
  const { value, change, of } = form;
  const names: Readonly<Record<keyof DepartmentDraft, string>> = {
    name: t('name'),
    email: t('email'),
    description: t('description'),
    enabled: t('takesChats'),
    showOnRegistration: t('mayBeChosen'),
    showOnOfflineForm: t('mayBeChosenOffline'),
    requestTagBeforeClosingChat: t('closingNeedsTag'),
    chatClosingTags: t('tagsAtClosing'),
    agents: t('agents'),
    hours: t('hours'),
    fallbackForwardDepartment: t('whenNobodyOnline'),
    departmentsAllowedToForward: t('forwardOnlyTo'),
    allowReceiveForwardOffline: t('receivesOffline'),
    maxNumberSimultaneousChat: t('mostChatsEach'),
    visitorInactivityTimeoutInSeconds: t('patience'),
    waitingQueueMessage: t('waitingMessage'),
    abandonedRoomsCloseCustomMessage: t('abandonedComment'),
  };
  const text = (key: 'name' | 'email' | 'description' | 'waitingQueueMessage' | 'abandonedRoomsCloseCustomMessage') => ({
    label: names[key],
    value: value[key],
    ...of(key),
    change: (given: string) => change({ [key]: given }),
  });
  const whole = (key: 'maxNumberSimultaneousChat' | 'visitorInactivityTimeoutInSeconds') => ({
    label: names[key],
    kind: 'number' as const,
    value: value[key] === 0 ? '' : String(value[key]),
    ...of(key),
    change: (given: string) => change({ [key]: Math.max(0, Math.trunc(Number(given)) || 0) }),
  });
  const flag = (key: 'enabled' | 'showOnRegistration' | 'showOnOfflineForm' | 'requestTagBeforeClosingChat' | 'allowReceiveForwardOffline') => ({
    label: names[key],
    on: value[key],
    change: (on: boolean) => change({ [key]: on }),
  });
  const attempt = async (act: () => Promise<void>, words: string): Promise<void> => {
    try {
      await act();
      say(words);
      await Promise.all([again(), reread()]);
    } catch (error) {
      complain(reason(error));
    }
  };
  const acts: Act[] = department === undefined ? [] : [...historyOf(department._id)];
  if (department !== undefined && may('manage-livechat-departments')) {
    const { _id: id, name } = department;
    acts.push(
      department.archived === true
        ? { icon: 'undo', name: t('unarchiveIt'), act: () => void attempt(async () => await unarchiveDepartment(id), t('unarchivedIt', { name })) }
        : { icon: 'down', name: t('archiveIt'), act: () => void attempt(async () => await archiveDepartment(id), t('archivedIt', { name })) },
    );
  }
  if (department !== undefined && may('remove-livechat-department')) {
    acts.push({
      icon: 'trash',
      name: t('remove'),
      act: () => {
        isSure.value = true;
      },
    });
  }
  const others = all.known.filter((one) => one.department._id !== department?._id && one.department.archived !== true);
  const choices = others.map((one) => [one.department._id, one.department.name] as const);
  const customs = all.hours.filter(({ type }) => type === 'custom');
  const weeks = [['', t('hoursOfAll')], ...customs.map(({ _id, name }) => [_id, name] as const)] as const;
  const fallbacks = [['', t('fallbackNone')], ...choices] as const;
  return (
    <Drawer
      title={department?.name ?? t('newDepartment')}
      close={ways.close}
      {...(department === undefined ? {} : { step: ways.step })}
      acts={<MoreMenu acts={acts} />}
      foot={
        <SaveBar
          form={form}
          names={names}
          shows={{
            agents: (placed) => placed.map((one) => [nameIn(all.agents, one), `${t('atMost')} ${one.most === 0 ? '–' : number(one.most)}, ${t('order')} ${number(one.order)}`]),
            hours: named(weeks),
            fallbackForwardDepartment: named(fallbacks),
            departmentsAllowedToForward: named(choices),
          }}
        />
      }
    >
      {department?.archived === true ? <p class="banner">{t('archivedMore')}</p> : null}
      <div class="row2">
        <TextField {...text('name')} />
        <TextField {...text('email')} kind="email" />
      </div>
      <TextField {...text('description')} />
      <div>
        <Switch {...flag('enabled')} />
        <Switch {...flag('showOnRegistration')} />
        <Switch {...flag('showOnOfflineForm')} />
        <Switch {...flag('requestTagBeforeClosingChat')} />
      </div>
      {value.requestTagBeforeClosingChat || value.chatClosingTags.length > 0 ? (
        <ChipsField
          label={names.chatClosingTags}
          help={t('tagsAtClosingMore')}
          words={value.chatClosingTags}
          {...of('chatClosingTags')}
          change={(chatClosingTags) => change({ chatClosingTags })}
        />
      ) : null}
      <AgentsOf placed={value.agents} answerers={all.agents} {...of('agents')} change={(agents) => change({ agents })} />
      <div class="row2">
        <ChoiceField
          label={names.hours}
          value={value.hours}
          {...of('hours')}
          change={(hours) => change({ hours })}
          choices={weeks}
        />
        <ChoiceField
          label={names.fallbackForwardDepartment}
          value={value.fallbackForwardDepartment}
          {...of('fallbackForwardDepartment')}
          change={(fallbackForwardDepartment) => change({ fallbackForwardDepartment })}
          choices={fallbacks}
        />
      </div>
      <details class="routing-more">
        <summary>{t('limitsAndWords')}</summary>
        <div class="row2">
          <TextField {...whole('maxNumberSimultaneousChat')} help={t('mostChatsEachMore')} />
          <TextField {...whole('visitorInactivityTimeoutInSeconds')} help={t('patienceMore')} />
        </div>
        <TextField {...text('waitingQueueMessage')} rows={2} />
        <TextField {...text('abandonedRoomsCloseCustomMessage')} rows={2} />
        <Switch {...flag('allowReceiveForwardOffline')} />
        <Checks
          label={names.departmentsAllowedToForward}
          help={t('forwardOnlyToMore')}
          choices={choices}
          chosen={value.departmentsAllowedToForward}
          choose={(departmentsAllowedToForward) => change({ departmentsAllowedToForward })}
        />
      </details>
      {isSure.value && department !== undefined ? (
        <Sure
          title={t('removeDepartment', { name: department.name })}
          verb={t('remove')}
          close={() => {
            isSure.value = false;
          }}
          act={async () => {
            await removeDepartment(department._id);
            form.discard();
            ways.close();
            await again();
          }}
        >
          <p>{t('removeDepartmentMore')}</p>
        </Sure>
      ) : null}
    </Drawer>
  );
}
