import { millis } from '../../api/documents.ts';
import type { Tested } from '../../live/crm.ts';
import { CrmCard } from '../../parts/CrmCard.tsx';
import { Mark } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { answerInFull } from '../../parts/statuses.ts';
import { t, time } from '../../texts.ts';
import { inMs, PHASES, phasesOf } from './phases.ts';

/** What came back when the webhook was tried. */
export function Answer({ tested }: { readonly tested: Tested }) {
  const { attempt, succeeded } = tested;
  const phases = phasesOf(attempt);
  return (
    <section class="answer" aria-label={t('testAnswer')}>
      <header>
        <h2>{t('testAnswer')}</h2>
        <span class="meta num">{time(millis(attempt.at), true)}</span>
      </header>
      <p class="line" role="status">
        <Mark state={succeeded ? 'delivered' : 'failed'} />
        <b class="strong">{answerInFull(attempt.status, attempt.error)}</b>
        <span class="quiet num">{t('inMs', { ms: inMs(attempt.phasesMs.total) })}</span>
      </p>
      {attempt.detail === null ? null : (
        <p class="line meta" lang="en">
          {attempt.detail}
        </p>
      )}
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
                {t(PHASES[name])} {inMs(took)}
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
