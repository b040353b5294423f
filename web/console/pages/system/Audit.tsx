import '../../parts/list-page.css';
import './system.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { type AuditPage, type Change, type Line, readAudit, readLine, type Wanted, whoOf } from '../../live/audit.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import { differences } from '../../parts/differences.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import { ExportButton } from '../../parts/ExportButton.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { walking } from '../../parts/rows.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { place } from '../../place.ts';
import { count, day, t, time } from '../../texts.ts';
import { KINDS, kindInWords } from './kinds.ts';

const NO_FILTERS = { q: '', kind: '', by: '', subject: '', from: '', until: '' } as const;

function wantedOf(query: URLSearchParams): Wanted {
  const of = (name: string): string => query.get(name) ?? '';
  return { text: of('q'), kind: of('kind'), person: of('by'), subject: of('subject'), from: of('from'), until: of('until') };
}

const atOf = ({ at }: Line): number => millis(at);

const byOf = ({ by }: Line): string => (by === null ? t('auditNobody') : whoOf(by));

/** A value on one line. */
const brief = (value: unknown): string => (value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** Of what has members those that differ from what it was, or became. */
function inShort(value: unknown, other: unknown): string {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? differences(other, value)
        .flatMap(({ name, to }) => (to === '' ? [] : [`${name}: ${to}`]))
        .join(', ')
    : brief(value);
}

/** Of hours those of everybody have an empty name; what has none is called by its id. */
const nameIn = ({ kind, name, subject }: Change): string => (name === '' && kind.startsWith('business-hour.') ? t('auditDefaultHours') : (name ?? '') || subject);
const calledOf = (change: Change | undefined): string => (change === undefined ? '' : nameIn(change));

/** Who changed what and when, the latest first. */
export function Audit() {
  const { query } = place.value;
  const wanted = wantedOf(query);
  const open = query.get('open') ?? '';
  const found = useSignal<AuditPage | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const isMore = useSignal(false);
  const asked = useRef(0);
  const search = JSON.stringify(wanted);
  const look = async (cursor?: string): Promise<void> => {
    asked.current += 1;
    const own = asked.current;
    isMore.value = cursor !== undefined;
    try {
      const page = await readAudit(wanted, cursor);
      if (own === asked.current) {
        const before = cursor === undefined ? [] : (found.peek()?.items ?? []);
        found.value = { items: [...before, ...page.items], nextCursor: page.nextCursor };
        error.value = undefined;
      }
    } catch (fault) {
      if (own === asked.current) {
        error.value = fault;
      }
    }
    isMore.value = false;
  };
  useEffect(() => {
    document.title = `${t('placeAudit')} · Hark`;
  }, []);
  useEffect(() => void look(), [search]);
  const items = found.value?.items ?? [];
  const step = (by: 1 | -1): void => {
    const next = items[items.findIndex((line) => line.id === open) + by];
    if (next !== undefined) {
      ask({ open: next.id });
    }
  };
  useKeys(walking(step));
  const table = () => {
    const head = [t('auditWhen'), t('auditWho'), t('auditKind'), t('auditWhat'), t('auditBefore'), t('auditAfter')];
    const lines = items.flatMap((line) =>
      line.changes.map((change) => [line.at, line.by?.username ?? '', change.kind, nameIn(change), brief(change.from), brief(change.to)]),
    );
    return [head, ...lines];
  };
  const listed = items.find((line) => line.id === open);
  const isElsewhere = found.value !== undefined && listed === undefined;
  const elsewhere = useReading(async () => (isElsewhere ? await readLine(open) : undefined), isElsewhere ? open : '');
  const chosen = listed ?? elsewhere.value;
  const isFiltered = Object.values(wanted).some((value) => value !== '');
  return (
    <main id="main" tabIndex={-1} class="page list-page" aria-busy={found.value === undefined && error.value === undefined}>
      <header class="page-head">
        <h1>{t('placeAudit')}</h1>
        <span class="push" />
        <ExportButton name={t('placeAudit')} table={table} />
      </header>
      <Filters wanted={wanted} items={items} />
      <div class="beside">
        <div class="list-body">
          {found.value === undefined && error.value === undefined ? <Skeleton rows={10} /> : null}
          {error.value === undefined ? null : <NotRead error={error.value} again={() => void look()} />}
          {found.value !== undefined && items.length === 0 ? (
            <div class="empty" role="status">
              <Icon name="history" size={24} />
              <h2>{t(isFiltered ? 'auditNoneFound' : 'auditNone')}</h2>
              <p>{t(isFiltered ? 'auditNoneFoundMore' : 'auditNoneMore')}</p>
              {isFiltered ? (
                <button type="button" class="button" onClick={() => ask(NO_FILTERS)}>
                  {t('auditAllChanges')}
                </button>
              ) : null}
            </div>
          ) : null}
          {items.length === 0 ? null : (
            <table class="listed au-lines">
              <thead>
                <tr>
                  <th scope="col">{t('auditWhat')}</th>
                  <th scope="col">{t('auditWho')}</th>
                  <th scope="col" class="wide">
                    {t('auditBefore')}
                  </th>
                  <th scope="col" class="wide">
                    {t('auditAfter')}
                  </th>
                  <th scope="col" class="num">
                    {t('auditWhen')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((line, at) => (
                  <Row key={line.id} line={line} before={items[at - 1]} isShown={line.id === open} />
                ))}
              </tbody>
            </table>
          )}
          {(found.value?.nextCursor ?? null) === null ? null : (
            <p class="list-foot line">
              <button type="button" class="button small" aria-disabled={isMore.value} onClick={() => void look(found.peek()?.nextCursor ?? undefined)}>
                {t('showMore')}
              </button>
            </p>
          )}
        </div>
        {chosen === undefined ? null : <InFull key={chosen.id} line={chosen} step={step} />}
        {isElsewhere && elsewhere.error !== undefined ? (
          <Drawer title={t('placeAudit')} close={() => ask({ open: '' })}>
            <NotRead error={elsewhere.error} again={() => void elsewhere.again()} />
          </Drawer>
        ) : null}
      </div>
    </main>
  );
}

const choice = (name: string, label: string, value: string, options: readonly (readonly [string, string])[]) => (
  <select class={value === '' ? 'filter' : 'filter is-set'} aria-label={label} value={value} onChange={(event) => ask({ [name]: event.currentTarget.value, open: '' })}>
    <option value="">{label}</option>
    {options.map(([one, shown]) => (
      <option key={one} value={one}>
        {shown}
      </option>
    ))}
  </select>
);
const date = (name: string, label: string, value: string) => (
  <label class={value === '' ? 'filter' : 'filter is-set'}>
    {label}
    <input type="date" value={value} onInput={(event) => ask({ [name]: event.currentTarget.value, open: '' })} />
  </label>
);

interface FiltersProps {
  readonly wanted: Wanted;
  readonly items: readonly Line[];
}

function Filters({ wanted, items }: FiltersProps) {
  // Those who are in what was read; who is asked for is one of them, or stands there by the id.
  const people = new Map(items.flatMap(({ by }) => (by === null ? [] : [[by.id, whoOf(by)] as const])));
  if (wanted.person !== '' && !people.has(wanted.person)) {
    people.set(wanted.person, wanted.person);
  }
  return (
    <div class="st-find" role="search" aria-label={t('auditFilters')}>
      <span class="input">
        <Icon name="search" />
        <input type="search" aria-label={t('auditSearch')} placeholder={t('auditSearch')} value={wanted.text} onInput={(event) => ask({ q: event.currentTarget.value, open: '' })} />
      </span>
      {choice('kind', t('auditAnyKind'), wanted.kind, KINDS.map((kind) => [kind, kindInWords(kind)]))}
      {choice('by', t('auditAnybody'), wanted.person, [...people])}
      {date('from', t('auditFrom'), wanted.from)}
      {date('until', t('auditUntil'), wanted.until)}
      {wanted.subject === '' ? null : (
        <button type="button" class="filter is-set" title={t('auditAllChanges')} onClick={() => ask({ subject: '', open: '' })}>
          {t('auditOf')} <b><bdi>{subjectName(wanted.subject, items)}</bdi></b>
          <Icon name="x" size={14} />
          <span class="unseen">{t('auditAllChanges')}</span>
        </button>
      )}
    </div>
  );
}

/** As it was called last. */
function subjectName(subject: string, items: readonly Line[]): string {
  const known = items.flatMap(({ changes }) => changes).find((change) => change.subject === subject && change.name !== null);
  return known === undefined ? subject : nameIn(known);
}

interface RowProps {
  readonly line: Line;
  readonly before: Line | undefined;
  readonly isShown: boolean;
}

const dayOf = (line: Line): number => new Date(line.at).setHours(0, 0, 0, 0);

function Row({ line, before, isShown }: RowProps) {
  const [first] = line.changes;
  const further = line.changes.length - 1 + line.leftOut;
  return (
    <>
      {before !== undefined && dayOf(before) === dayOf(line) ? null : (
        <tr class="au-day">
          <td colSpan={5}>{day(atOf(line), Date.now())}</td>
        </tr>
      )}
      <tr class={isShown ? 'is-selected' : ''}>
        <th scope="row">
          <button type="button" class="link-button" aria-expanded={isShown} onClick={() => ask({ open: isShown ? '' : line.id })}>
            <bdi>{calledOf(first)}</bdi>
          </button>
          <span class="sub">
            {kindInWords(line.kind)}
            {further > 0 ? ` · ${count('auditFurther', further)}` : ''}
          </span>
        </th>
        <td>
          <bdi>{byOf(line)}</bdi>
        </td>
        <td class="wide">
          <bdi class="au-value">{inShort(first?.from, first?.to)}</bdi>
        </td>
        <td class="wide">
          <bdi class="au-value">{inShort(first?.to, first?.from)}</bdi>
        </td>
        <td class="num">{time(atOf(line), true)}</td>
      </tr>
    </>
  );
}

interface InFullProps {
  readonly line: Line;
  readonly step: (by: 1 | -1) => void;
}

function InFull({ line, step }: InFullProps) {
  return (
    <Drawer title={calledOf(line.changes[0])} step={step} close={() => ask({ open: '' })}>
      <p class="quiet">{t('auditByAt', { name: byOf(line), day: day(atOf(line), Date.now()), time: time(atOf(line), true) })}</p>
      {line.changes.map((change, at) => (
        <One key={at} change={change} />
      ))}
      {line.leftOut === 0 ? null : <p class="quiet">{count('auditLeftOut', line.leftOut)}</p>}
    </Drawer>
  );
}

const isKnown = (value: unknown): boolean => value !== null && value !== undefined;

function One({ change }: { readonly change: Change }) {
  const { kind, subject, from, to } = change;
  const name = nameIn(change);
  return (
    <section class="au-change">
      <h3>{kindInWords(kind)}</h3>
      <p>
        <bdi>{name}</bdi> {name === subject ? null : <bdi class="mono quiet">{subject}</bdi>}
      </p>
      {subject === '' || subject === place.value.query.get('subject') ? null : (
        <button type="button" class="link-button" onClick={() => ask({ ...NO_FILTERS, subject })}>
          {t('auditHistory')}
        </button>
      )}
      {isKnown(from) ? (
        <>
          <h4>{t('auditBefore')}</h4>
          <Json value={from} />
        </>
      ) : null}
      {isKnown(to) ? (
        <>
          <h4>{t('auditAfter')}</h4>
          <Json value={to} />
        </>
      ) : null}
      {isKnown(from) || isKnown(to) ? null : <p class="quiet">{t('auditNoValues')}</p>}
    </section>
  );
}
