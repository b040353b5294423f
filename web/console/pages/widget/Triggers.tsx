import './widget.css';

import { useSignal } from '@preact/signals';

import {
  draftOf,
  MOMENTS,
  type Moment,
  NEW_TRIGGER,
  readTrigger,
  readTriggers,
  removeTrigger,
  type Said,
  saveTrigger,
  type Trigger,
  type TriggerDraft,
  tryService,
} from '../../live/triggers.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { type Form, useForm } from '../../parts/form.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { type Column, ListPage, type Ways } from '../../parts/ListPage.tsx';
import { named } from '../../parts/named.ts';
import { type Reading, useReading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

const WHEN: Readonly<Record<Moment, TextKey>> = {
  'page-url': 'whenPage',
  'time-on-site': 'whenTime',
  'chat-opened-by-visitor': 'whenOpened',
  'after-guest-registration': 'whenRegistered',
};

function whenOf(trigger: Trigger): string {
  const { moment, value } = draftOf(trigger);
  return moment === 'page-url' ? t('pagesLike', { pattern: value }) : moment === 'time-on-site' ? t('afterSeconds', { count: value }) : t(WHEN[moment]);
}

function saysOf(trigger: Trigger): string {
  const { asks, words, url } = draftOf(trigger);
  return asks ? t('asksProgram', { url }) : words;
}

/** When the widget speaks first, and what it says. */
export function Triggers() {
  const list = useReading(readTriggers);
  const columns: readonly [Column<Trigger>, ...Column<Trigger>[]] = [
    { key: 'name', name: t('name'), of: ({ name }) => name },
    { key: 'when', name: t('triggerWhen'), of: whenOf, isWide: true },
    { key: 'says', name: t('triggerSays'), of: saysOf, isWide: true },
    {
      key: 'state',
      name: t('triggerState'),
      of: ({ enabled }) => t(enabled ? 'partIsOn' : 'partIsOff'),
      show: ({ enabled }) => (
        <span class={enabled ? 'badge badge-good' : 'badge'}>
          <Mark state={enabled ? 'delivered' : 'paused'} />
          {t(enabled ? 'partIsOn' : 'partIsOff')}
        </span>
      ),
    },
  ];
  return (
    <ListPage
      title={t('placeTriggers')}
      icon="bolt"
      path="/admin/triggers"
      list={list}
      id={({ _id }) => _id}
      columns={columns}
      about={({ description }) => description}
      placeholder={t('findTriggers')}
      create={t('newTrigger')}
      empty={[t('noTriggers'), t('noTriggersMore')]}
      drawer={(row, ways) => <TriggerDrawer key={row?._id ?? ''} trigger={row} list={list} ways={ways} />}
    />
  );
}

interface Props {
  /** Nothing for one that is made. */
  readonly trigger: Trigger | undefined;
  readonly list: Reading<readonly Trigger[]>;
  readonly ways: Ways;
}

function TriggerDrawer({ trigger, list, ways }: Props) {
  const form = useForm<TriggerDraft>({
    id: trigger?._id,
    value: trigger === undefined ? NEW_TRIGGER : draftOf(trigger),
    read: async () => (trigger === undefined ? NEW_TRIGGER : draftOf(await readTrigger(trigger._id))),
    write: async (all) => {
      await saveTrigger(trigger, all);
      await list.again();
    },
    wishes: ({ moment, asks }) => ({
      name: 'needed',
      ...(moment === 'page-url' ? { value: 'regexp' } : moment === 'time-on-site' ? { value: 0 } : {}),
      ...(asks ? { url: 'url', timeout: 1 } : { words: 'needed' }),
    }),
    ...(trigger === undefined ? { whenSaved: ways.close } : {}),
  });
  const { value, change, of } = form;
  const names: Readonly<Record<keyof TriggerDraft, string>> = {
    name: t('name'),
    description: t('description'),
    enabled: t('triggerOn'),
    runOnce: t('onlyOnce'),
    moment: t('triggerWhen'),
    value: value.moment === 'page-url' ? t('addressPattern') : t('seconds'),
    asks: t('triggerSays'),
    sender: t('triggerSender'),
    senderName: t('senderName'),
    words: t('triggerText'),
    url: t('programUrl'),
    timeout: t('programWait'),
    fallback: t('programFallback'),
  };
  const senders = [
    ['custom', t('senderCustom')],
    ['queue', t('senderQueue')],
  ] as const;
  const line = (key: 'name' | 'description' | 'senderName' | 'words' | 'url' | 'fallback' | 'value', rows?: number) => (
    <TextField
      label={names[key]}
      value={value[key]}
      {...of(key)}
      change={(words) => change({ [key]: words })}
      {...(rows === undefined ? {} : { rows })}
    />
  );
  const remove = async (id: string): Promise<void> => {
    await removeTrigger(id);
    form.discard();
    ways.close();
    await list.again();
  };
  return (
    <Drawer
      title={trigger?.name ?? t('newTrigger')}
      close={ways.close}
      {...(trigger === undefined ? {} : { step: ways.step })}
      acts={trigger === undefined ? null : <Removal id={trigger._id} name={trigger.name} more={t('removeTriggerMore')} remove={async () => await remove(trigger._id)} />}
      foot={
        <SaveBar
          form={form}
          names={names}
          shows={{ moment: (moment) => t(WHEN[moment]), asks: (asks) => t(asks ? 'saysProgram' : 'saysText'), sender: named(senders) }}
        />
      }
    >
      <Switch label={names.enabled} on={value.enabled} change={(enabled) => change({ enabled })} />
      {line('name')}
      {line('description')}
      <h3 class="wg-part">{t('triggerWhen')}</h3>
      <ChoiceField
        label={t('moment')}
        value={value.moment}
        {...of('moment')}
        choices={MOMENTS.map((moment) => [moment, t(WHEN[moment])])}
        change={(moment) => change({ moment: moment as Moment })}
      />
      {value.moment === 'page-url' ? <Address form={form} label={names.value} /> : null}
      {value.moment === 'time-on-site' ? line('value') : null}
      <Switch label={names.runOnce} on={value.runOnce} change={(runOnce) => change({ runOnce })} />
      <h3 class="wg-part">{t('triggerSays')}</h3>
      <span role="group" aria-label={names.asks}>
        <Segments
          choices={[
            ['text', t('saysText')],
            ['service', t('saysProgram')],
          ]}
          chosen={value.asks ? 'service' : 'text'}
          choose={(which) => change({ asks: which === 'service' })}
        />
      </span>
      <ChoiceField
        label={names.sender}
        value={value.sender}
        {...of('sender')}
        choices={senders}
        change={(sender) => change({ sender: sender === 'queue' ? 'queue' : 'custom' })}
      />
      {value.sender === 'custom' ? line('senderName') : null}
      {value.asks ? (
        <>
          {line('url')}
          <TextField
            label={names.timeout}
            kind="number"
            value={String(value.timeout)}
            {...of('timeout')}
            change={(ms) => change({ timeout: Number(ms) })}
          />
          {line('fallback', 2)}
          <Service draft={value} />
        </>
      ) : (
        <>
          {line('words', 3)}
          <Sample sender={value.sender === 'custom' ? value.senderName : t('sampleAgent')} words={value.words} />
        </>
      )}
    </Drawer>
  );
}

/** As the widget looks for it; nothing for a pattern that is none. */
function fits(pattern: string, href: string): boolean | undefined {
  try {
    return new RegExp(pattern).test(href);
  } catch {
    return undefined;
  }
}

/** A pattern of addresses, with one to try it on. */
function Address({ form: { value, change, of }, label }: { readonly form: Form<TriggerDraft>; readonly label: string }) {
  const tried = useSignal('https://');
  const isFit = fits(value.value, tried.value);
  const isTried = tried.value !== 'https://' && tried.value !== '';
  return (
    <>
      <TextField
        label={label}
        help={t('addressPatternMore')}
        isCode
        value={value.value}
        {...of('value')}
        error={isFit === undefined ? t('noPattern') : undefined}
        change={(pattern) => change({ value: pattern })}
      />
      <TextField label={t('tryAddress')} kind="url" value={tried.value} change={(address) => (tried.value = address)} />
      <p class="wg-outcome" role="status">
        {isTried && isFit !== undefined ? (
          <>
            <Mark state={isFit ? 'delivered' : 'held'} />
            {t(isFit ? 'speaksThere' : 'silentThere')}
          </>
        ) : null}
      </p>
    </>
  );
}

/** What visitors see beside the button. */
function Sample({ sender, words }: { readonly sender: string; readonly words: string }) {
  return words === '' ? null : (
    <figure class="wg-sample">
      <figcaption class="meta">{t('seenByVisitors')}</figcaption>
      <p class="strong">
        <bdi>{sender}</bdi>
      </p>
      <p dir="auto">{words}</p>
    </figure>
  );
}

/** Asks the program now. */
function Service({ draft }: { readonly draft: TriggerDraft }) {
  const { fault, isBusy, run } = useAttempt();
  const said = useSignal<Said | undefined>(undefined);
  const ask = (): void =>
    run(async () => {
      said.value = undefined;
      said.value = await tryService(draft);
    });
  return (
    <div class="wg-service">
      <button type="button" class="button" aria-disabled={draft.url === '' || isBusy.value} onClick={() => (draft.url === '' ? undefined : ask())}>
        <Icon name="send" turns />
        <span>{t('askNow')}</span>
      </button>
      <div role="status">
        {said.value === undefined ? null : (
          <>
            {said.value.error === '' ? null : (
              <p class="fault">
                <Icon name="alert" /> {said.value.error}
              </p>
            )}
            <Sample sender={t('programSaid')} words={said.value.words} />
          </>
        )}
      </div>
      <FaultLine words={fault.value} />
    </div>
  );
}
