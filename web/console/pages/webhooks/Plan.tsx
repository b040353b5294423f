import { useSignal } from '@preact/signals';

import type { Policy, Schedule } from '../../live/endpoints.ts';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { count, number, shortly, t } from '../../texts.ts';
import { read, written } from './spans.ts';

const WIDE = 648;
const HIGH = 22;
const LEFT = 6;
const RIGHT = WIDE - 42;
const LINE = 14.5;
/** Labels that stand side by side need so much room. */
const ROOM = 52;

interface Props {
  readonly schedule: Schedule;
  readonly policy: Policy | null;
  /** Nothing where it is changed elsewhere. */
  readonly change?: (policy: Policy | null) => void;
}

/** When a delivery that does not arrive is tried again, on a line on which each step is so many times as long as the one before. */
export function Plan({ schedule, policy, change }: Props) {
  const isOpen = useSignal(false);
  const now: Schedule = { ...schedule, ...policy };
  const { success, timeoutMs, heedsReceiver } = now;
  const about = t('planAbout', { success: success === '200' ? '200' : '2xx', time: shortly(timeoutMs) });
  return (
    <section class="plan" aria-labelledby="plan">
      <div class="line">
        <h2 id="plan">{t('whenNoAnswer')}</h2>
        <span class="meta">
          {about}
          {heedsReceiver ? ` ${t('retryAfterHeeded')}` : ''}
        </span>
        <span class="push" />
        {change === undefined ? null : (
          <button
            type="button"
            class="link-button"
            aria-expanded={isOpen.value}
            onClick={() => {
              isOpen.value = !isOpen.value;
            }}
          >
            {t('changePlan')}
          </button>
        )}
      </div>
      <Line delays={now.delaysMs} />
      {isOpen.value && change !== undefined ? <Change now={now} policy={policy} change={change} /> : null}
    </section>
  );
}

const MINUTE_MS = 60_000;

/** Seconds say nothing beside minutes. */
const roughly = (ms: number): number => (ms < MINUTE_MS ? ms : Math.round(ms / MINUTE_MS) * MINUTE_MS);

function Line({ delays }: { readonly delays: readonly number[] }) {
  let passed = 0;
  const moments = delays.map((delay) => {
    passed += delay;
    return passed;
  });
  const end = passed;
  const place = (at: number): number => LEFT + (Math.log1p(at / 1000) / Math.max(1, Math.log1p(end / 1000))) * (RIGHT - LEFT);
  const all = [0, ...moments];
  let free = -ROOM;
  const labels = all.slice(0, -1).flatMap((at, index) => {
    const x = place(at);
    if (x - free < ROOM || (index > 0 && RIGHT - x < ROOM * 2)) {
      return [];
    }
    free = x;
    return [{ x, words: at === 0 ? t('atOnce') : shortly(roughly(at)) }];
  });
  const last = end === 0 ? t('givenUpAtOnce') : t('givenUpAfterAll', { time: shortly(roughly(end)) });
  return (
    <div class="plan-drawn">
      <svg class="chart plan-line" viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={`${count('attemptsCount', all.length)}: ${[t('atOnce'), ...moments.map(shortly)].join(', ')}; ${last}`}>
        <path class="axis" d={`M${LEFT} ${LINE}H${RIGHT}`} />
        {all.map((at, index) => (
          <circle key={`${index} ${at}`} class={index === all.length - 1 ? 'is-last' : ''} cx={place(at)} cy={LINE} r="5" />
        ))}
      </svg>
      <p class="plan-labels" aria-hidden="true">
        {labels.map(({ x, words }) => (
          <span key={x} class={x === LEFT ? 'is-first' : ''} style={{ insetInlineStart: `${(x / WIDE) * 100}%` }}>
            {words}
          </span>
        ))}
        <span class="is-last">{last}</span>
      </p>
    </div>
  );
}

function Change({ now, policy, change }: { readonly now: Schedule; readonly policy: Policy | null; readonly change: (policy: Policy | null) => void }) {
  const pauses = useSignal(now.delaysMs.map(written).join(' '));
  const seconds = useSignal(String(now.timeoutMs / 1000));
  const isRead = read(pauses.value) !== undefined;
  const isTime = Number(seconds.value) > 0;
  const set = (some: Policy): void => change({ ...policy, ...some });
  return (
    <div class="plan-fields">
      <TextField
        label={t('pausesBetween')}
        help={t('pausesHelp', { many: number(read(pauses.value)?.length ?? 0) })}
        error={isRead ? undefined : t('badPauses')}
        value={pauses.value}
        change={(text) => {
          pauses.value = text;
          const delaysMs = read(text);
          if (delaysMs !== undefined) {
            set({ delaysMs });
          }
        }}
      />
      <TextField
        label={t('timeForAnswer')}
        kind="number"
        error={isTime ? undefined : t('badTime')}
        value={seconds.value}
        change={(text) => {
          seconds.value = text;
          const timeoutMs = Math.round(Number(text) * 1000);
          if (timeoutMs > 0) {
            set({ timeoutMs });
          }
        }}
      />
      <ChoiceField
        label={t('successIs')}
        value={now.success}
        change={(success) => set({ success: success === '200' ? '200' : '2xx' })}
        choices={[
          ['2xx', t('any2xx')],
          ['200', t('only200')],
        ]}
      />
      {policy === null ? null : (
        <button
          type="button"
          class="button small"
          onClick={() => {
            change(null);
          }}
        >
          {t('asDialectDoes')}
        </button>
      )}
    </div>
  );
}
