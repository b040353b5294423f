import './webhooks.css';
import './endpoints.css';
import './log.css';

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { type Endpoint, readEndpointList } from '../../live/endpoints.ts';
import { heard, type Heard, hearEvents, isListening } from '../../live/receiver.ts';
import { useKeys } from '../../keys.ts';
import { ask } from '../../parts/asking.ts';
import { Copy } from '../../parts/Copy.tsx';
import type { Cell } from '../../parts/csv.ts';
import { ExportButton } from '../../parts/ExportButton.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { LiveDot } from '../../parts/LiveDot.tsx';
import { address, place } from '../../place.ts';
import { number, t, time } from '../../texts.ts';
import { ChatsOf, KindsOf, One, Option } from './Filters.tsx';
import { isWanted } from './wanted.ts';

const cellsOf = ({ kind, chat, body }: Heard): readonly Cell[] => [body.timestamp, kind, body.data.visitor?.name ?? chat ?? '', JSON.stringify(body)];

/** Events as they happen, the latest first, each as a webhook of the standard dialect is told of it. */
export function Tail() {
  const { query } = place.value;
  const kind = query.get('kind') ?? '';
  const chat = query.get('chat') ?? '';
  const endpoint = query.get('endpoint') ?? '';
  const open = Number(query.get('open') ?? '0');
  const endpoints = useSignal<readonly Endpoint[] | undefined>(undefined);
  /** What was there when the list was stopped. */
  const stopped = useSignal<readonly Heard[] | undefined>(undefined);
  useEffect(() => {
    document.title = `${t('liveTail')} · Hark`;
    const look = async (): Promise<void> => {
      endpoints.value = await readEndpointList().catch(() => undefined);
    };
    void look();
  }, []);
  const now = heard.value;
  const all = stopped.value ?? now;
  const asks = endpoints.value?.find(({ id }) => id === endpoint);
  const isAsked = ({ kind: own }: Heard): boolean => endpoint === '' || endpoints.value === undefined || (asks !== undefined && isWanted(asks.events, own));
  const isShown = (one: Heard): boolean => (kind === '' || isWanted([kind], one.kind)) && (chat === '' || one.chat === chat) && isAsked(one);
  const latest = useRef(isShown);
  latest.current = isShown;
  useEffect(() => hearEvents([], (one) => latest.current(one)), []);
  const rows = all.filter(isShown);
  const chats = new Map(all.flatMap((one) => (one.chat === undefined ? [] : [[one.chat, one.body.data.visitor?.name ?? one.chat] as const])));
  /** What is read stays, whatever comes. */
  const read = useRef<Heard | undefined>(undefined);
  const shown = rows.find(({ id }) => id === open) ?? (read.current !== undefined && isShown(read.current) ? read.current : rows[0]);
  read.current = shown;
  const missed = stopped.value === undefined ? 0 : now.filter((one) => one.id > (all[0]?.id ?? 0) && isShown(one)).length;
  const hold = (): void => {
    stopped.value = stopped.peek() === undefined ? heard.peek() : undefined;
  };
  const step = (by: number) => (): void => {
    const next = rows[rows.findIndex(({ id }) => id === shown?.id) + by];
    if (next !== undefined) {
      ask({ open: String(next.id) });
    }
  };
  useKeys({ j: step(1), k: step(-1), p: hold });
  return (
    <main id="main" tabIndex={-1} class="page tail-page">
      <header class="page-head">
        <h1>{t('liveTail')}</h1>
        <span class="line meta">
          <LiveDot state={isListening.value ? 'on' : 'off'} />
          {t(isListening.value ? 'listening' : 'notListening')}
        </span>
        <span class="push" />
        {missed > 0 ? <span class="meta">{t('moreSince', { count: number(missed) })}</span> : null}
        {rows.length === 0 ? null : <ExportButton name={t('liveTail')} table={() => [[t('happenedAt'), t('event'), t('ofChat'), t('requestBody')], ...rows.map(cellsOf)]} />}
        <button type="button" class="button" aria-pressed={stopped.value !== undefined} onClick={hold}>
          <Icon name={stopped.value === undefined ? 'pause' : 'play'} />
          {t(stopped.value === undefined ? 'pauseIt' : 'resumeIt')}
        </button>
      </header>
      <div class="filters log-filters">
        <One name="endpoint" label={t('endpoint')} shown={endpoint === '' ? '' : (asks?.name ?? endpoint)}>
          {(choose) => endpoints.value?.map(({ id, name }) => <Option key={id} name={name} choose={() => choose(id)} />)}
        </One>
        <One name="kind" label={t('event')} shown={kind}>
          {(choose) => <KindsOf choose={choose} />}
        </One>
        <One name="chat" label={t('ofChat')} shown={chat === '' ? '' : (chats.get(chat) ?? chat)}>
          {(choose) => <ChatsOf chats={chats} choose={choose} />}
        </One>
      </div>
      {rows.length === 0 ? (
        <div class="empty">
          <Icon name="live" size={24} />
          <h2>{t('nothingHeard')}</h2>
        </div>
      ) : (
        <div class="two">
          <div class="left">
            <ol class="catalogue">
              {rows.map((one) => (
                <li key={one.id}>
                  <button type="button" class={one.id === shown?.id ? 'is-shown' : ''} aria-pressed={one.id === shown?.id} onClick={() => ask({ open: String(one.id) })}>
                    <span class="mono">{one.kind}</span>
                    <span class="meta cut-text">
                      <bdi class="whose">{one.body.data.visitor?.name ?? ''}</bdi> <bdi>{one.body.data.message?.text ?? ''}</bdi>
                    </span>
                    <time class="meta num">{time(one.at, true)}</time>
                  </button>
                </li>
              ))}
            </ol>
          </div>
          {shown === undefined ? null : (
            <div class="right">
              <header>
                <h2 class="mono">{shown.kind}</h2>
                <span class="push" />
                {shown.chat === undefined ? null : (
                  <a href={address(`/inbox/${shown.chat}`)} data-inside>
                    {t('openChat')}
                  </a>
                )}
                <Copy text={JSON.stringify(shown.body, undefined, 2)} />
              </header>
              <Json value={shown.body} label={t('eventBody')} />
            </div>
          )}
        </div>
      )}
    </main>
  );
}
