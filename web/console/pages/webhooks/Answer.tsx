import type { Tested } from '../../live/crm.ts';
import { CrmCard } from '../../parts/CrmCard.tsx';
import { Mark } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { number, t, time } from '../../texts.ts';

const NAMES = { dns: 'phaseName', connect: 'phaseConnect', tls: 'phaseTls', firstByte: 'phaseFirstByte', rest: 'phaseBody' } as const;

type Phase = readonly [name: keyof typeof NAMES, ms: number];

/** Each part of the time until the answer was there. */
function phasesOf({ attempt: { phasesMs } }: Tested): readonly Phase[] {
  const { dns, connect, tls, firstByte, total } = phasesMs;
  const known: Phase[] = [];
  let sum = 0;
  for (const [name, ms] of [
    ['dns', dns],
    ['connect', connect],
    ['tls', tls],
  ] as const) {
    if (ms !== null) {
      known.push([name, ms]);
      sum += ms;
    }
  }
  if (firstByte !== null) {
    known.push(['firstByte', Math.max(0, firstByte - sum)], ['rest', Math.max(0, total - firstByte)]);
  }
  return known;
}

const ms = (value: number): string => number(Math.round(value * 10) / 10);

/** What came back when the webhook was tried. */
export function Answer({ tested }: { readonly tested: Tested }) {
  const { attempt, succeeded } = tested;
  const phases = phasesOf(tested);
  return (
    <section class="answer" aria-label={t('testAnswer')}>
      <header>
        <h2>{t('testAnswer')}</h2>
        <span class="meta num">{time(new Date(attempt.at).getTime(), true)}</span>
      </header>
      <p class="line" role="status">
        <Mark state={succeeded ? 'delivered' : 'failed'} />
        <b class="strong">{attempt.status ?? attempt.error}</b>
        <span class="quiet num">{t('inMs', { ms: ms(attempt.phasesMs.total) })}</span>
      </p>
      {attempt.detail === null ? null : <p class="line meta">{attempt.detail}</p>}
      {phases.length === 0 ? null : (
        <>
          <p class="phase-bar" aria-hidden="true">
            {phases.map(([name, took]) => (
              <i key={name} class={name} style={{ flexGrow: took }} />
            ))}
          </p>
          <p class="phases">
            {phases.map(([name, took]) => (
              <span key={name}>
                {t(NAMES[name])} {ms(took)}
              </span>
            ))}
          </p>
        </>
      )}
      {attempt.responseHeaders === null ? null : (
        <pre class="code" tabIndex={0}>
          {attempt.responseHeaders.map(({ name, value }) => `${name}: ${value}`).join('\n')}
        </pre>
      )}
      {attempt.response === null || attempt.response === '' ? null : (
        <>
          <Json value={attempt.response} />
          {succeeded ? (
            <div class="as-seen">
              <p class="meta">{t('whatAgentsSee')}</p>
              <CrmCard data={attempt.response} />
            </div>
          ) : null}
        </>
      )}
    </section>
  );
}
