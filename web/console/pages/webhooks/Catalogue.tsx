import './webhooks.css';
import './endpoints.css';

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { type Counts, readCounts } from '../../live/crm.ts';
import { type Dialect, type Kind, readKinds } from '../../live/endpoints.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Json } from '../../parts/Json.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { go, place } from '../../place.ts';
import { t } from '../../texts.ts';
import { DayCount } from './DayCount.tsx';
import { DIALECTS } from '../../parts/endpoint-health.ts';
import { Segments } from '../../parts/Segments.tsx';

function show(kind: string): void {
  ask({ kind });
  // Where it stands below the list.
  document.querySelector('.catalogue-page .right')?.scrollIntoView({ block: 'nearest' });
}

/** Each kind of events: when it happens, and what is sent then. */
export function Catalogue() {
  const { path, query } = place.value;
  const kinds = useSignal<readonly Kind[] | undefined>(undefined);
  const counts = useSignal<Counts | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const look = async (): Promise<void> => {
    try {
      [kinds.value, counts.value] = await Promise.all([readKinds(), readCounts()]);
      error.value = undefined;
    } catch (fault) {
      error.value = fault;
    }
  };
  useEffect(() => {
    document.title = `${t('eventCatalogue')} · Hark`;
    void look();
  }, []);
  const [named] = path.split('/').slice(3);
  useEffect(() => {
    if (named !== undefined) {
      go('/webhooks/catalogue', 'replace');
      ask({ ...Object.fromEntries(query), kind: decodeURIComponent(named) });
    }
  }, [named]);
  const all = kinds.value ?? [];
  const shown = all.find(({ name }) => name === query.get('kind')) ?? all[0];
  const told = Object.keys(DIALECTS).filter((one) => shown?.dialects[one as Dialect] !== undefined);
  const wished = query.get('dialect') ?? 'standard';
  const dialect = (told.includes(wished) ? wished : (told[0] ?? 'standard')) as Dialect;
  const isSchema = query.get('as') === 'schema';
  const described = shown?.dialects[dialect];
  useEffect(() => {
    document.querySelector('.catalogue .is-shown')?.scrollIntoView({ block: 'nearest' });
  }, [shown?.name]);
  const step = (by: number) => (): void => {
    const next = all[all.findIndex(({ name }) => name === shown?.name) + by];
    if (next !== undefined) {
      ask({ kind: next.name });
    }
  };
  useKeys({ j: step(1), k: step(-1) });
  return (
    <main id="main" tabIndex={-1} class="page catalogue-page" aria-busy={kinds.value === undefined && error.value === undefined}>
      <header class="page-head">
        <h1>{t('eventCatalogue')}</h1>
      </header>
      {kinds.value === undefined && error.value === undefined ? <Skeleton rows={10} /> : null}
      {error.value === undefined ? null : <NotRead error={error.value} again={() => void look()} />}
      {shown === undefined ? null : (
        <div class="two">
          <div class="left">
            <ul class="catalogue">
              {all.map(({ name, summary }) => (
                <li key={name}>
                  <button type="button" class={name === shown.name ? 'is-shown' : ''} aria-pressed={name === shown.name} onClick={() => show(name)}>
                    <span class="mono">{name}</span>
                    <span class="meta" lang="en">
                      {summary}
                    </span>
                    <DayCount of={counts.value} kind={name} />
                  </button>
                </li>
              ))}
            </ul>
          </div>
          <div class="right">
            <header>
              <h2 class="mono">{shown.name}</h2>
              <span class="push" />
              <Copy text={JSON.stringify(isSchema ? described?.schema : described?.example, undefined, 2)} />
            </header>
            <p class="line choices">
              <Segments
                choices={told.map((one) => [one, DIALECTS[one as Dialect]] as const)}
                chosen={dialect}
                choose={(one) => ask({ dialect: one })}
              />
              <Segments
                choices={[
                  ['', t('example')],
                  ['schema', t('schema')],
                ]}
                chosen={isSchema ? 'schema' : ''}
                choose={(one) => ask({ as: one })}
              />
            </p>
            <Json value={isSchema ? described?.schema : described?.example} label={shown.name} />
          </div>
        </div>
      )}
    </main>
  );
}
