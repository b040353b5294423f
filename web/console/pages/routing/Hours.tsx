import '../../parts/drawer.css';
import './hours.css';

import { useEffect, useRef } from 'preact/hooks';

import {
  BEGIN,
  clock,
  clockChange,
  clockIn,
  dateAfter,
  draftOf,
  type Hours as Known,
  type HoursDraft,
  isOpenAt,
  makeHours,
  MINUTES_OF_A_DAY,
  nextChange,
  type OnClocks,
  onClocksAfter,
  type OtherDay,
  readDemand,
  readHoursDraft,
  readOtherDays,
  readSurroundings,
  removeHours,
  saveHoursDraft,
  type Surroundings,
} from '../../live/hours.ts';
import { mayChangeSettings } from '../../live/people.ts';
import { readSettings, saveSettings, type Setting } from '../../live/some-settings.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Checks } from '../../parts/Checks.tsx';
import { saveTable } from '../../parts/csv.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { historyOf } from '../../parts/history.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { MoreMenu } from '../../parts/MoreMenu.tsx';
import { named } from '../../parts/named.ts';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { Removal } from '../../parts/Removal.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { address, go, place } from '../../place.ts';
import { longDay, percent, t, timeOfDay, weekday } from '../../texts.ts';
import { heatOf, outside } from './demand.ts';
import { dates, OtherDays, timesOf } from './OtherDays.tsx';
import { Week } from './Week.tsx';

const PATH = '/admin/hours';
const NEW = 'new';
const SWITCHES = ['Livechat_enable_business_hours', 'Livechat_business_hour_type'] as const;

interface Read extends Surroundings {
  readonly settings: readonly Setting[];
  /** The hours that are looked at; nothing where they are new, or gone. */
  readonly shown: Known | undefined;
  readonly otherDays: readonly OtherDay[];
}

async function readAll(wanted: string): Promise<Read> {
  const [surroundings, settings] = await Promise.all([readSurroundings(), readSettings(SWITCHES)]);
  const shown = surroundings.hours.find(({ _id, type }) => (wanted === '' ? type === 'default' : _id === wanted));
  return { ...surroundings, settings, shown, otherDays: shown === undefined ? [] : await readOtherDays(shown._id) };
}

export const hoursName = ({ name, type }: Pick<Known, 'name' | 'type'>): string => (name === '' && type === 'default' ? t('hoursOfAll') : name);

/** When somebody is there: hours of a week, of everybody or of some departments. */
export function Hours() {
  const { path } = place.value;
  const wanted = path.startsWith(`${PATH}/`) ? decodeURIComponent(path.slice(PATH.length + 1)) : '';
  const read = useReading(async () => await readAll(wanted), wanted);
  useEffect(() => {
    document.title = `${t('placeHours')} · Hark`;
  }, []);
  const all = read.value;
  const hours = all?.shown;
  if (all !== undefined && (hours !== undefined || wanted === NEW)) {
    return <Shown key={hours?._id ?? NEW} hours={hours} all={all} again={read.again} />;
  }
  return (
    <main id="main" tabIndex={-1} class="page" aria-busy={all === undefined && read.error === undefined}>
      <header class="page-head">
        <h1>{t('placeHours')}</h1>
      </header>
      {all === undefined && read.error === undefined ? <Skeleton rows={7} /> : null}
      {read.error === undefined ? null : <NotRead error={read.error} again={() => void read.again()} />}
      {all === undefined ? null : (
        <div class="empty">
          <h2>{t('rowGone')}</h2>
          <p>{t('rowGoneMore')}</p>
        </div>
      )}
    </main>
  );
}

interface Props {
  readonly hours: Known | undefined;
  readonly all: Read;
  readonly again: () => Promise<void>;
}

const FRESH: HoursDraft = { name: '', active: true, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, days: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [BEGIN] : [])), otherDays: [], departments: [] };

