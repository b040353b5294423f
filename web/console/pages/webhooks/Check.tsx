import './webhooks.css';
import './endpoints.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { entryOf, examine, headersOf, isToken, TOKEN, type Verdict } from '../../live/signature.ts';
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
  'no-key-pairs': 'noKeyPairsHere',
};

/** What was found, and whether that is good. */
interface Found {
  readonly isGood: boolean;
  readonly words: string;
}

async function lookAt(headers: string, body: string, secret: string): Promise<Found | undefined> {
  const given = headersOf(headers);
  if (isToken(given, secret)) {
    const isGood = given.get(TOKEN) === secret.trim();
    return { isGood, words: t(isGood ? 'hasToken' : 'hasOtherToken') };
  }
  if (body === '') {
    return undefined;
  }
  const signed = { id: given.get('webhook-id'), timestamp: given.get('webhook-timestamp'), signature: given.get('webhook-signature'), body };
  const verdict = await examine(signed, secret, Date.now());
  return { isGood: verdict === 'genuine', words: t(WORDS[verdict], { entry: entryOf(secret) }) };
}

/** Headers and body of a request, what it is checked with, and what is wrong with them. Nothing of it leaves the browser. */
export function Check() {
  const headers = useSignal('');
  const body = useSignal('');
  const secret = useSignal('');
  const found = useSignal<Found | undefined>(undefined);
  useEffect(() => {
    document.title = `${t('checkSignature')} · Hark`;
  }, []);
  const all = [headers.value, body.value, secret.value] as const;
  useEffect(() => {
    let isLatest = true;
    const look = async (): Promise<void> => {
      const now = headers.peek() === '' || secret.peek() === '' ? undefined : await lookAt(...all);
      if (isLatest) {
        found.value = now;
      }
    };
    void look();
    return () => {
      isLatest = false;
    };
  }, all);
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
          <label for="check-secret">{t('secretOrKey')}</label>
          <input
            id="check-secret"
            class="input mono"
            type="password"
            autocomplete="off"
            placeholder="whsec_… / whpk_…"
            value={secret.value}
            onInput={(event) => {
              secret.value = event.currentTarget.value;
            }}
          />
        </div>
        <div role="status">
          {found.value === undefined ? null : (
            <p class={found.value.isGood ? 'line good' : 'line fault'}>
              <Icon name={found.value.isGood ? 'check' : 'alert'} />
              {found.value.words}
            </p>
          )}
        </div>
      </div>
    </main>
  );
}
