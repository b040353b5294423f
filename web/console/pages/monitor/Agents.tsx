import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

import type { AgentNow, SumsOf } from '../../live/figures.ts';
import { departmentName } from '../../live/people.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Load } from '../../parts/charts/Load.tsx';
import { duration, listed, number, t } from '../../texts.ts';
import { inOrder, isOnline } from './shown.ts';

const ROW = 40;
/** Above and below what is in the window. */
const BESIDE = 6;
/** Fewer are drawn as they are. */
const MANY = 60;

interface Props {
  readonly agents: readonly AgentNow[];
  /** What each has done today; nothing while that is being read. */
  readonly today: readonly SumsOf[] | undefined;
}

/** Who has how many chats. Of many only those rows are drawn that are in the window. */
export function Agents({ agents, today }: Props) {
  const table = useRef<HTMLTableElement>(null);
  const first = useSignal(0);
  const shownAtOnce = useSignal(MANY);
  const isMany = agents.length > MANY;
  useLayoutEffect(() => {
    const scroller = table.current?.closest('.page-body');
    if (!isMany || scroller === null || scroller === undefined) {
      return undefined;
    }
    const place = (): void => {
      const above = scroller.getBoundingClientRect().top - (table.current?.getBoundingClientRect().top ?? 0);
      first.value = Math.max(0, Math.floor(above / ROW) - BESIDE);
      shownAtOnce.value = Math.ceil(scroller.clientHeight / ROW) + 2 * BESIDE;
    };
    place();
    scroller.addEventListener('scroll', place, { passive: true });
    const seen = new ResizeObserver(place);
    seen.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', place);
      seen.disconnect();
    };
  }, [isMany]);
  const from = isMany ? Math.min(first.value, Math.max(0, agents.length - shownAtOnce.value)) : 0;
  const until = isMany ? Math.min(agents.length, from + shownAtOnce.value) : agents.length;
  const sums = today && new Map(today.map((one) => [one.key, one.sums]));
  return (
    <section class="block monitor-people" aria-label={t('agents')}>
      <div class="wide-table">
        <table ref={table} class="monitor-agents" aria-rowcount={agents.length + 1}>
          <thead>
            <tr>
              <th scope="col" class="strong">
                {t('agents')}
              </th>
              <th scope="col" class="wide">
                {t('department')}
              </th>
              <th scope="col">
                {t('load')} <span class="monitor-hint wide">{t('loadHint')}</span>
              </th>
              <th scope="col" class="num">
                {t('chats')}
              </th>
              <th scope="col" class="num">
                {t('longestWait')}
              </th>
              <th scope="col" class="num wide">
                {t('firstAnswerToday')}
              </th>
              <th scope="col" class="num wide">
                {t('chatsToday')}
              </th>
            </tr>
          </thead>
          <tbody>
            {from > 0 ? <Gap rows={from} /> : null}
            {inOrder(agents)
              .slice(from, until)
              .map((agent, at) => (
                <Row key={agent.id} agent={agent} at={from + at + 2} sums={sums === undefined ? undefined : (sums.get(agent.id) ?? null)} />
              ))}
            {until < agents.length ? <Gap rows={agents.length - until} /> : null}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Where rows are that are not in the window. */
function Gap({ rows }: { readonly rows: number }) {
  return (
    <tr aria-hidden="true">
      <td colSpan={7} class="monitor-gap" style={{ blockSize: `${rows * ROW}px` }} />
    </tr>
  );
}

interface RowProps {
  readonly agent: AgentNow;
  readonly at: number;
  /** None of who had no chat today, nothing while that is being read. */
  readonly sums: SumsOf['sums'] | null | undefined;
}

function Row({ agent, at, sums }: RowProps) {
  const { name, username, status, chats, waiting, most, longestWaitMs, departments } = agent;
  const presence = status === 'offline' ? 'offline' : isOnline(agent) ? 'online' : 'away';
  const first = sums?.averageFirstResponseMs ?? null;
  return (
    <tr aria-rowindex={at}>
      <td>
        <span class="line">
          <Avatar name={name} username={username} size={24} presence={presence} />
          <bdi class="cut-text">{name}</bdi>
          {presence === 'online' ? null : <span class="meta">{t(presence === 'away' ? 'isAway' : 'isOffline')}</span>}
        </span>
      </td>
      <td class="quiet wide">
        <bdi class="cut-text">{listed(departments.flatMap((id) => departmentName(id) ?? []))}</bdi>
      </td>
      <td>
        <Load chats={chats} waiting={waiting} most={most ?? undefined} />
      </td>
      <td class="num">{most === null ? number(chats) : t('partOf', { some: number(chats), all: number(most) })}</td>
      <td class="num">{longestWaitMs === null ? '–' : duration(longestWaitMs)}</td>
      <td class="num wide">{sums === undefined ? '…' : first === null ? '–' : duration(first)}</td>
      <td class="num wide">{sums === undefined ? '…' : number(sums?.chats ?? 0)}</td>
    </tr>
  );
}