function Shown({ hours, all, again }: Props) {
  const isCustom = hours?.type !== 'default';
  /** Once their week is saved, other days of new ones may still be refused. */
  const made = useRef('');
  const form = useForm<HoursDraft>({
    id: hours?._id,
    value: hours === undefined ? FRESH : draftOf(hours, all.otherDays),
    read: async () => await readHoursDraft(hours?._id ?? ''),
    write: async (draft, changes) => {
      if (hours !== undefined) {
        await saveHoursDraft(hours, draft, changes);
        await again();
        return;
      }
      const isMade = made.current !== '';
      made.current ||= await makeHours(draft);
      await saveHoursDraft({ _id: made.current, type: 'custom' }, draft, isMade ? draft : { otherDays: draft.otherDays });
    },
    ...(isCustom ? { wishes: () => ({ name: 'needed' }) } : {}),
    whenSaved: () => {
      if (hours === undefined) {
        go(`${PATH}/${made.current}`);
      }
    },
  });
  const { value, change, of } = form;
  const now = Date.now();
  const at = clockIn(value.timezone, now);
  const isOpen = value.active && isOpenAt(value, at);
  const next = nextChange(value, at);
  const nextAt = next === undefined ? '' : `${next[0] === 0 ? '' : `${dayAhead(at, next[0])} `}${timeOfDay(next[1] % MINUTES_OF_A_DAY)}`;
  const title = hours === undefined ? t('newHours') : hoursName(hours);
  const names: Readonly<Record<keyof HoursDraft, string>> = { name: t('name'), active: t('hoursActive'), timezone: t('timeZone'), days: t('theWeek'), otherDays: t('otherDaysTitle'), departments: t('departments') };
  const whose = isCustom ? value.departments : undefined;
  const { value: demand } = useReading(async () => await readDemand(whose, value.timezone), `${value.timezone} ${whose?.join(' ') ?? '*'}`);
  const change90 = clockChange(value.timezone, now);
  const save = (): void =>
    saveTable(title, [
      [t('weekdayName'), t('hoursFrom'), t('hoursTo')],
      ...value.days.flatMap((spans, day) => (spans.length === 0 ? [[weekday(day, 'long'), '', '']] : spans.map(({ from, to }) => [weekday(day, 'long'), clock(from), clock(to)]))),
      ...value.otherDays.flatMap(({ from, until, name, spans }) => {
        const day = `${from === until ? from : `${from} – ${until}`}${name === '' ? '' : ` ${name}`}`;
        return spans.length === 0 ? [[day, '', '']] : spans.map((span) => [day, clock(span.from), clock(span.to)]);
      }),
    ]);
  return (
    <main id="main" tabIndex={-1} class="page hours-page">
      <header class="page-head">
        <a class="crumb" href={address(PATH)} data-inside>
          {t('placeHours')}
        </a>
        <span class="quiet" aria-hidden="true">
          /
        </span>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        <span class={isOpen ? 'badge badge-good' : 'badge'}>
          <Mark state={isOpen ? 'delivered' : 'idle'} size={14} />
          {!value.active ? t('hoursNotActive') : isOpen ? (nextAt === '' ? t('openAlways') : t('openUntil', { time: nextAt })) : nextAt === '' ? t('departmentClosed') : t('closedUntil', { time: nextAt })}
        </span>
        <span class="push" />
        {all.hours.length > 1 ? (
          <select class="input hours-which" aria-label={t('whichHours')} value={hours?._id ?? NEW} onChange={(event) => go(`${PATH}/${event.currentTarget.value}`)}>
            {hours === undefined ? <option value={NEW}>{title}</option> : null}
            {all.hours.map((one) => (
              <option key={one._id} value={one._id}>
                {hoursName(one)}
              </option>
            ))}
          </select>
        ) : null}
        <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={save}>
          <Icon name="download" />
        </button>
        {hours !== undefined && isCustom ? (
          <Removal
            id={hours._id}
            name={title}
            more={t('removeHoursMore')}
            remove={async () => {
              await removeHours(hours._id);
              form.discard();
              await again();
              go(PATH);
            }}
          />
        ) : (
          <MoreMenu acts={hours === undefined ? [] : historyOf(hours._id)} />
        )}
        <a class="button" href={address(`${PATH}/${NEW}`)} data-inside>
          <Icon name="plus" />
          {t('newHours')}
        </a>
      </header>
      <Switches settings={all.settings} hasCustom={all.hours.length > 1} again={again} />
      <div class="beside">
        <div class="hours-main">
          <Week days={value.days} change={(days) => change({ days })} heat={heatOf(demand ?? [])} now={at} />
          <p class="hours-note line">
            <span class="hours-heat" aria-hidden="true">
              <i style={{ background: 'var(--heat-2)' }} />
              <i style={{ background: 'var(--heat-4)' }} />
            </span>
            <span>{t(isCustom ? 'whenTheirChatsCome' : 'whenChatsCome')}</span>
            <span class="strong">{demand === undefined ? '' : whileClosed(value.days, demand)}</span>
            <span class="push" />
            <span class="hours-keys">
              <kbd>←</kbd> <kbd>→</kbd> {t('keyMove')} <kbd>⇧</kbd> <kbd>→</kbd> {t('keyLonger')}
            </span>
          </p>
          <OtherDays all={value} today={at[2]} change={(otherDays) => change({ otherDays })} />
        </div>
        <aside class="hours-side" aria-label={t('aboutHours')}>
          {isCustom ? (
            <>
              <TextField label={names.name} value={value.name} {...of('name')} change={(name) => change({ name })} />
              <section>
                <Switch label={names.active} on={value.active} change={(active) => change({ active })} />
                {value.active ? null : <p class="meta">{t('removeHoursMore')}</p>}
              </section>
            </>
          ) : null}
          <section>
            <ChoiceField
              label={names.timezone}
              value={value.timezone}
              {...of('timezone')}
              change={(timezone) => change({ timezone })}
              choices={zones(value.timezone).map((zone) => [zone, zone === value.timezone ? t('zoneNow', { zone, time: timeOfDay(at[1]) }) : zone] as const)}
              help={change90 === undefined ? t('clocksStay') : `${t(change90[1] > 0 ? 'clocksForward' : 'clocksBack', { day: longDay(change90[0]) })} ${t('hoursStay')}`}
            />
          </section>
          <section>
            <Of hours={hours} all={all} chosen={value.departments} change={(departments) => change({ departments })} />
          </section>
          <section>
            <h2>{t('whileClosed')}</h2>
            <dl class="hours-facts">
              <dt>{t('closedVisitors')}</dt>
              <dd>{t('closedVisitorsMore')}</dd>
              <dt>{t('openChats')}</dt>
              <dd>{t('closedChatsMore')}</dd>
              <dt>{t('agents')}</dt>
              <dd>{t('closedAgentsMore')}</dd>
            </dl>
          </section>
          {value.active ? (
            <section>
              <h2>{t('hoursSeen')}</h2>
              <div class="hours-sees">
                <p class="strong">{backAt(value, at)}</p>
                <p class="meta">{t('visitorsSeeMore')}</p>
              </div>
            </section>
          ) : null}
        </aside>
      </div>
      <SaveBar
        form={form}
        names={names}
        shows={{
          days: (days) => days.map((spans, day) => [weekday(day, 'long'), timesOf(spans)]),
          otherDays: (days) => days.map((day) => [`${dates(day)} ${day.name}`.trim(), timesOf(day.spans)]),
          departments: named(all.departments.map(({ _id, name }) => [_id, name] as const)),
        }}
      />
    </main>
  );
}

