import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import type { Known } from '../../live/endpoints.ts';
import { reason } from '../../live/reasons.ts';
import { type Counted, countReplay, startReplay, type Stretch } from '../../live/replays.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { TextField } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { NeedReason } from '../../parts/NeedReason.tsx';
import { Key } from '../../parts/Key.tsx';
import { useReading } from '../../parts/reading.ts';
import { place } from '../../place.ts';
import { count, number, t, time } from '../../texts.ts';
import { replays } from './replaying.ts';
import { needOf, shortOf } from '../../parts/endpoint-health.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SETTLED_MS = 300;
/** Kinds that have a colour of their own; the others share one. */
const COLOURS = 5;

interface Props {
  readonly known: Known;
  readonly test: () => void;
  readonly isBusy: boolean;
  readonly close: () => void;
}

/** As a field for moments has it: on the clock of whoever looks. */
function local(at: number): string {
  const moment = new Date(at);
  moment.setMinutes(moment.getMinutes() - moment.getTimezoneOffset());
  return moment.toISOString().slice(0, 16);
}

const momentOf = (text: string): number => millis(text);

const stretchOf = (from: string, until: string, failedOnly: boolean): Stretch | undefined => {
  const begin = momentOf(from);
  const end = momentOf(until);
  return Number.isNaN(begin)
    ? undefined
    : { from: new Date(begin).toISOString(), failedOnly, ...(Number.isNaN(end) ? {} : { to: new Date(end).toISOString() }) };
};

/** What is sent to an endpoint once more: first it is counted. */
export function Replay({ known, test, isBusy: isTesting, close }: Props) {
  const { endpoint, stats } = known;
  const { query } = place.peek();
  const asked = [query.get('from'), query.get('until')].map((text) => momentOf(text ?? ''));
  const [begin, end] = asked.map((at) => (Number.isNaN(at) ? undefined : at));
  const since = endpoint.trouble?.since ?? stats.failingSince;
  const failedOnly = useSignal(true);
  const from = useSignal(local(begin ?? (since === null ? Date.now() - DAY_MS : momentOf(since))));
  const until = useSignal(end === undefined ? '' : local(Math.ceil(end / MINUTE_MS) * MINUTE_MS));
  const wanted = stretchOf(from.value, until.value, failedOnly.value);
  const search = wanted === undefined ? '' : JSON.stringify(wanted);
  /** What is counted, once nobody types any more. */
  const settled = useSignal(search);
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = search;
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [search]);
  const counting = useReading(
    async () => (wanted === undefined ? undefined : { of: search, failedOnly: wanted.failedOnly, count: await countReplay(endpoint.id, wanted), at: Date.now() }),
    settled.value,
  );
  // What was counted of another stretch does not stand beside this one.
  const counted = counting.value?.of === search ? counting.value : undefined;
  const { fault, isBusy, run } = useAttempt();
  const isCounting = counted === undefined && wanted !== undefined && counting.error === undefined;
  const sum = counted?.count.queued ?? 0;
  const cannot = isBusy.value || sum === 0;
  const send = (): void => {
    if (!cannot && counted !== undefined) {
      run(async () => {
        replays.value = [await startReplay(endpoint.id, counted.count, counted.failedOnly), ...replays.peek()];
        close();
      });
    }
  };
  const need = needOf(known);
  return (
    <Dialog
      title={t('replayTo', { name: endpoint.name })}
      kind="replay"
      close={close}
      act={send}
      foot={
        <>
          <button type="button" class="button quiet" onClick={() => void counting.again()}>
            <Icon name="retry" />
            {t('countAgain')}
          </button>
          <span class="push" />
          {need?.isFault === true ? (
            <button type="button" class="button" aria-disabled={isTesting} onClick={test}>
              <Icon name="send" turns />
              {t('sendTest')}
            </button>
          ) : null}
          <button type="button" class="button primary" aria-disabled={cannot} onClick={send}>
            <span>{t('sendManyAgain', { count: `${number(sum)}${counted?.count.isPartial === true ? '+' : ''}` })}</span>
            <Key keys="mod enter" />
          </button>
        </>
      }
    >
      <p class="quiet">{t('sameIds')}</p>
      <fieldset class="replay-what">
        <legend class="unseen">{t('whatToSend')}</legend>
        <What name={t('whatWasGivenUp')} about={t('whatWasGivenUpMore')} is={failedOnly.value} choose={() => (failedOnly.value = true)} />
        <What name={t('allThatHappened')} about={t('allThatHappenedMore')} is={!failedOnly.value} choose={() => (failedOnly.value = false)} />
      </fieldset>
      <div class="replay-range">
        <TextField
          label={t('sinceWhen')}
          kind="datetime-local"
          value={from.value}
          change={(text) => {
            from.value = text;
          }}
        />
        <TextField
          label={t('untilWhen')}
          help={until.value === '' ? t('untilNow') : undefined}
          kind="datetime-local"
          value={until.value}
          change={(text) => {
            until.value = text;
          }}
        />
      </div>
      <FaultLine words={fault.value === '' && counting.error !== undefined ? reason(counting.error) : fault.value} />
      <div class="replay-counted" role="status" aria-busy={isCounting}>
        {isCounting ? <p class="quiet">{t('counting')}</p> : null}
        {counted === undefined ? null : <Sum counted={counted.count} at={counted.at} />}
      </div>
      {need?.isFault === true ? (
        <p class="banner banner-wait">
          <Icon name="alert" />
          <span>
            {shortOf(need)}
            <NeedReason need={need} />. {t('sendTestFirst')}
          </span>
        </p>
      ) : null}
    </Dialog>
  );
}

interface WhatProps {
  readonly name: string;
  readonly about: string;
  readonly is: boolean;
  readonly choose: () => void;
}

function What({ name, about, is, choose }: WhatProps) {
  return (
    <label class="replay-choice">
      <input type="radio" name="replay-what" checked={is} onChange={choose} />
      <span>{name}</span>
      <span class="meta">{about}</span>
    </label>
  );
}

const colour = (index: number): string => `var(--chart-${Math.min(index, COLOURS) + 1})`;

function Sum({ counted: { queued, kinds, conversations, isPartial }, at }: { readonly counted: Counted; readonly at: number }) {
  const sorted = Object.entries(kinds).toSorted(([, one], [, other]) => other - one);
  return (
    <>
      <p class="line">
        <b>
          {count('deliveriesCount', queued)}
          {isPartial ? '+' : ''}
        </b>
        {queued === 0 ? null : <span class="quiet">{count('ofChats', conversations)}</span>}
        <span class="push meta num">{t('countedAt', { time: time(at, true) })}</span>
      </p>
      {queued === 0 ? null : (
        <>
          <p class="kinds-bar" aria-hidden="true">
            {sorted.map(([kind, many], index) => (
              <i key={kind} style={{ flexGrow: many, background: colour(index) }} />
            ))}
          </p>
          <ul class="kinds-key">
            {sorted.map(([kind, many], index) => (
              <li key={kind}>
                <i style={{ background: colour(index) }} />
                {number(many)} <span class="mono">{kind}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
