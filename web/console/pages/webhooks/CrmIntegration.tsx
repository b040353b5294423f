import './webhooks.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { Refused } from '../../../shared/answers.ts';
import { millis } from '../../api/documents.ts';
import {
  CAPTURE,
  type Counts,
  type CrmSettings,
  ENDPOINT,
  type Example,
  readCapture,
  readCounts,
  readExamples,
  readSettings,
  saveSettings,
  seesCapture,
  sendTest,
  type Tested,
} from '../../live/crm.ts';
import { type Known, lookAt, readEndpoint } from '../../live/endpoints.ts';
import { mayChangeSettings } from '../../live/people.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { markOf, needOf, shortOf } from '../../parts/endpoint-health.ts';
import { FaultBanner } from '../../parts/FaultBanner.tsx';
import { Field } from '../../parts/Field.tsx';
import { useForm } from '../../parts/form.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Copy } from '../../parts/Copy.tsx';
import { NeedBanner } from '../../parts/NeedBanner.tsx';
import { useReading } from '../../parts/reading.ts';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { Toggle } from '../../parts/Switch.tsx';
import { UnreadPage } from '../../parts/UnreadPage.tsx';
import { Json } from '../../parts/Json.tsx';
import { address } from '../../place.ts';
import { number, t, time } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { Answer } from './Answer.tsx';
import { curl } from './curl.ts';
import { DayCount } from './DayCount.tsx';
import { ALSO, Capture } from './Capture.tsx';
import { faultOf } from './finding.ts';
import { isAddress, UrlField } from './UrlField.tsx';

type Row = readonly [setting: string, label: TextKey, kind: string];

/** In the order of the guides. */
const ROWS: readonly Row[] = [
  ['Livechat_webhook_on_start', 'chatStart', 'chat.started'],
  ['Livechat_webhook_on_close', 'chatClose', 'chat.closed'],
  ['Livechat_webhook_on_chat_taken', 'chatTaken', 'chat.taken'],
  ['Livechat_webhook_on_chat_queued', 'chatQueued', 'chat.queued'],
  ['Livechat_webhook_on_forward', 'forwarding', 'chat.forwarded'],
  ['Livechat_webhook_on_offline_msg', 'offlineMessages', 'offline.submitted'],
  ['Livechat_webhook_on_visitor_message', 'visitorMessages', 'message.visitor'],
  ['Livechat_webhook_on_agent_message', 'agentMessages', 'message.agent'],
];

const URL_ID = 'Livechat_webhookUrl';
const SECRET_ID = 'Livechat_secret_token';
const TIMEOUT_ID = 'Livechat_http_timeout';

/** With what is wrong with where its address leads: of one that was just changed, the endpoint may still have what was wrong with
 * the one before. */
async function lookedAt(known: Known, isOther: boolean): Promise<Known> {
  const { endpoint } = known;
  const looked = isOther && endpoint.url !== '' ? await lookAt(endpoint.url).catch(() => undefined) : undefined;
  return looked === undefined ? known : { ...known, endpoint: { ...endpoint, complaint: looked.complaint } };
}

const LONGEST_MS = 60_000;
const AGAIN_MS = 10_000;

/** What is no time that a request may take stays as it was typed, and is not saved. */
function timeoutOf(text: string): string | number {
  const ms = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  return ms >= 1 && ms <= LONGEST_MS ? ms : text;
}

const urlOf = (settings: CrmSettings): string => String(settings[URL_ID] ?? '').trim();
const urlFault = (url: string): string => (url === '' || isAddress(url) ? '' : t('badUrl'));
const timeoutFault = (timeout: unknown): string => (typeof timeout === 'string' ? t('badTimeout', { most: number(LONGEST_MS) }) : '');
const patternFault = (settings: CrmSettings): string =>
  [CAPTURE.email, CAPTURE.phone].some((id) => faultOf(String(settings[id] ?? '')) !== '') ? t('badPattern') : '';

/** The labels of the page, by which what differs from a colleague's change is named. */
const namesOf = (): Readonly<Record<string, string>> => ({
  [URL_ID]: t('webhookUrl'),
  [SECRET_ID]: t('secretToken'),
  [TIMEOUT_ID]: t('httpTimeout'),
  ...Object.fromEntries(ROWS.map(([id, label]) => [id, `${t('sendRequestOn')} ${t(label)}`])),
  [CAPTURE.navigation]: t('navigationHistory'),
  [CAPTURE.pages]: t('navigationAsMessage'),
  [CAPTURE.leads]: t('leadCapture'),
  [CAPTURE.email]: t('leadEmail'),
  [CAPTURE.phone]: t('leadPhone'),
});