/** Which part of the chats come then, and when most of those. */
function whileClosed(days: HoursDraft['days'], demand: readonly number[]): string {
  const { total, share, from } = outside(days, demand);
  if (total === 0) {
    return t('noChatsToCount');
  }
  const most = from === undefined ? '' : t('mostOfThem', { from: timeOfDay(from * 60), to: timeOfDay(from * 60 + 180) });
  return `${t('comeWhileClosed', { share: percent(share) })} ${most}`.trim();
}

/** A day that is so many days ahead: of this week by its name. */
const dayAhead = ([today, , date]: OnClocks, ahead: number): string =>
  ahead < 7 ? weekday((today + ahead) % 7, 'long') : longDay(new Date(`${dateAfter(date, ahead)}T12:00`).getTime());

/** As a visitor reads it who comes just after it has closed, or now, where it is closed. */
function backAt(draft: HoursDraft, at: OnClocks): string {
  const next = nextChange(draft, at);
  const isOpen = isOpenAt(draft, at);
  const closes = isOpen && next !== undefined ? onClocksAfter(at, next[0], next[1]) : isOpen ? undefined : at;
  const opens = closes === undefined ? undefined : nextChange(draft, closes);
  return closes === undefined || opens === undefined ? t('neverClosed') : t('backOn', { day: dayAhead(closes, opens[0]), time: timeOfDay(opens[1]) });
}

