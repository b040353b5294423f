import { useSignal } from '@preact/signals';

import { BEGIN, dateAfter, DAYS, freeSpan, type HoursDraft, type OtherDay, type Span } from '../../live/hours.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Field, TextField } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { MoreMenu } from '../../parts/MoreMenu.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { locale, t, timeOfDay } from '../../texts.ts';
import { TimeOfDay } from './TimeOfDay.tsx';

/** As many as the server takes. */
const MOST = 200;
const MOST_SPANS = 4;

interface Props {
  readonly all: HoursDraft;
  /** On the clocks of these hours. */
  readonly today: string;
  readonly change: (days: readonly OtherDay[]) => void;
}

interface Edited {
  /** What it was; nothing while it is new. */
  readonly was: OtherDay | undefined;
}

export const timesOf = (spans: readonly Span[]): string => (spans.length === 0 ? t('departmentClosed') : spans.map(({ from, to }) => `${timeOfDay(from)} – ${timeOfDay(to)}`).join(', '));

/** Holidays, and days that are shorter or longer than those of the week. */
export function OtherDays({ all, today, change }: Props) {
  const edited = useSignal<Edited | undefined>(undefined);
  const { otherDays } = all;
  const without = (day: OtherDay | undefined): readonly OtherDay[] => otherDays.filter((other) => other !== day);
  const edit = (was: OtherDay | undefined): void => {
    edited.value = { was };
  };
  const close = (): void => {
    edited.value = undefined;
  };
  return (
    <section class="hours-others" aria-labelledby="hours-others">
      <header class="line">
        <h2 id="hours-others">{t('otherDaysTitle')}</h2>
        <span class="push" />
        {otherDays.length < MOST ? (
          <button type="button" class="button" onClick={() => edit(undefined)}>
            <Icon name="plus" />
            {t('addDay')}
          </button>
        ) : null}
      </header>
      {otherDays.length === 0 ? <p class="meta">{t('otherDaysMore')}</p> : null}
      <ul>
        {otherDays.map((day) => (
          <li key={day.from} class={day.until < today ? 'is-over' : ''}>
            <span class="hours-others-date">
              {dates(day)}
              {day.until < today ? <span class="badge">{t('dayIsOver')}</span> : null}
            </span>
            <bdi>{day.name}</bdi>
            <span class={isLonger(day, all) ? 'hours-others-times is-longer' : 'hours-others-times'}>
              {timesOf(day.spans)}
              {isLonger(day, all) ? <span class="unseen"> {t('longerThanWeek')}</span> : null}
            </span>
            <MoreMenu
              acts={[
                { icon: 'edit', name: t('edit'), act: () => edit(day) },
                { icon: 'trash', name: t('remove'), act: () => change(without(day)) },
              ]}
            />
          </li>
        ))}
      </ul>
      {edited.value === undefined ? null : (
        <DayDialog
          was={edited.value.was}
          others={without(edited.value.was)}
          today={today}
          keep={(day) => {
            change([...without(edited.peek()?.was), day].toSorted((one, other) => (one.from < other.from ? -1 : 1)));
            close();
          }}
          close={close}
        />
      )}
    </section>
  );
}

