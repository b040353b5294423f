import './webhooks.css';
import './endpoints.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { examine, headersOf, type Verdict } from '../../live/signature.ts';
import { Icon } from '../../parts/Icon.tsx';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

const WORDS: Readonly<Record<Verdict, TextKey>> = {
  genuine: 'isGenuineRequest',
  'no-id': 'lacksId',
  'no-timestamp': 'lacksTimestamp',
  'no-signature': 'lacksSignature',
  'no-secret': 'lacksSecret',
  'too-old': 'isTooOld',
  'too-new': 'isTooNew',
  'line-end': 'hasLineEnd',
  'written-anew': 'isWrittenAnew',
  wrong: 'isWrong',
  'cannot-say': 'cannotSay',
};

/** Headers, body and secret of a request, and what is wrong with them. Nothing of it leaves the browser. */
export function Check() {
  const headers = useSignal('');
  const body = useSignal('');
  const secret = useSignal('');
  const verdict = useSignal<Verdict | undefined>(undefined);
  useEffect(() => {
    document.title = `${t('checkSignature')} · Hark`;
  }, []);
  const all = [headers.value, body.value, secret.value];
  useEffect(() => {
    let isLatest = true;
    const look = async (): Promise<void> => {
      const given = headersOf(headers.peek());
      const signed = {
        id: given.get('webhook-id'),
        timestamp: given.get('webhook-timestamp'),
        signature: given.get('webhook-signature'),
        body: body.peek(),
      };
      const found = await examine(signed, secret.peek(), Date.now());
      if (isLatest) {
        verdict.value = found;
      }
    };
    if (all.every((text) => text !== '')) {
      void look();
    } else {
      verdict.value = undefined;
    }
    return () => {
      isLatest = false;
    };
  }, all);
  const isGood = verdict.value === 'genuine';
  return (
    <main id="main" tabIndex={-1} class="page check-page">
      <header class="page-head">
        <h1>{t('checkSignature')}</h1>
      </header>
      <div class="page-body">
        <p class="meta">{t('checkSignatureMore')}</p>
        <div class="field">
          <label for="check-headers">{t('headers')}</label>
          <textarea
            id="check-headers"
            class="input mono"
            rows={4}
            spellcheck={false}
            placeholder={'webhook-id: msg_…\nwebhook-timestamp: 1795527126\nwebhook-signature: v1,…'}
            value={headers.value}
            onInput={(event) => {
              headers.value = event.currentTarget.value;
            }}
          />
        </div>
        <div class="field">
          <label for="check-body">{t('requestBody')}</label>
          <textarea
            id="check-body"
            class="input mono"
            rows={8}
            spellcheck={false}
            value={body.value}
            onInput={(event) => {
              body.value = event.currentTarget.value;
            }}
          />
        </div>
        <div class="field">
          <label for="check-secret">{t('bySecret')}</label>
          <input
            id="check-secret"
            class="input mono"
            type="password"
            autocomplete="off"
            placeholder="whsec_…"
            value={secret.value}
            onInput={(event) => {
              secret.value = event.currentTarget.value;
            }}
          />
        </div>
        <div role="status">
          {verdict.value === undefined ? null : (
            <p class={isGood ? 'line good' : 'line fault'}>
              <Icon name={isGood ? 'check' : 'alert'} />
              {t(WORDS[verdict.value])}
            </p>
          )}
        </div>
      </div>
    </main>
  );
}