function zones(own: string): readonly string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return all.includes(own) ? all : [own, ...all];
}

interface OfProps {
  readonly hours: Known | undefined;
  readonly all: Read;
  readonly chosen: readonly string[];
  readonly change: (ids: readonly string[]) => void;
}

/** For which departments the hours are. */
function Of({ hours, all, chosen, change }: OfProps) {
  if (hours?.type !== 'default') {
    return (
      <Checks
        label={t('departments')}
        choices={all.departments.map(({ _id, name }) => [_id, name] as const)}
        chosen={chosen}
        choose={(ids) => change(ids.toSorted())}
      />
    );
  }
  return (
    <>
      <h2>{t('departments')}</h2>
      <ul class="hours-departments">
        {all.departments.map(({ _id, name, businessHourId }) => {
          const own = all.hours.find((one) => one._id === businessHourId && one.type === 'custom');
          return (
            <li key={_id} class="line">
              <Icon name={own === undefined ? 'check' : 'clock'} />
              <bdi>{name}</bdi>
              {own === undefined ? null : (
                <a href={address(`${PATH}/${own._id}`)} data-inside>
                  {hoursName(own)}
                </a>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface SwitchesProps {
  readonly settings: readonly Setting[];
  readonly hasCustom: boolean;
  readonly again: () => Promise<void>;
}

/** Hours that hold nowhere say so, and are switched on by those who may. */
function Switches({ settings, hasCustom, again }: SwitchesProps) {
  const { fault, run } = useAttempt();
  const [enabled, kind] = SWITCHES.map((id) => settings.find(({ _id }) => _id === id));
  const isOff = enabled?.value === false;
  const isSingle = hasCustom && kind?.value === 'Single';
  if (!isOff && !isSingle) {
    return null;
  }
  const setting = isOff ? enabled : kind;
  const turnOn = (): void =>
    run(async () => {
      await saveSettings(isOff ? { [SWITCHES[0]]: true } : { [SWITCHES[1]]: 'Multiple' });
      await again();
    });
  return (
    <div class="banner banner-wait">
      <Icon name="clock" />
      <span>{t(isOff ? 'hoursAreOff' : 'hoursAreSingle')}</span>
      <FaultLine words={fault.value} />
      <span class="push" />
      {setting?.blocked === true ? (
        <span class="line">
          <Icon name="lock" />
          {t('hoursFixed')}
        </span>
      ) : mayChangeSettings() ? (
        <button type="button" class="button small" onClick={turnOn}>
          {t('switchOn')}
        </button>
      ) : (
        <span>{t('administratorsCan')}</span>
      )}
    </div>
  );
}
