import { useSignal } from '@preact/signals';

import { millis } from '../../api/documents.ts';
import { type Endpoint, rotateSecret } from '../../live/endpoints.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Copy } from '../../parts/Copy.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { ChoiceField } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { address } from '../../place.ts';
import { dateOf, shortly, t, time } from '../../texts.ts';
import { fresh } from './fresh.ts';
import { FreshSecret } from './FreshSecret.tsx';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
/** How long the old secret may stay good, in seconds. */
const OVERLAPS = [0, HOUR_S, DAY_S, 7 * DAY_S];

interface Props {
  readonly endpoint: Endpoint;
  readonly changed: () => void;
}

/** By what its requests are signed, and another secret in place of that. */
export function Secrets({ endpoint, changed }: Props) {
  const { id, secrets, publicKeys } = endpoint;
  const overlap = useSignal(DAY_S);
  const { fault, isBusy, run } = useAttempt();
  const scheme = secrets[0]?.scheme ?? 'v1';
  const rotate = (): void =>
    run(async () => {
      const seconds = overlap.peek();
      const rotated = await rotateSecret(id, seconds, scheme);
      if (rotated.secret !== null) {
        const until = seconds === 0 || secrets.length === 0 ? undefined : Date.now() + seconds * 1000;
        fresh.value = { id, secret: rotated.secret, overlap: until };
      }
      changed();
    });
  return (
    <div class="page-body endpoint-part">
      <FreshSecret id={id} />
      {secrets.length === 0 ? <p class="quiet">{t('notSignedMore')}</p> : null}
      <ul class="secrets">
        {secrets.map(({ hint, scheme: of, until }) => (
          <li key={hint}>
            <Icon name="key" />
            <span class="mono">{hint}</span>
            <span>{t(of === 'v1a' ? 'byKeyPair' : 'bySecret')}</span>
            <span class="push meta">
              {until === null ? t('signsNow') : t('goodUntil', { time: `${dateOf(millis(until))}, ${time(millis(until))}` })}
            </span>
          </li>
        ))}
      </ul>
      {publicKeys.map((key) => (
        <p key={key} class="line">
          <span class="meta">{t('publicKey')}</span>
          <code class="mono cut-text">{key}</code>
          <Copy text={key} />
        </p>
      ))}
      {endpoint.origin === 'workspace' ? null : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            rotate();
          }}
        >
          <ChoiceField
            label={t('oldStaysGood')}
            help={t('oldStaysGoodMore')}
            value={String(overlap.value)}
            change={(seconds) => {
              overlap.value = Number(seconds);
            }}
            choices={OVERLAPS.map((seconds) => [String(seconds), seconds === 0 ? t('notAtAllLong') : shortly(seconds * 1000)] as const)}
          />
          <FaultLine words={fault.value} />
          <button type="submit" class="button" aria-disabled={isBusy.value}>
            <Icon name="retry" />
            {t('newSecret')}
          </button>
        </form>
      )}
      <p>
        <a href={address('/webhooks/check')} data-inside>
          {t('checkSignature')}
        </a>
      </p>
    </div>
  );
}
