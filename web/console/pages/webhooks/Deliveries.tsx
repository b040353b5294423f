import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { type Endpoint, readEndpointList } from '../../live/endpoints.ts';
import { place } from '../../place.ts';
import { t } from '../../texts.ts';
import { SentLog } from './SentLog.tsx';

/** What was sent to all endpoints, the newest first; or of that only what was given up. */
export function Deliveries() {
  const isGivenUp = place.value.path === '/webhooks/given-up';
  const title = t(isGivenUp ? 'givenUpOnes' : 'deliveries');
  const endpoints = useSignal<readonly Endpoint[]>([]);
  useEffect(() => {
    document.title = `${title} · Hark`;
  }, [title]);
  useEffect(() => {
    const look = async (): Promise<void> => {
      endpoints.value = await readEndpointList().catch(() => []);
    };
    void look();
  }, []);
  return (
    <main id="main" tabIndex={-1} class="page sent-page">
      <header class="page-head">
        <h1>{title}</h1>
      </header>
      <SentLog fixed={isGivenUp ? { state: 'given-up' } : {}} endpoints={endpoints.value} />
    </main>
  );
}
