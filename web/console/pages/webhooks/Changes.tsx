import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { whoOf } from '../../live/audit.ts';
import { type Change, type ChangePage, readChanges } from '../../live/endpoints.ts';
import type { Cell } from '../../parts/csv.ts';
import { differences } from '../../parts/differences.ts';
import { ExportButton } from '../../parts/ExportButton.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { dateOf, t, time } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

const WORDS: Readonly<Record<string, TextKey>> = {
  'endpoint.created': 'wasCreated',
  'endpoint.changed': 'wasChanged',
  'endpoint.paused': 'wasPaused',
  'endpoint.resumed': 'wasResumed',
  'endpoint.secret-rotated': 'gotNewSecret',
  'replay.started': 'wasReplayed',
};

/** A row for each difference, or one for what has none. The heads are the API's names, as those of what differs. */
const cellsOf =
  (id: string) =>
  ({ at, by, changes }: Change): readonly (readonly Cell[])[] =>
    changes
      .filter(({ subject }) => subject === id)
      .flatMap(({ kind, from, to }) => {
        const found = kind === 'endpoint.changed' ? differences(from, to) : [{ name: '', from: '', to: '' }];
        return found.map((one) => [at, by?.username ?? '', kind, one.name, one.from, one.to]);
      });

/** Who changed what of an endpoint, the latest first. */
export function Changes({ id }: { readonly id: string }) {
  const found = useSignal<ChangePage | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const look = async (cursor?: string): Promise<void> => {
    try {
      const page = await readChanges(id, cursor);
      const before = cursor === undefined ? [] : (found.peek()?.items ?? []);
      found.value = { items: [...before, ...page.items], nextCursor: page.nextCursor };
      error.value = undefined;
    } catch (fault) {
      error.value = fault;
    }
  };
  useEffect(() => {
    void look();
  }, []);
  const next = found.value?.nextCursor ?? null;
  return (
    <div class="page-body endpoint-part">
      {found.value === undefined && error.value === undefined ? <Skeleton rows={4} /> : null}
      {error.value === undefined ? null : <NotRead error={error.value} again={() => void look()} />}
      {found.value?.items.length === 0 ? (
        <div class="empty">
          <Icon name="history" size={24} />
          <h2>{t('noChanges')}</h2>
          <p>{t('noChangesMore')}</p>
        </div>
      ) : null}
      {found.value === undefined || found.value.items.length === 0 ? null : (
        <p class="line">
          <span class="push" />
          <ExportButton name={t('changesTab')} table={() => [['at', 'by', 'kind', 'name', 'from', 'to'], ...(found.peek()?.items ?? []).flatMap(cellsOf(id))]} />
        </p>
      )}
      <ol class="changes">
        {found.value?.items.map((line) => {
          const at = millis(line.at);
          return (
            <li key={line.id}>
              <time class="meta num" dateTime={line.at}>
                {dateOf(at)}, {time(at)}
              </time>
              <div>
                {line.changes
                  .filter(({ subject }) => subject === id)
                  .map((change) => (
                    <div key={change.kind}>
                      <p>
                        <bdi class="strong">{line.by === null ? t('theServer') : whoOf(line.by)}</bdi> {t(WORDS[change.kind] ?? 'wasChanged')}
                      </p>
                      {change.kind === 'endpoint.changed' ? (
                        <ul>
                          {differences(change.from, change.to).map(({ name, from, to }) => (
                            <li key={name} class="mono">
                              {name}: {from === '' ? '' : <del>{from}</del>} <ins>{to}</ins>
                            </li>
                          ))}
                        </ul>
                      ) : null}
                    </div>
                  ))}
              </div>
            </li>
          );
        })}
      </ol>
      {next === null ? null : (
        <button type="button" class="button small" onClick={() => void look(next)}>
          {t('showMore')}
        </button>
      )}
    </div>
  );
}
