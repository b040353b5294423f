import './webhooks.css';
import './endpoints.css';

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

import { type Counts, readCounts, type Tested } from '../../live/crm.ts';
import {
  changeEndpoint,
  type Dialect,
  type Draft,
  type Endpoint,
  type Kind,
  type Known,
  makeEndpoint,
  pauseEndpoint,
  readEndpoint,
  readKinds,
  removeEndpoint,
  resumeEndpoint,
  rotateSecret,
  type Signing,
  testEndpoint,
} from '../../live/endpoints.ts';
import { say } from '../../live/toasts.ts';
import { useKeys } from '../../keys.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { Key } from '../../parts/Key.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { useUnsaved } from '../../parts/unsaved.ts';
import { address, go, place } from '../../place.ts';
import { count, duration, number, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { Answer } from './Answer.tsx';
import { DIALECTS, markOf, needOf } from './health.ts';
import { Kinds } from './Kinds.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { isWanted } from './wanted.ts';

const NEW = 'new';
const EMPTY: Draft = { name: '', url: '', dialect: 'standard', events: ['chat.*'] };
const SIGNINGS: readonly (readonly [signing: Signing, name: TextKey])[] = [
  ['v1', 'bySecret'],
  ['v1a', 'byKeyPair'],
  ['none', 'notAtAll'],
];

const ABOUT: Readonly<Record<Dialect, TextKey>> = {
  standard: 'aboutStandard',
  rocketchat: 'aboutRocketChat',
  comm100: 'aboutComm100',
};

/** An endpoint of its own: what it is told, how, and what may be done with it. */
export function Editor() {
  const id = place.value.path.slice('/webhooks/endpoints/'.length);
  return <EditorOf key={id} id={id} />;
}

function EditorOf({ id }: { readonly id: string }) {
  const isNew = id === NEW;
  const known = useSignal<Known | undefined>(undefined);
  const kinds = useSignal<readonly Kind[] | undefined>(undefined);
  const counts = useSignal<Counts | undefined>(undefined);
  const changes = useSignal<Partial<Draft>>({});
  const signing = useSignal<Signing>('v1');
  const secret = useSignal('');
  const shown = useSignal('chat.started');
  const tested = useSignal<Tested | undefined>(undefined);
  const { fault, isBusy, run } = useAttempt();
  const unread = useSignal<unknown>(undefined);
  const isRemoving = useSignal(false);

  const look = async (): Promise<void> => {
    try {
      const [all, day, own] = await Promise.all([readKinds(), readCounts(), isNew ? undefined : readEndpoint(id)]);
      kinds.value = all;
      counts.value = day;
      known.value = own;
      unread.value = undefined;
    } catch (error) {
      unread.value = error;
    }
  };
  useEffect(() => {
    void look();
  }, []);
  useUnsaved(() => Object.keys(changes.peek()).length > 0);
  const endpoint = known.value?.endpoint;
  const title = isNew ? t('newEndpoint') : (endpoint?.name ?? t('endpoint'));
  useEffect(() => {
    document.title = `${title} · Hark`;
  }, [title]);

  const saved: Draft = endpoint ?? EMPTY;
  const draft: Draft = { ...saved, ...changes.value };
  const isChanged = Object.keys(changes.value).length > 0;
  // What another API has made is changed there.
  const isOwn = isNew || endpoint?.origin === 'hark';
  const told = (kinds.value ?? []).filter(({ dialects }) => dialects[draft.dialect] !== undefined);
  const names = told.map(({ name }) => name);
  const wanted = names.filter((kind) => isWanted(draft.events, kind));
  const sum = wanted.reduce((all, kind) => all + (counts.value?.kinds[kind] ?? 0), 0);
  const example = told.find(({ name }) => name === shown.value) ?? told[0];

  const change = (named: Partial<Draft>): void => {
    const next = Object.entries({ ...changes.peek(), ...named });
    changes.value = Object.fromEntries(
      next.filter(([name, value]) => isNew || JSON.stringify(value) !== JSON.stringify(saved[name as keyof Draft])),
    );
    fault.value = '';
  };
  const save = (): void => {
    const url = draft.url.trim();
    if (!/^https?:\/\/./.test(url)) {
      fault.value = t('badUrl');
    } else if (wanted.length === 0) {
      fault.value = t('noEventChosen');
    } else {
      run(async () => {
        if (isNew) {
          const { name, ...rest } = draft;
          const made = await makeEndpoint({ ...rest, url, ...(name.trim() === '' ? {} : { name }) } as Draft, signing.peek());
          changes.value = {};
          secret.value = made.secret ?? '';
          say(t('endpointMade'));
          if (made.secret === null) {
            go(`/webhooks/endpoints/${made.id}`, 'replace');
          } else {
            known.value = await readEndpoint(made.id);
          }
        } else {
          await changeEndpoint(id, changes.peek());
          changes.value = {};
          known.value = await readEndpoint(id);
          say(t('savedIt'));
        }
      });
    }
  };
  const isMade = endpoint !== undefined;
  const at = endpoint?.id ?? id;
  const renew = (act: () => Promise<unknown>) => (): void =>
    run(async () => {
      await act();
      known.value = await readEndpoint(at);
    });
  const rotate = (): void =>
    run(async () => {
      const rotated = await rotateSecret(at);
      secret.value = rotated.secret ?? '';
      known.value = await readEndpoint(at);
    });
  const remove = (): void =>
    run(async () => {
      await removeEndpoint(at);
      go('/webhooks/endpoints', 'replace');
    });
  const test = (): void =>
    run(async () => {
      tested.value = await testEndpoint(at, example?.name ?? shown.peek());
    });
  useKeys({ 'mod+s': () => (isOwn && isChanged && !(isNew && isMade) ? save() : undefined) });

  if (kinds.value === undefined || (!isNew && !isMade)) {
    return (
      <main id="main" tabIndex={-1} class="page editor-page" aria-busy={unread.value === undefined}>
        <Head title={title} />
        {unread.value === undefined ? <Skeleton rows={8} /> : <NotRead error={unread.value} again={() => void look()} />}
      </main>
    );
  }
  const cannotTest = !isMade || isChanged || isBusy.value;
  const need = known.value === undefined ? undefined : needOf(known.value);
  return (
    <main id="main" tabIndex={-1} class="page editor-page">
      <Head title={title}>
        {known.value === undefined ? null : (
          <span class="state">
            <Mark state={markOf(known.value)[0]} />
            {markOf(known.value)[1]}
          </span>
        )}
        <span class="push" />
        {isMade && endpoint.origin !== 'workspace' ? (
          <Actions
            isActive={endpoint.state === 'active'}
            isBusy={isBusy.value}
            pause={renew(() => pauseEndpoint(at))}
            resume={renew(() => resumeEndpoint(at))}
            remove={() => {
              isRemoving.value = true;
            }}
          />
        ) : null}
        <button type="button" class="button" aria-disabled={cannotTest} onClick={() => (cannotTest ? undefined : test())}>
          <Icon name="send" turns />
          {t('sendTest')}
        </button>
        {isOwn && !(isNew && isMade) ? (
          <button type="button" class="button primary" aria-disabled={!isChanged || isBusy.value} onClick={() => (isChanged ? save() : undefined)}>
            <span>{t(isNew ? 'makeIt' : 'save')}</span>
            <Key keys="mod S" />
          </button>
        ) : null}
      </Head>
      <div role="alert">
        {fault.value === '' ? null : (
          <p class="banner banner-fault">
            <Icon name="alert" />
            {fault.value}
          </p>
        )}
      </div>
      {need === undefined ? null : (
        <p class={need.isFault ? 'banner banner-fault' : 'banner'}>
          <Icon name={need.isFault ? 'alert' : 'info'} />
          <span>
            {need.what} {need.why}
          </span>
        </p>
      )}
      {secret.value === '' ? null : (
        <section class="once" aria-label={t('newSecret')}>
          <p>{t('shownOnce')}</p>
          <code class="mono">{secret.value}</code>
          <Copy text={secret.value} />
        </section>
      )}
      <div class="two">
        <div class="left">
          {isOwn ? null : (
            <p class="meta">
              {t(endpoint?.origin === 'workspace' ? 'changedInCrm' : 'changedInComm100')}{' '}
              {endpoint?.origin === 'workspace' ? (
                <a href={address('/webhooks/crm')} data-inside>
                  {t('crmIntegration')}
                </a>
              ) : null}
            </p>
          )}
          <div class="editor-top">
            <div class="field">
              <label for="endpoint-url">{t('address')}</label>
              <input
                id="endpoint-url"
                class={'url' in changes.value ? 'input mono is-changed' : 'input mono'}
                type="url"
                spellcheck={false}
                placeholder="https://"
                readOnly={!isOwn}
                value={draft.url}
                onInput={(event) => change({ url: event.currentTarget.value })}
              />
            </div>
            <div class="field">
              <label for="endpoint-name">{t('name')}</label>
              <input
                id="endpoint-name"
                class={'name' in changes.value ? 'input is-changed' : 'input'}
                placeholder={t('nameOfHost')}
                readOnly={!isOwn}
                value={draft.name}
                onInput={(event) => change({ name: event.currentTarget.value })}
              />
            </div>
          </div>
          <fieldset class="line-of">
            <legend>{t('dialect')}</legend>
            <Segments
              choices={Object.entries(DIALECTS)}
              chosen={draft.dialect}
              {...(isOwn ? { choose: (dialect: string) => change({ dialect: dialect as Dialect }) } : {})}
            />
            <span class="meta">{t(ABOUT[draft.dialect])}</span>
          </fieldset>
          <section class="events" aria-labelledby="which-events">
            <div class="line">
              <h2 id="which-events">{t('events')}</h2>
              <span class="meta">
                {t('someOf', { some: number(wanted.length), all: number(names.length) })} · {count('aboutADay', sum)}
              </span>
              <span class="push" />
              {isOwn ? (
                <button type="button" class="link-button" aria-pressed={draft.events.includes('*')} onClick={() => change({ events: ['*'] })}>
                  {t('everything')}
                </button>
              ) : null}
            </div>
            <Kinds
              kinds={told}
              wanted={draft.events}
              counts={counts.value}
              shown={example?.name ?? ''}
              show={(kind) => {
                shown.value = kind;
              }}
              {...(isOwn ? { change: (events: readonly string[]) => change({ events }) } : {})}
            />
          </section>
          {endpoint === undefined ? null : <Plan delays={endpoint.schedule.delaysMs} />}
          <fieldset class="line-of">
            <legend>{t('signed')}</legend>
            {isMade ? (
              <SignedNow endpoint={endpoint} isBusy={isBusy.value} rotate={rotate} />
            ) : (
              <>
                <Segments
                  choices={SIGNINGS.map(([one, name]) => [one, t(name)] as const)}
                  chosen={signing.value}
                  choose={(one) => {
                    signing.value = one as Signing;
                  }}
                />
                <span class="meta">{signing.value === 'none' ? t('notSignedMore') : t('secretOnce')}</span>
              </>
            )}
          </fieldset>
        </div>
        <div class="right">
          <header>
            <h2>{t('whatItIsSent')}</h2>
            <span class="mono quiet">{example?.name}</span>
            <span class="push" />
            {example === undefined ? null : <Copy text={JSON.stringify(example.dialects[draft.dialect]?.example, undefined, 2)} />}
          </header>
          {example === undefined ? null : (
            <>
              <p class="meta">{example.summary}</p>
              <Json value={example.dialects[draft.dialect]?.example} label={t('whatItIsSent')} />
            </>
          )}
          {tested.value === undefined ? <p class="meta">{t('sendTestMore')}</p> : <Answer tested={tested.value} />}
        </div>
      </div>
      {isRemoving.value && endpoint !== undefined ? (
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

interface ActionsProps {
  readonly isActive: boolean;
  readonly isBusy: boolean;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly remove: () => void;
}

/** What may be done with an endpoint as a whole. */
function Actions({ isActive, isBusy, pause, resume, remove }: ActionsProps) {
  return (
    <>
      <button type="button" class="button" aria-disabled={isBusy} onClick={isActive ? pause : resume}>
        {isActive ? <Icon name="pause" /> : <Icon name="play" turns />}
        {t(isActive ? 'pauseIt' : 'resumeIt')}
      </button>
      <button type="button" class="button" aria-disabled={isBusy} onClick={remove}>
        <Icon name="trash" />
        {t('removeIt')}
      </button>
    </>
  );
}

interface SignedProps {
  readonly endpoint: Endpoint;
  readonly isBusy: boolean;
  readonly rotate: () => void;
}

/** How its requests are signed, and a way to a new secret. */
function SignedNow({ endpoint: { origin, secrets }, isBusy, rotate }: SignedProps) {
  const how = secrets[0]?.scheme === 'v1a' ? 'byKeyPair' : 'bySecret';
  return (
    <>
      <span>{t(secrets.length === 0 ? 'notAtAll' : how)}</span>
      <span class="meta mono">{secrets.map(({ hint }) => hint).join(' ')}</span>
      {origin === 'hark' ? (
        <button type="button" class="button small" aria-disabled={isBusy} onClick={rotate}>
          <Icon name="key" size={14} />
          {t('newSecret')}
        </button>
      ) : null}
    </>
  );
}

function Head({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <header class="page-head">
      <p class="crumbs">
        <a href={address('/webhooks/endpoints')} data-inside>
          {t('endpoints')}
        </a>
        <span aria-hidden="true">/</span>
      </p>
      <h1 class="cut-text">
        <bdi>{title}</bdi>
      </h1>
      {children}
    </header>
  );
}

/** When it is tried again, from the event on. */
function Plan({ delays }: { readonly delays: readonly number[] }) {
  let passed = 0;
  const moments = delays.map((delay) => {
    passed += delay;
    return passed;
  });
  return (
    <section class="plan" aria-label={t('whenNoAnswer')}>
      <h2>{t('whenNoAnswer')}</h2>
      <ol>
        <li>{t('atOnce')}</li>
        {moments.map((at) => (
          <li key={at}>{duration(at)}</li>
        ))}
        <li class="fault">{t('thenGivenUp')}</li>
      </ol>
    </section>
  );
}
