import { useSignal } from '@preact/signals';

import type { Attempt, Header } from '../../live/crm.ts';
import { detailOf } from '../../parts/endpoint-health.ts';
import { Json } from '../../parts/Json.tsx';
import { answerInFull } from '../../parts/statuses.ts';
import { number, t } from '../../texts.ts';
import { inMs, PHASES, phasesOf } from './phases.ts';

const TABS = ['request', 'response', 'timing'] as const;
type Tab = (typeof TABS)[number];
const NAMES = { request: 'requestTab', response: 'responseTab', timing: 'timingTab' } as const;

interface Props {
  readonly attempt: Attempt;
  readonly number: number;
  readonly body: unknown;
}

/** What went out in an attempt, what came back, and how long each part of it took. */
export function Exchange({ attempt, number: place, body }: Props) {
  const tab = useSignal<Tab>('request');
  const { status, error } = attempt;
  return (
    <>
      <div class="tabs">
        <div role="tablist">
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={one === tab.value}
              onClick={() => {
                tab.value = one;
              }}
            >
              {t(NAMES[one])}
              {one === 'response' && status !== null ? <span class={error === null ? 'num' : 'num fault'}> {status}</span> : null}
            </button>
          ))}
        </div>
        <span class="push meta">{t('ofAttempt', { number: number(place) })}</span>
      </div>
      <div class="panes" role="tabpanel" aria-label={t(NAMES[tab.value])}>
        {tab.value === 'request' ? <Request attempt={attempt} body={body} /> : null}
        {tab.value === 'response' ? <Response attempt={attempt} /> : null}
        {tab.value === 'timing' ? <Timing attempt={attempt} /> : null}
      </div>
    </>
  );
}

function Heads({ first, headers }: { readonly first?: readonly [name: string, value: string]; readonly headers: readonly Header[] }) {
  const all = first === undefined ? [] : [{ name: first[0], value: first[1] }];
  return (
    <dl class="heads">
      {[...all, ...headers].map(({ name, value }) => (
        <div key={`${name}: ${value}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Request({ attempt: { url, requestHeaders }, body }: { readonly attempt: Attempt; readonly body: unknown }) {
  return (
    <>
      <Heads first={['POST', url]} headers={requestHeaders} />
      <Json value={body} label={t('eventBody')} />
    </>
  );
}

function Response({ attempt: { status, error, detail, responseHeaders, response } }: { readonly attempt: Attempt }) {
  return (
    <>
      {error === null ? null : (
        <p class="banner banner-fault">
          {answerInFull(status, error)}
          {detail === null ? null : (
            <>
              .{' '}
              <bdi dir="ltr" lang="en">
                {detailOf(detail)}
              </bdi>
            </>
          )}
        </p>
      )}
      {responseHeaders === null ? <p class="meta">{t('noAnswer')}</p> : <Heads headers={responseHeaders} />}
      {response === null || response === '' ? null : <Json value={response} label={t('answer')} />}
    </>
  );
}

function Timing({ attempt }: { readonly attempt: Attempt }) {
  const phases = phasesOf(attempt);
  const { total } = attempt.phasesMs;
  let passed = 0;
  return (
    <table class="timing">
      <tbody>
        {phases.map(([name, ms]) => {
          const begin = passed;
          passed += ms;
          return (
            <tr key={name}>
              <th scope="row">{t(PHASES[name])}</th>
              <td>
                <span class="timing-bar" style={{ marginInlineStart: `${(begin / Math.max(total, 0.001)) * 100}%`, inlineSize: `${Math.max(1, (ms / Math.max(total, 0.001)) * 100)}%` }} />
              </td>
              <td class="num">{t('ms', { ms: inMs(ms) })}</td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">{t('inAll')}</th>
          <td>{attempt.reusedConnection ? <span class="meta">{t('reusedConnection')}</span> : null}</td>
          <td class="num strong">{t('ms', { ms: inMs(total) })}</td>
        </tr>
      </tbody>
    </table>
  );
}