interface Read {
  readonly settings: CrmSettings;
  /** As they came; nothing for those who may not see what is captured. */
  readonly came: CrmSettings | undefined;
  readonly examples: ReadonlyMap<string, Example>;
}

async function readAllSettings(): Promise<Omit<Read, 'examples'>> {
  const [own, capture] = await Promise.all([readSettings(), seesCapture() ? readCapture() : undefined]);
  return { settings: { ...own, ...capture?.now }, came: capture?.came };
}

async function readAll(): Promise<Read> {
  const [settings, examples] = await Promise.all([readAllSettings(), readExamples()]);
  return { ...settings, examples };
}

export function CrmIntegration() {
  const read = useReading(readAll);
  useEffect(() => {
    document.title = `${t('crmIntegration')} · Hark`;
  }, []);
  return read.value === undefined ? <UnreadPage title={t('crmIntegration')} reading={read} /> : <Loaded read={read.value} again={read.again} />;
}

function Loaded({ read: { settings, came, examples }, again }: { readonly read: Read; readonly again: () => Promise<void> }) {
  const known = useSignal<Known | undefined>(undefined);
  const counts = useSignal<Counts | undefined>(undefined);
  const shown = useSignal('chat.started');
  const tested = useSignal<Tested | undefined>(undefined);
  const { fault, isBusy, run } = useAttempt();
  const isSecretShown = useSignal(false);
  const look = async (): Promise<void> => {
    const [endpoint, day] = await Promise.all([readEndpoint(ENDPOINT), readCounts()]);
    known.value = endpoint;
    counts.value = day;
  };
  useEffect(() => {
    const lookAgain = () => void look().catch(() => undefined);
    lookAgain();
    const timer = setInterval(() => (document.visibilityState === 'visible' ? lookAgain() : undefined), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const form = useForm<CrmSettings>({
    id: (setting) => setting,
    value: settings,
    read: async () => (await readAllSettings()).settings,
    write: async (all, changed) => {
      const wrong = [urlFault(urlOf(all)), timeoutFault(all[TIMEOUT_ID]), patternFault(all)].find((words) => words !== '');
      if (wrong !== undefined) {
        throw new Refused(400, { error: wrong });
      }
      await saveSettings(changed);
      await again();
      known.value = await lookedAt(await readEndpoint(ENDPOINT), URL_ID in changed);
    },
  });
  const { value: now, changed } = form;
  const isChanged = changed.length > 0;
  const change = (id: string, value: string | number | boolean): void => form.change({ [id]: value });
  const step = (by: number): void => {
    const kinds = [...ROWS.map(([, , kind]) => kind), ...(came === undefined ? [] : ALSO)];
    const at = kinds.indexOf(shown.peek()) + by;
    shown.value = kinds[(at + kinds.length) % kinds.length] ?? shown.peek();
  };
  const test = (): void => {
    run(async () => {
      tested.value = await sendTest(shown.peek());
      await look();
    });
  };
  const secret = {
    id: 'secret',
    class: 'mono',
    autocomplete: 'off',
    'aria-describedby': 'secret-help',
    value: String(now[SECRET_ID] ?? ''),
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => change(SECRET_ID, event.currentTarget.value),
  } as const;
  const url = String(now[URL_ID] ?? '');
  const isSet = urlOf(form.was) !== '';
  // A complaint about the address stands below it.
  const need = isSet && known.value !== undefined && known.value.endpoint.complaint === null ? needOf(known.value) : undefined;
  const example = examples.get(shown.value);
  return (
    <main id="main" tabIndex={-1} class="page crm-page">
      <header class="page-head">
        <h1>{t('crmIntegration')}</h1>
        {isSet && known.value !== undefined ? <Badge known={known.value} /> : null}
        <span class="push" />
        <a class="button quiet" href={address(`/webhooks/endpoints/${ENDPOINT}/deliveries`)} data-inside>
          {t('deliveries')}
        </a>
        <button type="button" class="button" aria-disabled={!isSet || isChanged || isBusy.value} onClick={() => (isSet && !isChanged ? test() : undefined)}>
          <Icon name="send" turns />
          <span>{t('sendTest')}</span>
        </button>
      </header>
      <FaultBanner words={fault.value} />
      <NeedBanner need={need} />
      <div class="top">
        <UrlField
          label={t('webhookUrl')}
          value={url}
          isChanged={changed.includes(URL_ID)}
          change={(next) => change(URL_ID, next)}
          complaint={isSet ? (known.value?.endpoint.complaint ?? null) : null}
          error={changed.includes(URL_ID) ? urlFault(url.trim()) : ''}
        />
        <div class="field">
          <label for="secret">{t('secretToken')}</label>
          <span class={changed.includes(SECRET_ID) ? 'input is-changed' : 'input'}>
            {isSecretShown.value ? <input {...secret} type="text" /> : <input {...secret} type="password" />}
            <button
              type="button"
              class="icon-button small"
              aria-label={t('showSecret')}
              aria-pressed={isSecretShown.value}
              onClick={() => {
                isSecretShown.value = !isSecretShown.value;
              }}
            >
              <Icon name="eye" />
            </button>
          </span>
          <p id="secret-help" class="help">
            {t('goesOutAs')} <span class="mono">X-RocketChat-Livechat-Token</span>
          </p>
        </div>
        <Field
          label={t('httpTimeout')}
          isChanged={changed.includes(TIMEOUT_ID)}
          help={t('tenRetries')}
          error={timeoutFault(now[TIMEOUT_ID])}
          control={({ class: frame, ...given }) => (
            <span class={frame}>
              <input {...given} inputmode="numeric" value={String(now[TIMEOUT_ID] ?? '')} onInput={(event) => change(TIMEOUT_ID, timeoutOf(event.currentTarget.value))} />
              <span class="quiet">ms</span>
            </span>
          )}
        />
      </div>
      <div class="two">
        <div class="left">
          <div class="line">
            <h2 id="send-on">{t('sendRequestOn')}</h2>
            <span class="push meta">{t('eventsOfDay')}</span>
          </div>
          <ul class="switches" aria-labelledby="send-on">
            {ROWS.map(([id, label, kind]) => (
              <li key={id} class={kind === shown.value ? 'is-shown' : ''}>
                <Toggle label={`${t('sendRequestOn')} ${t(label)}`} on={now[id] === true} change={(on) => change(id, on)} />
                <button
                  type="button"
                  class="kind"
                  aria-pressed={kind === shown.value}
                  onClick={() => {
                    shown.value = kind;
                  }}
                >
                  <span>{t(label)}</span>
                  <span class="mono">{examples.get(kind)?.type}</span>
                  <DayCount of={counts.value} kind={kind} />
                </button>
              </li>
            ))}
          </ul>
          {came === undefined ? null : (
            <Capture
              now={now}
              fault={form.fault}
              came={came}
              change={mayChangeSettings() ? change : undefined}
              shown={shown.value}
              show={(kind) => {
                shown.value = kind;
              }}
              types={examples}
              counts={counts.value}
            />
          )}
        </div>
        <div class="right">
          <header>
            <h2>{t('requestPreview')}</h2>
            <span class="mono quiet">{example?.type}</span>
            <span class="push line">
              <button type="button" class="icon-button" aria-label={t('previousKind')} title={t('previousKind')} onClick={() => step(-1)}>
                <Icon name="up" />
              </button>
              <button type="button" class="icon-button" aria-label={t('nextKind')} title={t('nextKind')} onClick={() => step(1)}>
                <Icon name="down" />
              </button>
              {example === undefined ? null : (
                <>
                  <Copy text={curl(url, headersOf(now), JSON.stringify(example.body))} label={t('asCurl')} />
                  <Copy text={JSON.stringify(example.body, undefined, 2)} isSign />
                </>
              )}
            </span>
          </header>
          {example === undefined ? null : <Json value={example.body} />}
          {tested.value === undefined ? null : <Answer tested={tested.value} />}
        </div>
      </div>
      <SaveBar form={form} names={namesOf()} />
    </main>
  );
}

/** What goes out besides the body. The secret is not for what is copied. */
const headersOf = (settings: CrmSettings) => [
  { name: 'Content-Type', value: 'application/json' },
  ...(String(settings[SECRET_ID] ?? '') === '' ? [] : [{ name: 'X-RocketChat-Livechat-Token', value: '…' }]),
];

function Badge({ known }: { readonly known: Known }) {
  const need = needOf(known);
  const [mark] = markOf(known);
  const last = known.stats.lastSuccessAt;
  if (need !== undefined) {
    return (
      <span class={need.isFault ? 'badge badge-fault' : need.isSlow === true ? 'badge badge-wait' : 'badge'}>
        <Mark state={mark} />
        {shortOf(need)}
      </span>
    );
  }
  return last === null ? (
    <span class="badge">
      <Mark state="held" />
      {t('nothingSent')}
    </span>
  ) : (
    <span class="badge badge-good">
      <Mark state="delivered" />
      {t('working', { time: time(millis(last), true) })}
    </span>
  );
}