/** In one calendar for everybody, as days of a week are: it is a date, and no moment. */
export function dates({ from, until }: OtherDay): string {
  const format = new Intl.DateTimeFormat(locale.value, { calendar: 'gregory', weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return from === until ? format.format(Date.parse(from)) : format.formatRange(Date.parse(from), Date.parse(until));
}

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/** On its first day it is open longer than that day of the week is. */
function isLonger({ from, spans }: OtherDay, { days }: HoursDraft): boolean {
  const day = (new Date(from).getUTCDay() + DAYS.length - 1) % DAYS.length;
  return lengthOf(spans) > lengthOf(days[day] ?? []);
}

interface DialogProps {
  readonly was: OtherDay | undefined;
  readonly others: readonly OtherDay[];
  readonly today: string;
  readonly keep: (day: OtherDay) => void;
  readonly close: () => void;
}

function DayDialog({ was, others, today, keep, close }: DialogProps) {
  const day = useSignal<OtherDay>(was ?? { from: dateAfter(today, 1), until: dateAfter(today, 1), name: '', spans: [] });
  const isTried = useSignal(false);
  const { from, until, name, spans } = day.value;
  const set = (some: Partial<OtherDay>): void => {
    day.value = { ...day.peek(), ...some };
  };
  const faults = {
    from: from === '' ? t('dayMissing') : others.some((other) => other.from <= until && from <= other.until) ? t('dayTaken') : '',
    until: until === '' ? t('dayMissing') : until < from ? t('dayOrder') : until > dateAfter(from === '' ? today : from, 365) ? t('dayTooLong') : '',
    spans: inOrder(spans).every((span, at, all) => span.from < span.to && (all[at - 1]?.to ?? 0) <= span.from) ? '' : t('timesOrder'),
  };
  const act = (): void => {
    isTried.value = true;
    if (Object.values(faults).every((fault) => fault === '')) {
      keep({ ...day.peek(), spans: inOrder(spans) });
    }
  };
  const put = (at: number, some: Partial<Span>): void => set({ spans: spans.map((span, index) => (index === at ? { ...span, ...some } : span)) });
  const title = t(was === undefined ? 'addDay' : 'changeDay');
  const foot = (
    <>
      <span class="push" />
      <button type="button" class="button quiet" onClick={close}>
        {t('cancel')}
      </button>
      <button type="button" class="button primary" onClick={act}>
        {title}
      </button>
    </>
  );
  const said = (fault: string): string | undefined => (isTried.value && fault !== '' ? fault : undefined);
  return (
    <Dialog title={title} close={close} act={act} foot={foot}>
      <div class="hours-others-dates">
        <TextField label={t('otherFirstDay')} kind="date" value={from} error={said(faults.from)} change={(value) => set({ from: value, ...(until < value || until === from ? { until: value } : {}) })} />
        <TextField label={t('otherLastDay')} kind="date" value={until} error={said(faults.until)} change={(value) => set({ until: value })} />
      </div>
      <TextField label={t('name')} value={name} change={(value) => set({ name: value.slice(0, 200) })} />
      <Field
        label={t('hours')}
        error={said(faults.spans)}
        control={({ id, 'aria-describedby': about }) => (
          <div id={id} role="group" aria-label={t('hours')} {...(about === undefined ? {} : { 'aria-describedby': about })}>
            <Segments
              choices={[
                ['closed', t('departmentClosed')],
                ['open', t('openFromTo')],
              ]}
              chosen={spans.length === 0 ? 'closed' : 'open'}
              choose={(choice) => set({ spans: choice === 'closed' ? [] : spans.length === 0 ? [BEGIN] : spans })}
            />
            {spans.map((span, at) => (
              <p key={at} class="hours-exact line">
                <TimeOfDay label={t('hoursFrom')} value={span.from} change={(minutes) => put(at, { from: minutes })} />
                <TimeOfDay isEnd label={t('hoursTo')} value={span.to} change={(minutes) => put(at, { to: minutes })} />
                {spans.length > 1 ? (
                  <button type="button" class="button small" onClick={() => set({ spans: spans.filter((_, index) => index !== at) })}>
                    {t('remove')}
                  </button>
                ) : null}
              </p>
            ))}
            {spans.length > 0 && spans.length < MOST_SPANS ? (
              <button type="button" class="button small" onClick={() => set({ spans: [...spans, freeSpan(spans) ?? BEGIN] })}>
                <Icon name="plus" />
                {t('addTime')}
              </button>
            ) : null}
          </div>
        )}
      />
    </Dialog>
  );
}

const inOrder = (spans: readonly Span[]): readonly Span[] => spans.toSorted((one, other) => one.from - other.from);
