import './endpoints.css';
import './endpoint.css';

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import type { Tested } from '../../live/crm.ts';
import { type Known, pauseEndpoint, readEndpoint, readPausers, removeEndpoint, resumeEndpoint, testEndpoint } from '../../live/endpoints.ts';
import { useKeys } from '../../keys.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { FaultBanner } from '../../parts/FaultBanner.tsx';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { NeedBanner } from '../../parts/NeedBanner.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address, go, place } from '../../place.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { Answer } from './Answer.tsx';
import { Changes } from './Changes.tsx';
import { EndpointHead } from './EndpointHead.tsx';
import { DIALECTS, markOf, needOf, shortOf } from '../../parts/endpoint-health.ts';
import { NewEndpoint } from './NewEndpoint.tsx';
import { Replay } from './Replay.tsx';
import { ReplayBar } from './ReplayBar.tsx';
import { Secrets } from './Secrets.tsx';
import { SentLog } from './SentLog.tsx';
import { Settings } from './Settings.tsx';

const AGAIN_MS = 10_000;
const BELOW = '/webhooks/endpoints/';
const NEW = 'new';

/** Below its address; the settings are there themselves. */
const TABS: readonly (readonly [part: string, name: TextKey])[] = [
  ['deliveries', 'deliveries'],
  ['', 'settingsTab'],
  ['secrets', 'secrets'],
  ['changes', 'changesTab'],
];

/** An endpoint of its own: what it was sent, what it is told, by which secrets, and what was changed of it. */
export function Endpoint() {
  const [id = '', part = ''] = place.value.path.slice(BELOW.length).split('/');
  return id === NEW ? <NewEndpoint /> : <EndpointOf key={id} id={id} part={part} />;
}

