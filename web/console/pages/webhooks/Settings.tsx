import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { Refused } from '../../../shared/answers.ts';
import type { Tested } from '../../live/crm.ts';
import { changeEndpoint, type Draft, type Endpoint, type Known, readEndpoint } from '../../live/endpoints.ts';
import { useForm } from '../../parts/form.ts';
import { NotRead } from '../../parts/NotRead.tsx';
import { SaveBar } from '../../parts/SaveBar.tsx';
import { useReading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address, place } from '../../place.ts';
import { t } from '../../texts.ts';
import { readChoosable } from './choosable.ts';
import { EndpointFields } from './EndpointFields.tsx';
import { FreshSecret } from './FreshSecret.tsx';
import { faultOf } from './Plan.tsx';
import { Preview } from './Preview.tsx';
import { isAddress } from './UrlField.tsx';
import { isWanted } from './wanted.ts';

const draftOf = ({ name, url, dialect, events, policy }: Endpoint): Draft => ({
  name,
  url,
  dialect,
  events,
  policy: Object.keys(policy).length === 0 ? null : policy,
});

interface Props {
  readonly known: Known;
  /** What came of the test that was sent last. */
  readonly tested: Tested | undefined;
  /** Of this kind a test is sent. */
  readonly show: (kind: string) => void;
  readonly saved: () => void;
}

/** What an endpoint is told, and how; beside it what that looks like. */
export function Settings({ known: { endpoint }, tested, show, saved }: Props) {
  const { value: choosable, error: unread, again } = useReading(readChoosable);
  const shown = useSignal(place.peek().query.get('kind') ?? '');
  const form = useForm<Draft>({
    id: endpoint.id,
    value: draftOf(endpoint),
    read: async () => draftOf((await readEndpoint(endpoint.id)).endpoint),
    write: async ({ policy }, changed) => {
      const fault = faultOf(policy);
      if (fault !== '') {
        throw new Refused(400, { error: fault });
      }
      await changeEndpoint(endpoint.id, { ...changed, ...(changed.url === undefined ? {} : { url: changed.url.trim() }) });
      saved();
    },
  });
  const told = (choosable?.catalogue.kinds ?? []).filter(({ dialects }) => dialects[form.value.dialect] !== undefined);
  const example = told.find(({ name }) => name === shown.value) ?? told.find(({ name }) => isWanted(form.value.events, name)) ?? told[0];
  const name = example?.name ?? '';
  useEffect(() => show(name), [name]);
  if (choosable === undefined) {
    return unread === undefined ? <Skeleton rows={8} /> : <NotRead error={unread} again={() => void again()} />;
  }
  // What another API has made is changed there.
  const isOwn = endpoint.origin === 'hark';
  const isUrl = !form.changed.includes('url') || isAddress(form.value.url.trim());
  return (
    <>
      <div class="two editor">
        <div class="left">
          <FreshSecret id={endpoint.id} />
          {isOwn ? null : (
            <p class="meta changed-there">
              {t(endpoint.origin === 'workspace' ? 'changedInCrm' : 'changedInComm100')}{' '}
              {endpoint.origin === 'workspace' ? (
                <a href={address('/webhooks/crm')} data-inside>
                  {t('crmIntegration')}
                </a>
              ) : null}
            </p>
          )}
          <EndpointFields
            draft={form.value}
            changed={form.changed}
            catalogue={choosable.catalogue}
            counts={choosable.counts}
            complaint={endpoint.complaint}
            urlError={isUrl ? '' : t('badUrl')}
            shown={name}
            show={(kind) => {
              shown.value = kind;
            }}
            {...(isOwn ? { change: form.change } : {})}
          />
        </div>
        <Preview
          url={form.value.url}
          dialect={form.value.dialect}
          signing={endpoint.secrets[0]?.scheme ?? 'none'}
          hasToken={endpoint.hasToken}
          kinds={told}
          shown={name}
          show={(kind) => {
            shown.value = kind;
          }}
          tested={tested}
        />
      </div>
      <SaveBar form={form} names={{ name: t('name'), url: t('address'), dialect: t('dialect'), events: t('events'), policy: t('whenNoAnswer') }} />
    </>
  );
}
