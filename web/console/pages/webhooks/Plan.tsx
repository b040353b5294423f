import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import type { PolicyDraft, Schedule } from '../../live/endpoints.ts';
import { ChoiceField, TextField } from '../../parts/Field.tsx';
import { isSame } from '../../parts/form.ts';
import { useWidth } from '../../parts/charts/width.ts';
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
  readonly policy: PolicyDraft | null;
  /** Nothing where it is changed elsewhere. */
  readonly change?: (policy: PolicyDraft | null) => void;
}

/** Why a plan cannot be saved as it was typed; empty where it can. */
export function faultOf(policy: PolicyDraft | null): string {
  if (typeof policy?.delaysMs === 'string') {
    return t('badPauses');
  }
  return typeof policy?.timeoutMs === 'string' ? `${t('timeForAnswer')}: ${t('badTime')}` : '';
}

/** When a delivery that does not arrive is tried again, on a line on which each step is so many times as long as the one before. */
export function Plan({ schedule, policy, change }: Props) {
  const isOpen = useSignal(false);
  const now: Typed = { ...schedule, ...policy };
  const { heedsReceiver } = schedule;
  // While something cannot be read, what was there before is drawn.
  const drawn = useRef(schedule);
  drawn.current = {
    ...schedule,
    success: now.success,
    timeoutMs: typeof now.timeoutMs === 'string' ? drawn.current.timeoutMs : now.timeoutMs,
    delaysMs: typeof now.delaysMs === 'string' ? drawn.current.delaysMs : now.delaysMs,
  };
  const { timeoutMs, delaysMs } = drawn.current;
  const about = t('planAbout', { success: now.success === '200' ? '200' : '2xx', time: shortly(timeoutMs) });
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
      <Line delays={delaysMs} />
      {isOpen.value && change !== undefined ? <Change now={now} policy={policy} change={change} /> : null}
    </section>
  );
}

const MINUTE_MS = 60_000;

/** Seconds say nothing beside minutes. */
const roughly = (ms: number): number => (ms < MINUTE_MS ? ms : Math.round(ms / MINUTE_MS) * MINUTE_MS);

function Line({ delays }: { readonly delays: readonly number[] }) {
  const [box, width] = useWidth();
  // What is drawn is as wide as the page lets it be, and words are not.
  const room = ROOM * Math.max(1, WIDE / Math.max(1, width.value));
  let passed = 0;
  const moments = delays.map((delay) => {
    passed += delay;
    return passed;
  });
  const end = passed;
  const place = (at: number): number => LEFT + (Math.log1p(at / 1000) / Math.max(1, Math.log1p(end / 1000))) * (RIGHT - LEFT);
  const all = [0, ...moments];
  let free = -room;
  const labels = all.slice(0, -1).flatMap((at, index) => {
    const x = place(at);
    if (x - free < room || (index > 0 && RIGHT - x < room * 2)) {
      return [];
    }
    free = x;
    return [{ x, words: at === 0 ? t('atOnce') : shortly(roughly(at)) }];
  });
  const last = end === 0 ? t('givenUpAtOnce') : t('givenUpAfterAll', { time: shortly(roughly(end)) });
  return (
    <div ref={box} class="plan-drawn">
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

type Typed = Required<PolicyDraft>;

const millisOf = (seconds: string): number => Math.round(Number(seconds) * 1000);

interface ChangeProps {
  readonly now: Typed;
  readonly policy: PolicyDraft | null;
  readonly change: (policy: PolicyDraft | null) => void;
}

function Change({ now, policy, change }: ChangeProps) {
  /** In the words in which it was typed, as long as nobody else says something else. */
  const typed = useSignal({ pauses: '', seconds: '' });
  const { delaysMs, timeoutMs } = now;
  const pauses = typeof delaysMs === 'string' ? delaysMs : isSame(read(typed.value.pauses), delaysMs) ? typed.value.pauses : delaysMs.map(written).join(' ');
  const seconds = typeof timeoutMs === 'string' ? timeoutMs : millisOf(typed.value.seconds) === timeoutMs ? typed.value.seconds : String(timeoutMs / 1000);
  const set = (some: PolicyDraft): void => change({ ...policy, ...some });
  return (
    <div class="plan-fields">
      <TextField
        label={t('pausesBetween')}
        help={t('pausesHelp', { many: number(read(pauses)?.length ?? 0) })}
        error={typeof delaysMs === 'string' ? t('badPauses') : undefined}
        value={pauses}
        change={(text) => {
          typed.value = { ...typed.peek(), pauses: text };
          set({ delaysMs: read(text) ?? text });
        }}
      />
      <TextField
        label={t('timeForAnswer')}
        kind="number"
        error={typeof timeoutMs === 'string' ? t('badTime') : undefined}
        value={seconds}
        change={(text) => {
          typed.value = { ...typed.peek(), seconds: text };
          set({ timeoutMs: millisOf(text) > 0 ? millisOf(text) : text });
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
