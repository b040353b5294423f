import '../../parts/list-page.css';
import './queue.css';

import { useEffect } from 'preact/hooks';

import { mayChangeSettings } from '../../live/people.ts';
import { IDS, type Id, readScene } from '../../live/routing.ts';
import { readSettings, saveSettings, type Setting, type Value, type Values, valuesOf } from '../../live/some-settings.ts';
import { saveTable } from '../../parts/csv.ts';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { type Form, useForm } from '../../parts/form.ts';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { CHANGING_MS, useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { Next } from './Next.tsx';

/** How each setting is called here, and what is said of it. */
const NAMES: Readonly<Record<Id, readonly [name: TextKey, help?: TextKey]>> = {
  Livechat_Routing_Method: ['routingMethod'],
  Livechat_accept_chats_with_no_agents: ['setAccept'],
  Livechat_assign_new_conversation_to_bot: ['setBot'],
  Livechat_last_chatted_agent_routing: ['setLastAgent'],
  Omnichannel_contact_manager_routing: ['setContactManager'],
  Livechat_External_Queue_URL: ['setExternalUrl'],
  Livechat_waiting_queue: ['setQueue'],
  Livechat_waiting_queue_message: ['setQueueMessage'],
  Omnichannel_sorting_mechanism: ['setSorting'],
  Livechat_max_queue_wait_time: ['setMaxWait', 'minusNever'],
  Livechat_maximum_chats_per_agent: ['setMaxChats', 'zeroNoLimit'],
  Livechat_auto_transfer_chat_timeout: ['setTransfer', 'zeroNever'],
  Livechat_visitor_inactivity_timeout: ['setInactivity', 'zeroNever'],
  Livechat_abandoned_rooms_action: ['setAbandoned'],
  Livechat_agent_leave_action: ['setLeave'],
  Livechat_agent_leave_action_timeout: ['setLeaveAfter'],
  Livechat_allow_manual_on_hold: ['setHold'],
  Livechat_auto_close_on_hold_chats_timeout: ['setHoldClose', 'zeroNever'],
};

const CHOICES: Readonly<Partial<Record<Id, readonly (readonly [string, TextKey])[]>>> = {
  Omnichannel_sorting_mechanism: [
    ['Timestamp', 'sortTimestamp'],
    ['Priority', 'sortPriority'],
    ['SLAs', 'sortSLAs'],
  ],
  Livechat_abandoned_rooms_action: [
    ['none', 'becomesNothing'],
    ['close', 'becomesClosed'],
    ['on-hold', 'becomesHeld'],
  ],
  Livechat_agent_leave_action: [
    ['none', 'becomesStay'],
    ['forward', 'becomesForwarded'],
    ['close', 'becomesClosed'],
  ],
};

const GROUPS: readonly (readonly [name: TextKey, ids: readonly Id[]])[] = [
  ['secRouting', ['Livechat_External_Queue_URL', 'Livechat_accept_chats_with_no_agents', 'Livechat_assign_new_conversation_to_bot', 'Livechat_last_chatted_agent_routing', 'Omnichannel_contact_manager_routing']],
  ['secQueue', ['Livechat_waiting_queue', 'Omnichannel_sorting_mechanism', 'Livechat_max_queue_wait_time', 'Livechat_waiting_queue_message']],
  [
    'secTimes',
    [
      'Livechat_maximum_chats_per_agent',
      'Livechat_auto_transfer_chat_timeout',
      'Livechat_visitor_inactivity_timeout',
      'Livechat_abandoned_rooms_action',
      'Livechat_agent_leave_action',
      'Livechat_agent_leave_action_timeout',
    ],
  ],
  ['secHold', ['Livechat_allow_manual_on_hold', 'Livechat_auto_close_on_hold_chats_timeout']],
];

const METHODS = ['Load_Balancing', 'Auto_Selection', 'Load_Rotation', 'Manual_Selection', 'External'] as const;

const readOwn = async (): Promise<readonly Setting[]> => await readSettings(IDS);

/** Who gets the next chat, and what waits how long. */
export function Routing() {
  const read = useReading(readOwn);
  useEffect(() => {
    document.title = `${t('placeRouting')} · Hark`;
  }, []);
  return (
    <main id="main" tabIndex={-1} class="page routing-page" aria-busy={read.value === undefined && read.error === undefined}>
      {read.value === undefined ? (
        <>
          <header class="page-head">
            <h1>{t('placeRouting')}</h1>
          </header>
          {read.error === undefined ? <Skeleton rows={8} /> : <NotRead error={read.error} again={() => void read.again()} />}
        </>
      ) : (
        <Shown settings={read.value} again={read.again} />
      )}
    </main>
  );
}

function Shown({ settings, again }: { readonly settings: readonly Setting[]; readonly again: () => Promise<void> }) {
  const { value: scene } = useReading(readScene, '', CHANGING_MS);
  const form = useForm<Values>({
    id: (setting) => setting,
    value: valuesOf(settings),
    read: async () => valuesOf(await readOwn()),
    write: async (_, changed) => {
      await saveSettings(changed);
      await again();
    },
  });
  const names = Object.fromEntries(Object.entries(NAMES).map(([id, [name]]) => [id, t(name)]));
  const shows = Object.fromEntries(form.changed.map((id) => [id, (value: Value) => shown(value, choicesOf(id as Id))]));
  const mayChange = mayChangeSettings();
  const method = settings.find(({ _id }) => _id === 'Livechat_Routing_Method');
  const save = (): void => saveTable(t('placeRouting'), [[t('field'), ''], ...settings.map(({ _id, value }) => [names[_id] ?? _id, String(value)])]);
  return (
    <>
      <header class="page-head">
        <h1>{t('placeRouting')}</h1>
        <span class="push" />
        <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={save}>
          <Icon name="download" />
        </button>
      </header>
      <div class="page-body">
        {mayChange ? null : (
          <p class="banner">
            <Icon name="lock" />
            {t('onlyAdministrators')}
          </p>
        )}
        <div class="routing-columns">
          <div>
            <fieldset class="routing-methods">
              <legend>{t('routingMethod')}</legend>
              {METHODS.map((one) => (
                <label key={one} class={form.value['Livechat_Routing_Method'] === one ? 'is-selected' : ''}>
                  <input
                    type="radio"
                    name="method"
                    value={one}
                    checked={form.value['Livechat_Routing_Method'] === one}
                    disabled={!mayChange || method?.blocked === true}
                    onChange={() => form.change({ Livechat_Routing_Method: one })}
                  />
                  <span>
                    <b class="strong">{t(`method${one}`)}</b>
                    <span class="meta">{t(`method${one}More`)}</span>
                  </span>
                </label>
              ))}
            </fieldset>
            {GROUPS.map(([name, ids]) => (
              <section key={name} class="routing-group">
                <h2>{t(name)}</h2>
                {ids.map((id) => (
                  <One key={id} id={id} setting={settings.find(({ _id }) => _id === id)} form={form} mayChange={mayChange} />
                ))}
              </section>
            ))}
          </div>
          {scene === undefined ? null : <Next values={form.value} scene={scene} />}
        </div>
      </div>
      <SaveBar form={form} names={names} shows={shows} />
    </>
  );
}

const choicesOf = (id: Id): readonly (readonly [string, string])[] | undefined =>
  id === 'Livechat_Routing_Method' ? METHODS.map((one) => [one, t(`method${one}`)]) : CHOICES[id]?.map(([one, words]) => [one, t(words)]);

interface OneProps {
  readonly id: Id;
  /** Nothing for those who may not know it. */
  readonly setting: Setting | undefined;
  readonly form: Form<Values>;
  readonly mayChange: boolean;
}

function One({ id, setting, form, mayChange }: OneProps) {
  const value = form.value[id];
  const isAsked = id !== 'Livechat_External_Queue_URL' || form.value['Livechat_Routing_Method'] === 'External';
  if (setting === undefined || value === undefined || !isAsked) {
    return null;
  }
  const [name, help] = NAMES[id];
  const choices = choicesOf(id);
  if (!mayChange || setting.blocked) {
    return (
      <p class="routing-fixed">
        <span class="strong">{t(name)}</span>
        <span class="line">
          <Icon name="lock" />
          {shown(value, choices)}
          {setting.blocked ? <code class="mono quiet">{t('lockedBy', { variable: `OVERWRITE_SETTING_${id}` })}</code> : null}
        </span>
      </p>
    );
  }
  const put = (next: Value): void => form.change({ [id]: next });
  const field = { label: t(name), ...form.of(id), ...(help === undefined ? {} : { help: t(help) }) };
  if (typeof value === 'boolean') {
    return <Switch label={t(name)} on={value} change={put} />;
  }
  if (choices !== undefined) {
    return <ChoiceField {...field} value={String(value)} choices={choices} change={put} />;
  }
  return typeof value === 'number' ? (
    <TextField {...field} kind="number" value={String(value)} change={(text) => put(Math.trunc(Number(text)) || 0)} />
  ) : (
    <TextField {...field} value={value} change={put} />
  );
}

function shown(value: Value, choices: readonly (readonly [string, string])[] | undefined): string {
  if (typeof value === 'boolean') {
    return t(value ? 'switchIsOn' : 'departmentOff');
  }
  return choices?.find(([one]) => one === value)?.[1] ?? String(value);
}
