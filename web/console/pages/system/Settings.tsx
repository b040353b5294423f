import './system.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import type { Changer } from '../../live/changers.ts';
import { mayChangeSettings } from '../../live/people.ts';
import { readAllSettings, readChangers, type Setting, type Values } from '../../live/settings.ts';
import { useKeys } from '../../keys.ts';
import { saveTable } from '../../parts/csv.ts';
import { type Form, isSame } from '../../parts/form.ts';
import { historyPath } from '../../parts/history.ts';
import { Icon } from '../../parts/Icon.tsx';
import { ask } from '../../parts/asking.ts';
import { useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { UnreadPage } from '../../parts/UnreadPage.tsx';
import { address, place } from '../../place.ts';
import { number, t, when } from '../../texts.ts';
import { Control, shown, showsOf, WrongValue } from './Control.tsx';
import { groupOf, groups, isChanged, isFound, isOnly, type Only, partOf } from './finding.ts';
import { Marked } from './Marked.tsx';
import { useSettings } from './own.ts';

export function Settings() {
  const read = useReading(readAllSettings);
  useEffect(() => {
    document.title = `${t('placeSettings')} · Hark`;
  }, []);
  return read.value === undefined ? <UnreadPage title={t('placeSettings')} reading={read} /> : <Loaded all={read.value} again={read.again} />;
}

interface LoadedProps {
  readonly all: readonly Setting[];
  readonly again: () => Promise<void>;
}

function Loaded({ all, again }: LoadedProps) {
  const changers = useSignal<ReadonlyMap<string, Changer>>(new Map());
  const field = useRef<HTMLInputElement>(null);
  const form = useSettings({ all, read: readAllSettings, again });
  const look = async (): Promise<void> => {
    changers.value = await readChangers().catch(() => new Map<string, Changer>());
  };
  useEffect(() => void look(), [all]);
  useKeys({ '/': () => field.current?.focus() });
  const { query } = place.value;
  const words = query.get('q') ?? '';
  const group = query.get('group') ?? '';
  const only = (query.get('only') ?? '') as Only;
  const found = all.filter((setting) => isFound(setting, words) && isOnly(setting, only));
  const rows = group === '' ? found : found.filter((setting) => groupOf(setting) === group);
  const saveList = (): void => {
    const head = ['id', t('settingName'), t('settingValue'), t('settingDefault'), t('settingChanged'), t('settingChangedBy')];
    const lines = rows.map(({ id, name, value, default: first, changedAt }) => [id, name, shown(value), shown(first), changedAt ?? '', changers.value.get(id)?.name ?? '']);
    saveTable(t('placeSettings'), [head, ...lines]);
  };
  const filter = (name: Only, label: string) => {
    const isSet = only === name;
    return (
      <button type="button" class={isSet ? 'filter is-set' : 'filter'} aria-pressed={isSet} onClick={() => ask({ only: isSet ? '' : name })}>
        <Icon name={isSet ? 'x' : 'plus'} size={14} />
        {label} <span class="tally">{number(all.filter((setting) => isOnly(setting, name)).length)}</span>
      </button>
    );
  };
  const names = Object.fromEntries(all.map(({ id, name }) => [id, name]));
  return (
    <main id="main" tabIndex={-1} class="page st-page">
      <header class="page-head">
        <h1>{t('placeSettings')}</h1>
        <span class="push" />
        <a class="button quiet" href={address('/admin/audit?kind=setting.changed')} data-inside>
          {t('whatWasChanged')}
        </a>
        <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={saveList}>
          <Icon name="download" />
        </button>
      </header>
      <div class="st-find" role="search" aria-label={t('searchSettings')}>
        <span class="input">
          <Icon name="search" />
          <input
            ref={field}
            type="search"
            aria-label={t('searchSettings')}
            placeholder={t('searchSettings')}
            value={words}
            onInput={(event) => ask({ q: event.currentTarget.value })}
          />
          <span class="meta num" role="status">
            {t('countOf', { count: number(rows.length), total: number(all.length) })}
          </span>
          {words === '' ? null : (
            <button type="button" class="icon-button small" aria-label={t('clearSearch')} onClick={() => ask({ q: '' })}>
              <Icon name="x" size={14} />
            </button>
          )}
        </span>
        {filter('changed', t('onlyChanged'))}
        {filter('fixed', t('onlyFixed'))}
      </div>
      <div class="st-body">
        <Groups found={found} group={group} />
        <div class="st-settings">
          {rows.length === 0 ? (
            <div class="empty">
              <Icon name="search" size={22} />
              <h2>{t('noSettingFound')}</h2>
              <p>{t('noSettingFoundMore', { words: words === '' ? '…' : words })}</p>
              <button type="button" class="button" onClick={() => ask({ q: '', group: '', only: '' })}>
                {t('showAllSettings')}
              </button>
            </div>
          ) : (
            <List rows={rows} words={words} form={form} changers={changers.value} />
          )}
        </div>
      </div>
      <SaveBar form={form} names={names} shows={showsOf(all)} />
    </main>
  );
}

interface GroupsProps {
  readonly found: readonly Setting[];
  readonly group: string;
}

function Groups({ found, group }: GroupsProps) {
  const counted = (key: string): number => found.filter((setting) => groupOf(setting) === key).length;
  const entry = (key: string, name: string, many: number, isAll: boolean) => (
    <li key={key}>
      <button type="button" class={many === 0 ? 'is-none' : ''} aria-pressed={isAll ? group === '' : group === key} onClick={() => ask({ group: isAll ? '' : key })}>
        {name}
        {many === 0 ? null : <span class="tally num">{number(many)}</span>}
      </button>
    </li>
  );
  return (
    <nav class="st-groups" aria-label={t('settingGroups')}>
      <select class="input" aria-label={t('settingGroups')} value={group} onChange={(event) => ask({ group: event.currentTarget.value })}>
        <option value="">{t('allGroups')}</option>
        {groups.filter(([key]) => key !== '').map(([key, name]) => (
          <option key={key} value={key}>
            {t(name)} ({number(counted(key))})
          </option>
        ))}
      </select>
      <ul>
        {entry('all', t('allGroups'), found.length, true)}
        {groups.filter(([key]) => key !== '').map(([key, name]) => entry(key, t(name), counted(key), false))}
      </ul>
    </nav>
  );
}

interface ListProps {
  readonly rows: readonly Setting[];
  readonly words: string;
  readonly form: Form<Values>;
  readonly changers: ReadonlyMap<string, Changer>;
}

const headOf = (key: string): string => `st-group-${key.replaceAll(' ', '-')}`;

function List({ rows, words, form, changers }: ListProps) {
  const inGroups = groups.map(([key, name]) => ({ key, name, own: rows.filter((setting) => groupOf(setting) === key) }));
  return (
    <>
      {inGroups
        .filter(({ own }) => own.length > 0)
        .map(({ key, name, own }) => {
          const parts = [...new Set(own.map(partOf))];
          return (
            <section key={key} aria-labelledby={headOf(key)}>
              {parts.map((part, at) => (
                <div key={part}>
                  <h2 id={at === 0 ? headOf(key) : undefined}>
                    {t(name)}
                    {part === '' ? null : (
                      <span class="meta" lang="en">
                        <Marked text={part} words={words} />
                      </span>
                    )}
                  </h2>
                  {own
                    .filter((setting) => partOf(setting) === part)
                    .map((setting) => (
                      <One key={setting.id} setting={setting} words={words} form={form} changer={changers.get(setting.id)} />
                    ))}
                </div>
              ))}
            </section>
          );
        })}
    </>
  );
}

interface OneProps {
  readonly setting: Setting;
  readonly words: string;
  readonly form: Form<Values>;
  readonly changer: Changer | undefined;
}

function One({ setting, words, form, changer }: OneProps) {
  const { id, name, meaning, fixedBy, secret } = setting;
  const value = form.value[id] ?? null;
  const { isChanged: isNew, error = '' } = form.of(id);
  const about = `st-about-${id}`;
  const mayChange = fixedBy === null && mayChangeSettings();
  const change = (next: Values[string]): void => form.change({ [id]: next });
  const isReset = mayChange && !isNew && !isSame(value, setting.default);
  return (
    <div class={isNew ? 'st-setting is-changed' : 'st-setting'}>
      <div>
        <div class="st-name" lang="en">
          <Marked text={name} words={words} />
        </div>
        <p class="st-meaning" lang="en" id={fixedBy === null ? about : undefined}>
          <Marked text={meaning} words={words} />
        </p>
        <p class="st-id">
          <bdi dir="ltr">
            <Marked text={id} words={words} />
          </bdi>
        </p>
      </div>
      <div>
        <Control setting={setting} value={value} isChanged={isNew} isWrong={error !== ''} about={about} change={mayChange ? change : undefined} />
        <WrongValue words={error} about={about} />
        <p class="st-was">
          {isNew ? (
            <>
              {t('settingNotSaved')} {secret ? null : <Was value={shown(form.was[id] ?? null)} />}
            </>
          ) : fixedBy === null ? (
            isChanged(setting) ? (
              <>
                {secret ? null : t('defaultIs', { value: cut(shown(setting.default)) })} <ChangedBy setting={setting} changer={changer} />
              </>
            ) : null
          ) : (
            t('fixedMore')
          )}
        </p>
      </div>
      <div class="st-act">
        {isNew ? (
          <button type="button" class="button small quiet" onClick={() => change(form.was[id] ?? null)}>
            <Icon name="undo" />
            <span>{t('undoChange')}</span>
            <span class="unseen">{name}</span>
          </button>
        ) : isReset ? (
          <button type="button" class="button small quiet" onClick={() => change(setting.default)}>
            <Icon name="undo" />
            <span>{t('resetSetting')}</span>
            <span class="unseen">{name}</span>
          </button>
        ) : null}
      </div>
    </div>
  );
}

const LONGEST = 60;
const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function Was({ value }: { readonly value: string }) {
  return (
    <>
      {t('itWas')} <bdi class="mono">{cut(value)}</bdi>
    </>
  );
}

/** Who, and what it was before, stands in the audit, for those who may read it. */
function ChangedBy({ setting: { id, changedAt }, changer }: Pick<OneProps, 'setting' | 'changer'>) {
  if (changer !== undefined) {
    return (
      <a href={address(historyPath(id))} data-inside>
        {t('changedByAt', { name: changer.name, time: when(changer.at, Date.now()) })}
      </a>
    );
  }
  return changedAt === null ? null : <>{t('changedAt', { time: when(millis(changedAt), Date.now()) })}</>;
}