function EndpointOf({ id, part }: { readonly id: string; readonly part: string }) {
  const known = useSignal<Known | undefined>(undefined);
  const unread = useSignal<unknown>(undefined);
  const tested = useSignal<Tested | undefined>(undefined);
  /** Of which a test is sent. */
  const kind = useSignal('');
  const isRemoving = useSignal(false);
  const { fault, isBusy, run } = useAttempt();
  const at = `${BELOW}${id}`;
  const look = async (): Promise<void> => {
    try {
      known.value = await readEndpoint(id);
      unread.value = undefined;
      await readPausers([known.value.endpoint]);
    } catch (error) {
      unread.value = known.peek() === undefined ? error : undefined;
    }
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => (document.visibilityState === 'visible' ? void look() : undefined), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  // It is shown where it was sent from.
  useEffect(() => {
    tested.value = undefined;
  }, [part]);
  const endpoint = known.value?.endpoint;
  const title = endpoint?.name ?? t('endpoint');
  useEffect(() => {
    document.title = `${title} · Hark`;
  }, [title]);
  const renew = (act: () => Promise<unknown>) => (): void =>
    run(async () => {
      await act();
      await look();
    });
  const pause = renew(() => (known.peek()?.endpoint.state === 'active' ? pauseEndpoint(id) : resumeEndpoint(id)));
  const test = (): void =>
    run(async () => {
      tested.value = undefined;
      tested.value = await testEndpoint(id, kind.peek());
      await look();
    });
  const remove = (): void =>
    run(async () => {
      await removeEndpoint(id);
      go('/webhooks/endpoints', 'replace');
    });
  const canPause = endpoint !== undefined && endpoint.origin !== 'workspace';
  useKeys(canPause ? { p: pause } : {});
  const all = useMemo(() => (known.value === undefined ? [] : [known.value.endpoint]), [known.value]);
  const isLog = part === 'deliveries' || part === 'replay';
  // The log below the dialog stays as it is.
  const { query } = place.value;
  const filters = isLog && query.size > 0 ? `?${query.toString()}` : '';
  // It needs not wait until the endpoint is read.
  const log = isLog ? <SentLog key="log" fixed={{ endpoint: id }} endpoints={all} /> : null;
  if (known.value === undefined || endpoint === undefined) {
    return (
      <main id="main" tabIndex={-1} class="page" aria-busy={unread.value === undefined}>
        <EndpointHead title={title} />
        {unread.value === undefined ? null : <NotRead error={unread.value} again={() => void look()} />}
        {unread.value === undefined ? log ?? <Skeleton rows={8} /> : null}
      </main>
    );
  }
  const need = needOf(known.value);
  const [mark, word] = markOf(known.value);
  const isSettings = part === '';
  const secret = endpoint.secrets.find(({ until }) => until === null) ?? endpoint.secrets[0];
  const events = `${endpoint.events.slice(0, 3).join(', ')}${endpoint.events.length > 3 ? ' …' : ''}`;
  return (
    <main id="main" tabIndex={-1} class="page endpoint-page">
      <EndpointHead title={title}>
        <span class={need?.isFault === true ? 'badge badge-fault' : need?.isSlow === true ? 'badge badge-wait' : 'badge'}>
          <Mark state={mark} size={14} />
          {need === undefined ? word : shortOf(need)}
        </span>
        <span class="push" />
        {canPause ? (
          <button type="button" class="button" aria-disabled={isBusy.value} onClick={pause}>
            {endpoint.state === 'active' ? <Icon name="pause" /> : <Icon name="play" turns />}
            {t(endpoint.state === 'active' ? 'pauseIt' : 'resumeIt')}
          </button>
        ) : null}
        <button type="button" class="button" aria-disabled={isBusy.value} onClick={test}>
          <Icon name="send" turns />
          {t('sendTest')}
        </button>
        <a class="button" href={address(`${at}/replay${filters}`)} data-inside>
          <Icon name="history" />
          {t('replayIt')}
        </a>
        {endpoint.origin === 'workspace' ? null : (
          <button
            type="button"
            class="icon-button bordered"
            aria-label={t('removeIt')}
            title={t('removeIt')}
            onClick={() => {
              isRemoving.value = true;
            }}
          >
            <Icon name="trash" />
          </button>
        )}
      </EndpointHead>
      <p class="sub-head">
        <span class="mono cut-text">{endpoint.url}</span>
        <Copy text={endpoint.url} isSign />
        <span class="cut-text">
          {DIALECTS[endpoint.dialect]} · {events}
          {secret === undefined ? '' : ` · ${t('secretEndsIn', { end: secret.hint })}`}
        </span>
      </p>
      <nav class="tabs" aria-label={title}>
        {TABS.map(([one, name]) => (
          <a key={one} href={address(one === '' ? at : `${at}/${one}`)} data-inside {...(one === part || (isLog && one === 'deliveries') ? { 'aria-current': 'page' as const } : {})}>
            {t(name)}
          </a>
        ))}
      </nav>
      <FaultBanner words={fault.value} />
      <NeedBanner need={need} />
      <ReplayBar id={id} />
      {log}
      {isSettings ? (
        <Settings
          known={known.value}
          tested={tested.value}
          show={(of) => {
            kind.value = of;
          }}
          saved={() => void look()}
        />
      ) : null}
      {part === 'secrets' ? <Secrets endpoint={endpoint} changed={() => void look()} /> : null}
      {part === 'changes' ? <Changes id={id} /> : null}
      {part === 'replay' ? <Replay known={known.value} test={test} isBusy={isBusy.value} close={() => go(`${at}/deliveries${filters}`)} /> : null}
      {isSettings || tested.value === undefined ? null : (
        <Dialog
          title={t('testAnswer')}
          close={() => {
            tested.value = undefined;
          }}
        >
          <Answer tested={tested.value} />
        </Dialog>
      )}
      {isRemoving.value ? (
        <Dialog
          title={t('removeEndpoint', { name: endpoint.name })}
          close={() => {
            isRemoving.value = false;
          }}
          act={remove}
          foot={
            <>
              <span class="push" />
              <button type="button" class="button danger" aria-disabled={isBusy.value} onClick={remove}>
                {t('removeIt')}
              </button>
            </>
          }
        >
          <p>{t('removeEndpointMore')}</p>
        </Dialog>
      ) : null}
    </main>
  );
}
