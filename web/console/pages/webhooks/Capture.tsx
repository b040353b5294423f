import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';

import { CAPTURE, type Counts, type CrmSettings, type Example } from '../../live/crm.ts';
import { Field } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Toggle } from '../../parts/Switch.tsx';
import { count, number, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { DayCount } from './DayCount.tsx';
import { faultOf, type Found, LONGEST, type Tried } from './finding.ts';
import { inMs } from './phases.ts';
import { LONGEST_MS, useTrial } from './trial.ts';

const KINDS = { navigation: 'visitor.navigated', leads: 'lead.captured' } as const;

/** The kinds that are told of besides, in their order. */
export const ALSO: readonly string[] = Object.values(KINDS);

interface Props {
  readonly now: CrmSettings;
  /** Why the server has not taken what was to be saved. */
  readonly fault: string;
  readonly came: CrmSettings;
  /** Not given to those who may only look. */
  readonly change: ((id: string, value: string | boolean) => void) | undefined;
  readonly shown: string;
  readonly show: (kind: string) => void;
  readonly types: ReadonlyMap<string, Example>;
  readonly counts: Counts | undefined;
}

/** What else is told, and by which patterns addresses and numbers are found in what visitors write. */
export function Capture({ now, fault, came, change, shown, show, types, counts }: Props) {
  const rows = [
    [CAPTURE.navigation, t('navigationHistory'), KINDS.navigation],
    [CAPTURE.leads, t('leadCapture'), KINDS.leads],
  ] as const;
  const toggled = (id: string) => (change === undefined ? undefined : (on: boolean) => change(id, on));
  const lacksPages = now[CAPTURE.navigation] === true && now[CAPTURE.pages] !== true;
  return (
    <>
      <h2 id="also">{t('also')}</h2>
      {change === undefined ? <p class="meta">{t('mayNotCapture')}</p> : null}
      <ul class="switches" aria-labelledby="also">
        {rows.map(([id, label, kind]) => (
          <Fragment key={id}>
            <li class={kind === shown ? 'is-shown' : ''}>
              <Toggle label={`${t('sendRequestOn')} ${label}`} on={now[id] === true} change={toggled(id)} />
              <button type="button" class="kind" aria-pressed={kind === shown} onClick={() => show(kind)}>
                <span>{label}</span>
                <span class="mono">{types.get(kind)?.type}</span>
                <DayCount of={counts} kind={kind} />
              </button>
            </li>
            {id === CAPTURE.navigation ? (
              <li>
                <Toggle label={t('navigationAsMessage')} on={now[CAPTURE.pages] === true} change={toggled(CAPTURE.pages)} />
                <span>
                  {t('navigationAsMessage')}
                  <span class="line meta" role="status">
                    {lacksPages ? (
                      <>
                        <Icon name="alert" size={14} />
                        {t('navigationNeedsIt')}
                      </>
                    ) : null}
                  </span>
                </span>
              </li>
            ) : null}
          </Fragment>
        ))}
      </ul>
      <Patterns now={now} fault={fault} came={came} change={change} />
    </>
  );
}

function Patterns({ now, fault, came, change }: Pick<Props, 'now' | 'fault' | 'came' | 'change'>) {
  const text = useSignal(t('sampleText'));
  const fields: readonly (readonly [Found['kind'], string, TextKey])[] = [
    ['email', CAPTURE.email, 'leadEmail'],
    ['phone', CAPTURE.phone, 'leadPhone'],
  ];
  const patterns = fields.map(([kind, id]) => ({ kind, pattern: String(now[id] ?? ''), usual: String(came[id] ?? '') }));
  const trial = useTrial({ text: text.value, patterns });
  const isStopped = trial === 'stopped';
  // The last one stays until the next is there, so that nothing flickers.
  const { found, ms, text: tried }: Tried = typeof trial === 'object' ? trial : { text: text.value, found: [], ms: 0 };
  return (
    <div class="patterns">
      {fields.map(([kind, id, label]) => (
        <PatternField
          key={kind}
          label={t(label)}
          value={String(now[id] ?? '')}
          usual={String(came[id] ?? '')}
          refused={fault.startsWith(`${id} `) ? fault : ''}
          change={change === undefined ? undefined : (value) => change(id, value)}
        />
      ))}
      <div class="field">
        <label for="sample">{t('sample')}</label>
        <input
          id="sample"
          class="input"
          dir="auto"
          maxLength={LONGEST}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </div>
      <div role="region" aria-label={t('whatIsFound')}>
        <p class="found" dir="auto">
          <Marked text={tried} found={found} />
        </p>
        <p class={isStopped ? 'line meta wait' : 'line meta'} role="status">
          {trial === undefined ? null : isStopped ? (
            <>
              <Icon name="alert" size={14} />
              {t('trialStopped', { ms: number(LONGEST_MS) })}
            </>
          ) : (
            <>
              <Count kind="email" found={found} />
              <Count kind="phone" found={found} />
              <span class="push num">{t('inMs', { ms: inMs(ms) })}</span>
            </>
          )}
        </p>
      </div>
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly usual: string;
  /** In the words of the server. */
  readonly refused: string;
  readonly change: ((value: string) => void) | undefined;
}

function PatternField({ label, value, usual, refused, change }: FieldProps) {
  const unreadable = faultOf(value);
  const wrong =
    unreadable === '' ? (
      <span lang="en">{refused}</span>
    ) : (
      <span>
        {t('badPattern')} <span lang="en">({unreadable})</span>
      </span>
    );
  return (
    <Field
      label={label}
      isChanged={value !== usual}
      error={unreadable === '' && refused === '' ? '' : wrong}
      control={(given) => (
        <span class="line">
          <input
            {...given}
            class={`${given.class} mono`}
            spellcheck={false}
            readOnly={change === undefined}
            value={value}
            onInput={(event) => change?.(event.currentTarget.value)}
          />
          {value === usual || change === undefined ? null : (
            <button type="button" class="link-button" onClick={() => change(usual)}>
              {t('toDefault')}
            </button>
          )}
        </span>
      )}
    />
  );
}

/** The text with what was found in it marked; of what overlaps, the first. */
function Marked({ text, found }: { readonly text: string; readonly found: readonly Found[] }) {
  const parts = [];
  let end = 0;
  for (const { from, until, byDefault } of found) {
    if (from >= end) {
      parts.push(text.slice(end, from), <mark class={byDefault ? '' : 'is-new'}>{text.slice(from, until)}</mark>);
      end = until;
    }
  }
  parts.push(text.slice(end));
  return <>{parts}</>;
}

function Count({ kind, found }: { readonly kind: Found['kind']; readonly found: readonly Found[] }) {
  const those = found.filter((one) => one.kind === kind);
  const isNew = those.some(({ byDefault }) => !byDefault);
  return (
    <span class="line">
      <i class={isNew ? 'sign is-new' : 'sign'} aria-hidden="true" />
      {[count(kind === 'email' ? 'foundEmails' : 'foundPhones', those.length), ...(isNew ? [t('notByDefault')] : [])].join(', ')}
    </span>
  );
}
