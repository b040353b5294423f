import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Tested } from '../../live/crm.ts';
import { type Draft, makeEndpoint, type Signing, tryEndpoint } from '../../live/endpoints.ts';
import { say } from '../../live/toasts.ts';
import { useKeys } from '../../keys.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { useReading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { useUnsaved } from '../../parts/unsaved.ts';
import { address, go } from '../../place.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { readChoosable } from './choosable.ts';
import { EndpointFields } from './EndpointFields.tsx';
import { EndpointHead } from './EndpointHead.tsx';
import { fresh } from './fresh.ts';
import { FreshSecret } from './FreshSecret.tsx';
import { faultOf } from './Plan.tsx';
import { Preview } from './Preview.tsx';
import { isAddress } from './UrlField.tsx';

/** In the place of an id. */
const NEW = 'new';
const EMPTY: Draft = { name: '', url: '', dialect: 'standard', events: ['chat.*'], policy: null };
const SIGNINGS: readonly (readonly [signing: Signing, name: TextKey])[] = [
  ['v1', 'bySecret'],
  ['v1a', 'byKeyPair'],
  ['none', 'notAtAll'],
];

/** An endpoint that is not there yet. */
export function NewEndpoint() {
  const { value: choosable, error: unread, again } = useReading(readChoosable);
  const changes = useSignal<Partial<Draft>>({});
  const signing = useSignal<Signing>('v1');
  const shown = useSignal('chat.started');
  const urlError = useSignal('');
  const tested = useSignal<Tested | undefined>(undefined);
  const { fault, isBusy, run } = useAttempt();
  const title = t('newEndpoint');
  useEffect(() => {
    document.title = `${title} · Hark`;
  }, [title]);
  useUnsaved(() => Object.keys(changes.peek()).length > 0);
  const draft: Draft = { ...EMPTY, ...changes.value };
  const change = (some: Partial<Draft>): void => {
    changes.value = { ...changes.peek(), ...some };
    tested.value = undefined;
    fault.value = '';
    urlError.value = '';
  };
  /** The secret of a test is that of the endpoint. */
  const secret = (): string | undefined => (fresh.peek()?.id === NEW ? fresh.peek()?.secret : undefined);
  const whenRight = (act: (draft: Draft) => Promise<void>): void => {
    const url = draft.url.trim();
    const planFault = faultOf(draft.policy);
    if (!isAddress(url)) {
      urlError.value = t('badUrl');
    } else if (planFault !== '') {
      fault.value = planFault;
    } else if (draft.events.length === 0) {
      fault.value = t('noEventChosen');
    } else {
      run(async () => await act({ ...draft, url }));
    }
  };
  const test = (): void =>
    whenRight(async (wanted) => {
      tested.value = undefined;
      const [before, how] = [changes.peek(), signing.peek()];
      const tried = await tryEndpoint(wanted, how, secret(), example?.name ?? '');
      // What was changed meanwhile was not tested.
      if (signing.peek() !== how) {
        return;
      }
      tested.value = changes.peek() === before ? tried : undefined;
      fresh.value = tried.secret === null ? undefined : { id: NEW, secret: tried.secret, overlap: undefined, isTried: true };
    });
  const make = (): void =>
    whenRight(async (wanted) => {
      const made = await makeEndpoint(wanted, signing.peek(), secret());
      changes.value = {};
      fresh.value = made.secret === null ? undefined : { id: made.id, secret: made.secret, overlap: undefined };
      say(t('endpointMade'));
      go(`/webhooks/endpoints/${made.id}?kind=${shown.peek()}`, 'replace');
    });
  useKeys({ 'mod+s': make });
  const told = (choosable?.catalogue.kinds ?? []).filter(({ dialects }) => dialects[draft.dialect] !== undefined);
  const example = told.find(({ name }) => name === shown.value) ?? told[0];
  const show = (kind: string): void => {
    shown.value = kind;
  };
  return (
    <main id="main" tabIndex={-1} class="page endpoint-page" aria-busy={choosable === undefined && unread === undefined}>
      <EndpointHead title={title}>
        <span class="push" />
        <a class="button quiet" href={address('/webhooks/endpoints')} data-inside>
          {t('cancel')}
        </a>
        <button type="button" class="button" aria-disabled={isBusy.value} onClick={test}>
          <Icon name="send" turns />
          {t('sendTest')}
        </button>
        <button type="button" class="button primary" aria-disabled={isBusy.value} onClick={make}>
          <span>{t('makeIt')}</span>
          <Key keys="mod S" />
        </button>
      </EndpointHead>
      {unread === undefined ? null : <NotRead error={unread} again={() => void again()} />}
      {choosable === undefined ? (
        unread === undefined ? <Skeleton rows={8} /> : null
      ) : (
        <div class="two editor">
          <div class="left">
            <FaultLine words={fault.value} />
            <FreshSecret id={NEW} />
            <EndpointFields
              draft={draft}
              changed={Object.keys(changes.value)}
              catalogue={choosable.catalogue}
              counts={choosable.counts}
              complaint={null}
              urlError={urlError.value}
              shown={shown.value}
              show={show}
              change={change}
            />
            <fieldset class="line-of">
              <legend>{t('signed')}</legend>
              <Segments
                choices={SIGNINGS.map(([one, name]) => [one, t(name)] as const)}
                chosen={signing.value}
                choose={(one) => {
                  signing.value = one as Signing;
                  // One of another kind is of no use.
                  fresh.value = undefined;
                  tested.value = undefined;
                }}
              />
              <span class="meta">{signing.value === 'none' ? t('notSignedMore') : t('secretOnce')}</span>
            </fieldset>
          </div>
          <Preview url={draft.url} dialect={draft.dialect} signing={signing.value} hasToken={false} kinds={told} shown={shown.value} show={show} tested={tested.value} />
        </div>
      )}
    </main>
  );
}
